import Detectors
import Execution
import Networks
import Testing

/// Presets at 320×320 with 80 classes against the same layers in PyTorch (float64): parameters,
/// multiply–adds, and every head level's output with the same weights.
@Suite(.serialized) struct PresetGoldenTests {
  /// Backbones of the others are held in `BackboneGoldenTests`. A second stage's regions come from
  /// outside its network: see `RegionGoldenTests`, and `TwoStageHeadTests` for the whole.
  private static let dense: [Preset] = [.nano, .tinyRetina]

  @Test(arguments: dense) func agreesWithPyTorch(preset: Preset) throws {
    let graph = try preset.settings.graph(classCount: 80)
    try NetworkGolden(named: preset.rawValue).expectAgreement(of: graph, tolerance: 1e-4) {
      shapes, batch, variables -> any Plan<Float> in
      try compile(graph, inputs: shapes, batch: batch, mode: .inference, variables: variables)
    }
  }

  /// Classifiers have 20 classes.
  @Test(arguments: Classifier.allCases) func classifierAgreesWithPyTorch(classifier: Classifier)
    throws
  {
    let graph = classifier.graph(classCount: 20)
    try NetworkGolden(named: classifier.rawValue).expectAgreement(of: graph, tolerance: 1e-4) {
      shapes, batch, variables -> any Plan<Float> in
      try compile(graph, inputs: shapes, batch: batch, mode: .inference, variables: variables)
    }
  }
}
