import Boxes
import Images
import RandomNumbers

/// Draws recipes: which pictures make a sample and where they lie, and the targets that follow.
public struct RecipeMaker: Sendable {
  /// Which sample to make, and the key of its draws.
  public struct Request: Hashable, Sendable {
    public var sample: Int
    public var epoch: Int
    /// 0 the first time a picture is used in an epoch; other numbers for other draws.
    public var visit: Int
    public var size: CanvasSize

    public init(sample: Int, epoch: Int = 0, visit: Int = 0, size: CanvasSize) {
      (self.sample, self.epoch, self.visit, self.size) = (sample, epoch, visit, size)
    }
  }

  public struct Result: Hashable, Sendable {
    public var recipe: Recipe
    public var targets: Targets
  }

  public let dataset: Dataset
  /// Nil: pictures are letterboxed and nothing else, as in validation.
  public let augmentation: Augmentation?
  public let seed: UInt64
  /// First epoch, from 0, without mosaic: a network ends its training on whole pictures.
  public var mosaicEnd = Int.max
  /// Of a set of at least twice as many pictures, a mosaic's others come from about so many that
  /// stand together in the epoch's order; of a smaller one, from the whole set.
  public var mosaicWindow = Int.max

  public init(dataset: Dataset, augmentation: Augmentation?, seed: UInt64) {
    self.dataset = dataset
    self.augmentation = augmentation
    self.seed = seed
  }

  /// - Parameters:
  ///   - partners: what a mosaic's other pictures are drawn from; nil: the whole data set.
  ///   - isUsable: false for pictures that cannot be decoded; a mosaic takes the next one of
  ///     `partners` instead. `request.sample` itself is used whatever it says.
  public func make(
    _ request: Request, among partners: ArraySlice<Int32>? = nil,
    isUsable: (Int) -> Bool = { _ in true }
  ) -> Result {
    guard let augmentation else { return letterboxed(request) }
    var generator = KeyedGenerator(
      seed: seed, purpose: "augment", request.epoch, request.sample, request.visit)
    let isMosaic = generator.chance(augmentation.mosaic) && request.epoch < mosaicEnd
    let view = View(request.size, augmentation, &generator)
    let tiles =
      isMosaic
      ? mosaic(request, view, augmentation, &generator, Partners(dataset, partners), isUsable)
      : [single(request, view, augmentation, &generator)]
    var recipe = Recipe(
      width: request.size.width, height: request.size.height, sources: tiles.map(\.source))
    recipe.hueShift = Float(generator.uniform(-1, 1) * augmentation.hue)
    recipe.saturationGain = Float(1 + generator.uniform(-1, 1) * augmentation.saturation)
    recipe.valueGain = Float(1 + generator.uniform(-1, 1) * augmentation.value)
    var targets = Targets()
    for tile in tiles {
      add(
        tile, minimumVisibleShare: augmentation.minimumVisibleShare,
        minimumSide: augmentation.minimumSide, to: &targets)
    }
    return Result(recipe: recipe, targets: targets)
  }

  /// The part of the plane that the canvas shows, common to all tiles.
  private struct View {
    var scale: Double
    /// Canvas point of the plane's middle.
    var middleX: Double
    var middleY: Double

    init(_ size: CanvasSize, _ settings: Augmentation, _ generator: inout KeyedGenerator) {
      let (width, height) = (Double(size.width), Double(size.height))
      scale = generator.uniform(settings.minimumScale, settings.maximumScale)
      middleX = width * (0.5 + generator.uniform(-1, 1) * settings.translation)
      middleY = height * (0.5 + generator.uniform(-1, 1) * settings.translation)
    }
  }

  private struct Tile {
    var source: Recipe.Source
    var pictureToCanvas: Affine
  }

  private func single(
    _ request: Request, _ view: View, _ settings: Augmentation,
    _ generator: inout KeyedGenerator
  ) -> Tile {
    let orientation = orientation(settings, &generator)
    let scale = fit(request.sample, orientation, request.size) * view.scale
    let placement = placement(
      request.sample, orientation, scale, centerX: view.middleX, centerY: view.middleY)
    let canvas = [0, 0, request.size.width, request.size.height]
    let rectangle = placement.rectangle(in: canvas) ?? [0, 0, 0, 0]
    return tile(request.sample, placement, rectangle)
  }

