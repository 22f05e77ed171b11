import Boxes

/// One object as annotated.
public struct Annotation: Hashable, Sendable {
  /// A box exactly as its file states it, in pixels: evaluation works on these numbers.
  public struct Written: Hashable, Sendable {
    public var x: Double
    public var y: Double
    public var width: Double
    public var height: Double

    public init(x: Double, y: Double, width: Double, height: Double) {
      (self.x, self.y, self.width, self.height) = (x, y, width, height)
    }
  }

  /// Clipped to the picture.
  public var box: Box
  /// Index into ``Dataset/classNames``.
  public var classIndex: Int32
  /// The box covers a group of objects (COCO's `iscrowd`).
  public var isCrowd = false
  /// VOC's `difficult`: neither reward nor punishment for finding it.
  public var isDifficult = false
  /// COCO's `area` (of the mask), else width times height as written; square pixels.
  public var area: Double
  public var written: Written

  /// Crowd regions and difficult objects are no targets: training leaves them out of account.
  public var isIgnored: Bool { isCrowd || isDifficult }
}

/// One picture of a data set and where its annotations lie in ``Dataset/annotations``.
public struct Sample: Hashable, Sendable {
  public var path: String
  /// Pixels, after EXIF orientation.
  public var width: Int
  public var height: Int
  /// COCO's image id; in other formats the position in the split, from 1.
  public var imageID: Int
  package var annotationRange: Range<Int32>
}

/// One split of a data set, annotations in memory, pictures on disk.
public struct Dataset: Sendable {
  public let classNames: [String]
  /// The number each class has in its file: COCO's category ids; else 0, 1, 2, ….
  public let categoryIDs: [Int]
  public let samples: [Sample]
  /// Of all samples, in their order.
  public let annotations: [Annotation]
  public let report: DatasetReport

  public var count: Int { samples.count }

  /// Bytes of what is kept of annotations and paths.
  package var memoryBytes: Int {
    // A string of more than 15 bytes lies apart, behind two words, and ends in a zero.
    let paths = samples.reduce(0) { $0 + ($1.path.utf8.count > 15 ? $1.path.utf8.count + 33 : 0) }
    return samples.count * MemoryLayout<Sample>.stride + paths
      + annotations.count * MemoryLayout<Annotation>.stride
  }

  public func annotations(of sample: Int) -> ArraySlice<Annotation> {
    let range = samples[sample].annotationRange
    return annotations[Int(range.lowerBound)..<Int(range.upperBound)]
  }

  /// Fails where another split lists other classes, or the same in another order.
  ///
  /// - Throws: ``DatasetError/classesDiffer(file:names:expected:)``.
  public func requireClasses(_ expected: [String]) throws {
    guard classNames == expected else {
      throw DatasetError.classesDiffer(
        file: report.source, names: classNames, expected: expected)
    }
  }

  /// The first `count` samples; what an overfitting check trains on.
  public func prefix(_ count: Int) -> Dataset {
    selecting(Array(0..<min(count, samples.count)))
  }

  /// The given samples in the given order; the report stays that of the whole.
  public func selecting(_ indices: [Int]) -> Dataset {
    var chosen: [Sample] = []
    var kept: [Annotation] = []
    for index in indices {
      var sample = samples[index]
      let start = Int32(kept.count)
      kept.append(contentsOf: annotations(of: index))
      sample.annotationRange = start..<Int32(kept.count)
      chosen.append(sample)
    }
    return Dataset(
      classNames: classNames, categoryIDs: categoryIDs, samples: chosen, annotations: kept,
      report: report)
  }
}
