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
    package var shapes: ObjectShapes
  }

  /// How large objects are and in what proportions.
  package struct ObjectShapes: Hashable, Sendable, Encodable {
    /// In the pictures' own pixels.
    package var native: SizeStatistics
    /// Letterboxed to the training size.
    package var training: SizeStatistics
    /// Width over height; the same at any scale.
    package var aspect: ValueSummary?
    package var aspectHistogram: LogHistogram

    /// - Parameter objects: each with the scale at which its picture fits the training size.
    init(_ objects: [(annotation: Annotation, scale: Double)]) {
      let aspects = objects.map {
        Double($0.annotation.box.width) / Double($0.annotation.box.height)
      }
      native = SizeStatistics(objects.map { (annotation: $0.annotation, scale: 1) })
      training = SizeStatistics(objects)
      aspect = ValueSummary(aspects)
      aspectHistogram = LogHistogram(aspects)
    }
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
    /// Of all classes together.
    package var shapes: ObjectShapes
    package var crowding: CrowdingStatistics
    package var pictureSizes: PictureSizes
    package var pixels: PixelStatistics
  }

  /// The description or folder.
  package var source: String
  /// Height and width of the network's input.
  package var size: [Int]
  package var splits: [Split] = []
  /// Every split but the first with the first.
  package private(set) var comparisons: [SplitComparison] = []
  private var traits: [SplitTraits] = []

  private enum CodingKeys: String, CodingKey { case source, size, splits, comparisons }

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
    let pixels = PixelStatistics(dataset.samples, limit: decodedPictures, channels: channels)
    splits.append(Split(split.rawValue, dataset, canvas, pixels: pixels))
    traits.append(SplitTraits(split.rawValue, dataset, brightness: pixels.brightness))
    if let last = traits.last, traits.count > 1 {
      comparisons.append(SplitComparison(traits[0], last))
    }
  }
}

extension DatasetStatistics.Split {
  init(_ split: String, _ dataset: Dataset, _ canvas: CanvasSize, pixels: PixelStatistics) {
    let targets = dataset.samples.indices.map { index in
      dataset.annotations(of: index).filter { !$0.isIgnored }
    }
    let objects = zip(dataset.samples, targets).flatMap { sample, targets in
      let scale = Letterbox(
        pictureWidth: sample.width, pictureHeight: sample.height, canvasWidth: canvas.width,
        canvasHeight: canvas.height
      ).scale
      return targets.map { (annotation: $0, scale: scale) }
    }
    var byClass = dataset.classNames.map { _ in [(annotation: Annotation, scale: Double)]() }
    for object in objects { byClass[Int(object.annotation.classIndex)].append(object) }
    var pictures = [Int](repeating: 0, count: byClass.count)
    for objects in targets {
      for index in Set(objects.map(\.classIndex)) { pictures[Int(index)] += 1 }
    }
    let classes = dataset.classNames.indices.map { index in
      DatasetStatistics.ClassCount(
        label: dataset.classNames[index], objects: byClass[index].count,
        pictures: pictures[index], shapes: .init(byClass[index]))
    }
    self.init(
      split: split, pictures: dataset.count, emptyPictures: targets.count { $0.isEmpty },
      objects: objects.count, ignoredObjects: dataset.annotations.count - objects.count,
      classes: classes, shapes: .init(objects),
      crowding: CrowdingStatistics(targets.map { $0.map(\.box) }),
      pictureSizes: .init(dataset.samples), pixels: pixels)
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
