import Datasets
import Foundation
import TestSupport
import Testing

/// Counts on real sets, which datasets/README.md says how to get; where they are absent these tests
/// are skipped.
@Suite struct RealDataTests {
  static let bccd = packageRoot().appendingPathComponent("datasets/bccd/BCCD").path
  static let coco = packageRoot().appendingPathComponent("datasets/coco/tiny160").path
  static let hasBCCD = FileManager.default.fileExists(atPath: bccd)
  static let hasCOCO = FileManager.default.fileExists(atPath: coco)

  @Test(.enabled(if: hasBCCD, "needs BCCD, see datasets/README.md"))
  func bccdIsReadWhole() throws {
    let description = try DataDescription.load(Self.bccd)
    let splits = try [DataDescription.Split.train, .val, .test].map(description.dataset)
    #expect(splits.map(\.count) == [205, 87, 72])
    #expect(splits.map(\.classNames) == Array(repeating: ["Platelets", "RBC", "WBC"], count: 3))
    let written = splits.map(\.report.writtenBoxCount).reduce(0, +)
    #expect(written == 4888)
    // Two stray clicks, both on red cells.
    let withoutArea = splits.map { $0.report.count(of: .noArea) }.reduce(0, +)
    #expect(withoutArea == 2)
    var counts = [0, 0, 0]
    for annotation in splits.flatMap(\.annotations) { counts[Int(annotation.classIndex)] += 1 }
    #expect(counts == [361, 4153, 372])
  }

  @Test(.enabled(if: hasCOCO, "needs a sample of COCO"))
  func cocoIsReadWhole() throws {
    let description = try DataDescription.load(Self.coco)
    let splits = try [DataDescription.Split.train, .val].map(description.dataset)
    #expect(splits.map(\.count) == [80, 80])
    #expect(splits.map(\.report.writtenBoxCount) == [705, 815])
    #expect(splits.map(\.classNames.count) == [80, 80])
    let crowds = splits.flatMap(\.annotations).filter(\.isCrowd)
    #expect(crowds.count == 17)
  }
}
