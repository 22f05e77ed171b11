import Anchors
import Boxes
import Detectors
import ReceptiveFields
import Reports
import Testing

@Suite struct AnchorTablesTests {
  private static func report(key: [String]) -> AnchorReport {
    let levels = [(8, 40.0), (16, 80.0), (32, 160.0), (64, 320.0)].map { stride, field in
      AnchorLevel(
        name: "p\(stride)", stride: stride, rows: 128 / stride, columns: 128 / stride,
        receptiveField: AxisPair(field, field),
        objectRange: ClosedInterval(0.1 * field, 0.5 * field),
        anchors: [AnchorSize(width: 4 * Float(stride), height: 4 * Float(stride))])
    }
    let objects = (0..<60).map { index in
      Box(
        left: 0, top: 0, right: 4.3 + 2 * Float(index), bottom: 7 + 1.7 * Float(index * 7 % 60))
    }
    // The objects are of sixty different sizes, more than anchors.
    return try! AnchorReport(
      model: "m", key: key, size: [128, 128], levels: levels, objects: objects, threshold: 0.5,
      count: 9, seed: 0)
  }

  @Test(arguments: [Preset.tinyRetina, .fasterResNet18])
  func yamlGivesAModelTheseAnchors(_ preset: Preset) throws {
    let own = preset.settings
    let report = Self.report(key: own.head.anchorKey)
    // Four levels, as the report has.
    let settings = try ModelSettings(
      yaml: "preset: \(preset.rawValue)\nstrides: [8, 16, 32, 64]\n" + report.yaml,
      file: "model.yaml")
    #expect(settings.head.anchors?.sizes == report.fitted.sizes)
  }

  @Test func textNamesWhatItShows() {
    let text = Self.report(key: ["head", "anchors"]).text
    for part in [
      "Anchors for m at 128×128, by k-means (1 − IoU, medians) on 60 objects, seed 0",
      "The model's own anchors", "best possible recall, the assigner's IoU 0.5",
      "anchors per object", "32×32    1.00", "warning:",
    ] {
      #expect(text.contains(part), "\(part)")
    }
  }
}
