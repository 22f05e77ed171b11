import Datasets
import Detectors

/// Where a run finds what its settings name.
package struct TrainingSources: Sendable {
  package var data: @Sendable (_ name: String) throws -> DataDescription
  package var weights: @Sendable (_ name: String) throws -> SafeTensors

  package init(
    data: @escaping @Sendable (_ name: String) throws -> DataDescription,
    weights: @escaping @Sendable (_ name: String) throws -> SafeTensors
  ) {
    (self.data, self.weights) = (data, weights)
  }

  /// Files and folders, and the built-in data.
  static let files = TrainingSources(
    data: { name in
      guard !name.isEmpty else {
        throw TrainingError.invalidSetting(
          name: "data", value: name, place: "settings",
          expected: "a description, a folder, a JSON or CSV file, or "
            + "'\(TrainingSettings.builtInData)'")
      }
      return name == TrainingSettings.builtInData ? try builtInData() : try .load(name)
    }, weights: { try SafeTensors(contentsOf: RunFolder.weightsFile($0)) })

  package static let builtInFolder = "runs/data/shapes"

  /// The set that the program draws itself, written the first time it is used.
  package static func builtInData() throws -> DataDescription {
    try ShapesFolder().materialize(at: builtInFolder, replaces: true)
  }
}
