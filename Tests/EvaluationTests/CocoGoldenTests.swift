import Evaluation
import Foundation
import TestSupport
import Testing

/// Against pycocotools; benchmarks/check_coco.py wrote the files.
struct CocoGoldenTests {
  @Test func madeUpSetAgreesWithPycocotools() throws {
    let truth = try CocoTruth(instances: golden("truth"))
    let results = try CocoResults(reading: golden("detections"), for: truth)
    #expect(results.unknownCategoryCount == 0)
    try expectClose(CocoEvaluator().evaluate(truth, results.detections), figures("metrics"))
  }

  // A sample of COCO's photographs, which is not part of the package.
  @Test(.enabled(if: FileManager.default.fileExists(atPath: tinyTruth), "coco-tiny160 is absent"))
  func realTruthAgreesWithPycocotools() throws {
    let truth = try CocoTruth(instances: tinyTruth)
    #expect(truth.objects.contains { $0.isCrowd })
    try expectClose(
      CocoEvaluator().evaluate(truth, formulaDetections(truth)), figures("coco-tiny160"))
  }

  private func golden(_ name: String) -> String {
    URL(fileURLWithPath: #filePath).deletingLastPathComponent()
      .appendingPathComponent("golden/\(name).json").path
  }

  private func figures(_ name: String) throws -> CocoMetrics {
    var document = try #require(
      try JSONSerialization.jsonObject(with: Data(contentsOf: URL(fileURLWithPath: golden(name))))
        as? [String: Any])
    document["seconds"] = 0
    return try JSONDecoder().decode(
      CocoMetrics.self, from: JSONSerialization.data(withJSONObject: document))
  }

  /// `formula_detections` of benchmarks/check_coco.py.
  private func formulaDetections(_ truth: CocoTruth) -> [CocoDetection] {
    let byID = truth.categories.indices.sorted { truth.categories[$0].id < truth.categories[$1].id }
    var detections: [CocoDetection] = []
    for (index, object) in truth.objects.enumerated() {
      for copy in 0..<(index % 50 == 49 ? 120 : 3) {
        let u = (0..<7).map { fraction(UInt32(index), UInt32(copy * 8 + $0)) }
        if u[0] < 0.25 { continue }
        let place = byID.firstIndex(of: object.category)! + (u[1] < 0.1 ? 1 : 0)
        let spread = 0.1 * Double(1 + copy % 3)
        let box = object.box
        detections.append(
          CocoDetection(
            image: object.image, category: byID[place % byID.count],
            box: CocoBox(
              x: box.x + (u[2] - 0.5) * spread * box.width,
              y: box.y + (u[3] - 0.5) * spread * box.height,
              width: box.width * (1 + (u[4] - 0.5) * spread),
              height: box.height * (1 + (u[5] - 0.5) * spread)),
            score: (100 * u[6]).rounded(.down) / 100))
      }
    }
    return detections
  }

  private func fraction(_ index: UInt32, _ draw: UInt32) -> Double {
    var x = (index &* 73_856_093) ^ (draw &* 19_349_663)
    x = (x ^ x >> 16) &* 0x45D9F3B
    x = (x ^ x >> 16) &* 0x45D9F3B
    return Double(x ^ x >> 16) / 4_294_967_296
  }
}

private let tinyTruth = packageRoot()
  .appendingPathComponent("datasets/coco/tiny160/annotations/instances_val2017.json").path

/// All figures of two evaluations within 1e-9; rows are found by label.
func expectClose(_ ours: CocoMetrics, _ theirs: CocoMetrics) {
  for (our, their) in zip(ours.figures, theirs.figures) {
    expectClose(our.value, their.value, our.name)
  }
  #expect(ours.perClass.count == theirs.perClass.count)
  for row in theirs.perClass {
    let our = ours.perClass.first { $0.label == row.label }
    #expect(our?.instances == row.instances, "\(row.label)")
    expectClose(our?.ap, row.ap, row.label)
    expectClose(our?.ap50, row.ap50, row.label)
  }
}

private func expectClose(_ our: Double?, _ their: Double?, _ name: String) {
  if let our, let their {
    #expect(abs(our - their) < 1e-9, "\(name)")
  } else {
    #expect(our == nil && their == nil, "\(name)")
  }
}
