import Datasets
import Foundation

/// What a resumed run must find again: the same pictures with the same objects in the same order.
public struct DataFingerprint: Codable, Hashable, Sendable {
  public var pictures: Int
  public var objects: Int
  /// ``Checksum`` over paths, sizes, classes and boxes, and how often a sampler shows each picture.
  public var checksum: String

  package init(_ dataset: Dataset, _ sampler: EpochSampler = .random) {
    var data = Data()
    func append(_ value: some Any) { withUnsafeBytes(of: value) { data.append(contentsOf: $0) } }
    for (index, sample) in dataset.samples.enumerated() {
      data.append(contentsOf: sample.path.utf8)
      append(
        [Int32(sample.width), Int32(sample.height)].reduce(UInt64(0)) { $0 << 32 | UInt64($1) })
      for annotation in dataset.annotations(of: index) {
        append(annotation.classIndex)
        append(annotation.isCrowd)
        append(annotation.isDifficult)
        for side in [
          annotation.box.left, annotation.box.top, annotation.box.right, annotation.box.bottom,
        ] {
          append(side.bitPattern)
        }
      }
    }
    if sampler.repeats {
      for visits in sampler.expectedVisits(of: dataset.count) { append(visits.bitPattern) }
    }
    pictures = dataset.count
    objects = dataset.annotations.count
    checksum = Checksum.hexadecimal(data)
  }
}
