import Boxes
import Images

/// What a data set is made of, split by split.
///
/// Crowd regions and difficult objects are no targets: they are counted apart and enter nothing else.
package struct DatasetStatistics: Sendable, Encodable {
  package struct ClassCount: Hashable, Sendable, Encodable {
    package var label: String
    package var objects = 0
    /// With at least one object of the class.
    package var pictures = 0
  }

  package struct PictureSizes: Hashable, Sendable, Encodable {
    /// Pixels.
    package var width: ValueSummary?
    package var height: ValueSummary?
    /// Width over height.
    package var aspect: ValueSummary?
    package var aspectHistogram: LogHistogram
  }

  package struct Split: Sendable, Encodable {
    package var split: String
    package var pictures: Int
    /// Without an object.
    package var emptyPictures: Int
    package var objects: Int
    package var ignoredObjects: Int
    package var classes: [ClassCount]
    /// In the pictures' own pixels.
    package var native: SizeStatistics
    /// Letterboxed to the training size.
    package var training: SizeStatistics
    /// Of objects, width over height; the same at any scale.
    package var aspect: ValueSummary?
    package var aspectHistogram: LogHistogram
    package var crowding: CrowdingStatistics
    package var pictureSizes: PictureSizes
    package var pixels: PixelStatistics
  }

  /// The description or folder.
  package var source: String
  /// Height and width of the network's input.
  package var size: [Int]
  package var splits: [Split] = []

  package init(source: String, size: CanvasSize) {
    self.source = source
    self.size = [size.height, size.width]
  }

  /// - Parameters:
  ///   - decodedPictures: the most pictures to decode for their pixels.
  ///   - channels: that they are decoded to; nil: 3 of gray, RGB and RGBA, else as many as the first
  ///     has.
  package mutating func add(
    _ split: DataDescription.Split, _ dataset: Dataset, decodedPictures: Int, channels: Int? = nil
  ) {
    let canvas = CanvasSize(width: size[1], height: size[0])
    splits.append(
      Split(
        split.rawValue, dataset, canvas,
        pixels: PixelStatistics(dataset.samples, limit: decodedPictures, channels: channels)))
  }
}

extension DatasetStatistics.Split {
  init(_ split: String, _ dataset: Dataset, _ canvas: CanvasSize, pixels: PixelStatistics) {
    let targets = dataset.samples.indices.map { index in
      dataset.annotations(of: index).filter { !$0.isIgnored }
    }
    let objects = targets.flatMap { $0 }
    let scaled = zip(dataset.samples, targets).flatMap { sample, targets in
      let scale = Letterbox(
        pictureWidth: sample.width, pictureHeight: sample.height, canvasWidth: canvas.width,
        canvasHeight: canvas.height
      ).scale
      return targets.map { (annotation: $0, scale: scale) }
    }
    let aspects = objects.map { Double($0.box.width) / Double($0.box.height) }
    self.init(
      split: split, pictures: dataset.count, emptyPictures: targets.count { $0.isEmpty },
      objects: objects.count, ignoredObjects: dataset.annotations.count - objects.count,
      classes: Self.classes(dataset.classNames, targets),
      native: SizeStatistics(objects.map { (annotation: $0, scale: 1) }),
      training: SizeStatistics(scaled), aspect: ValueSummary(aspects),
      aspectHistogram: LogHistogram(aspects),
      crowding: CrowdingStatistics(targets.map { $0.map(\.box) }),
      pictureSizes: .init(dataset.samples), pixels: pixels)
  }

  private static func classes(
    _ names: [String], _ pictures: [[Annotation]]
  ) -> [DatasetStatistics.ClassCount] {
    var counts = names.map { DatasetStatistics.ClassCount(label: $0) }
    for objects in pictures {
      for object in objects { counts[Int(object.classIndex)].objects += 1 }
      for index in Set(objects.map(\.classIndex)) { counts[Int(index)].pictures += 1 }
    }
    return counts
  }
}

extension DatasetStatistics.PictureSizes {
  init(_ samples: [Sample]) {
    let aspects = samples.map { Double($0.width) / Double($0.height) }
    self.init(
      width: ValueSummary(samples.map { Double($0.width) }),
      height: ValueSummary(samples.map { Double($0.height) }), aspect: ValueSummary(aspects),
      aspectHistogram: LogHistogram(aspects))
  }
}