  /// Four pictures, each fitted to the canvas's size, meet in a corner drawn from the middle half
  /// of a plane twice as large, of which the view shows a part.
  private func mosaic(
    _ request: Request, _ view: View, _ settings: Augmentation,
    _ generator: inout KeyedGenerator, _ partners: Partners, _ isUsable: (Int) -> Bool
  ) -> [Tile] {
    let size = request.size
    let cornerX =
      view.middleX + view.scale * generator.uniform(-0.5, 0.5) * Double(size.width)
    let cornerY =
      view.middleY + view.scale * generator.uniform(-0.5, 0.5) * Double(size.height)
    let column = min(size.width, max(0, Int(cornerX.rounded())))
    let row = min(size.height, max(0, Int(cornerY.rounded())))
    var tiles: [Tile] = []
    for quadrant in 0..<4 {
      let partner = generator.index(below: partners.count)
      let picture =
        quadrant == 0 ? request.sample : partners.usable(from: partner, isUsable) ?? request.sample
      let orientation = orientation(settings, &generator)
      let scale = fit(picture, orientation, size) * view.scale
      let extent = placement(picture, orientation, scale, centerX: 0, centerY: 0)
      let (isRight, isLower) = (quadrant % 2 == 1, quadrant / 2 == 1)
      let placement = placement(
        picture, orientation, scale,
        centerX: isRight ? cornerX + extent.right : cornerX - extent.right,
        centerY: isLower ? cornerY + extent.bottom : cornerY - extent.bottom)
      let bounds = [
        isRight ? column : 0, isLower ? row : 0,
        isRight ? size.width : column, isLower ? size.height : row,
      ]
      // Pictures out of view are not decoded; their objects are no part of the sample.
      if let rectangle = placement.rectangle(in: bounds) {
        tiles.append(tile(picture, placement, rectangle))
      }
    }
    return tiles
  }

  /// What a mosaic's other pictures are drawn from.
  private struct Partners {
    let count: Int
    private let window: ArraySlice<Int32>?

    init(_ dataset: Dataset, _ window: ArraySlice<Int32>?) {
      self.window = window
      count = window?.count ?? dataset.count
    }

    /// The first usable one from a position on, round to its beginning.
    func usable(from position: Int, _ isUsable: (Int) -> Bool) -> Int? {
      for offset in 0..<count {
        let index = (position + offset) % count
        let candidate = window.map { Int($0[$0.startIndex + index]) } ?? index
        if isUsable(candidate) { return candidate }
      }
      return nil
    }
  }

  private func orientation(
    _ settings: Augmentation, _ generator: inout KeyedGenerator
  ) -> PicturePlacement.Orientation {
    .init(
      isTransposed: generator.chance(settings.transpose),
      isMirrored: generator.chance(settings.horizontalFlip),
      isUpsideDown: generator.chance(settings.verticalFlip))
  }

  /// Canvas pixels for a picture pixel at which the turned picture just fits.
  private func fit(
    _ sample: Int, _ orientation: PicturePlacement.Orientation, _ size: CanvasSize
  ) -> Double {
    let picture = dataset.samples[sample]
    let (width, height) =
      orientation.isTransposed
      ? (picture.height, picture.width) : (picture.width, picture.height)
    return min(Double(size.width) / Double(width), Double(size.height) / Double(height))
  }

  private func placement(
    _ sample: Int, _ orientation: PicturePlacement.Orientation, _ scale: Double,
    centerX: Double, centerY: Double
  ) -> PicturePlacement {
    PicturePlacement(
      width: dataset.samples[sample].width, height: dataset.samples[sample].height,
      orientation: orientation, scale: scale, centerX: centerX, centerY: centerY)
  }

  private func tile(
    _ picture: Int, _ placement: PicturePlacement, _ rectangle: [Int]
  ) -> Tile {
    guard let inverse = placement.pictureToCanvas.inverse else {
      preconditionFailure("a picture is placed at scale 0: settings were not validated")
    }
    return Tile(
      source: .init(picture: picture, canvasToPicture: inverse, rectangle: rectangle),
      pictureToCanvas: placement.pictureToCanvas)
  }

  /// Validation's and inference's view.
  private func letterboxed(_ request: Request) -> Result {
    let picture = dataset.samples[request.sample]
    let letterbox = Letterbox(
      pictureWidth: picture.width, pictureHeight: picture.height,
      canvasWidth: request.size.width, canvasHeight: request.size.height)
    let recipe = letterbox.recipe(picture: request.sample)
    let tile = Tile(source: recipe.sources[0], pictureToCanvas: letterbox.pictureToCanvas)
    var targets = Targets()
    add(tile, minimumVisibleShare: 0, minimumSide: 0, to: &targets)
    return Result(recipe: recipe, targets: targets)
  }

  private func add(
    _ tile: Tile, minimumVisibleShare: Double, minimumSide: Double, to targets: inout Targets
  ) {
    targets.add(
      dataset.annotations(of: tile.source.picture), through: tile.pictureToCanvas,
      rectangle: tile.source.rectangle, minimumVisibleShare: minimumVisibleShare,
      minimumSide: minimumSide)
  }
}
