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
    /// Pictures out of view, and those of objects that found no place: as they decided what else was
    /// drawn, the recipe holds only if they too can be used.
    package var consulted: [Int] = []
  }

  public let dataset: Dataset
  /// Nil: pictures are letterboxed and nothing else, as in validation.
  public let augmentation: Augmentation?
  public let seed: UInt64
  /// First epoch, from 0, without mosaic, ``Pasting``, ``MixUp``, ``Warping``, ``Occluding`` and
  /// ``RandAugment``: a network ends its training on whole, upright pictures with tight boxes.
  public var mosaicEnd = Int.max
  /// Those that may be pasted into samples of other pictures; none where nothing is.
  let smallObjects: SmallObjects?
  /// Of a set of at least twice as many pictures, a mosaic's others come from about so many that
  /// stand together in the epoch's order; of a smaller one, from the whole set.
  public var mosaicWindow = Int.max

  public init(dataset: Dataset, augmentation: Augmentation?, seed: UInt64) {
    self.dataset = dataset
    self.augmentation = augmentation
    self.seed = seed
    let pasting = augmentation?.pasting
    smallObjects = pasting.flatMap {
      $0.probability > 0 && $0.origin == .any ? SmallObjects(dataset, below: $0.size) : nil
    }
  }

  /// - Parameters:
  ///   - partners: what a mosaic's other pictures, and a mixed sample's second, are drawn from; nil:
  ///     the whole data set.
  ///   - isUsable: false for pictures that cannot be decoded; where another than `request.sample` is
  ///     drawn, the next one is taken instead. `request.sample` itself is used whatever it says.
  public func make(
    _ request: Request, among partners: ArraySlice<Int32>? = nil,
    isUsable: (Int) -> Bool = { _ in true }
  ) -> Result {
    guard let augmentation else { return letterboxed(request) }
    let effects = SampleEffects(augmentation, isEnding: request.epoch >= mosaicEnd) {
      self.generator($0, request)
    }
    var generator = self.generator("augment", request)
    let partners = Partners(dataset, partners)
    var result = varied(request, augmentation, effects.warp, &generator, partners, isUsable)
    if request.epoch < mosaicEnd {
      mix(&result, request, augmentation, effects.warp, partners, isUsable)
      paste(&result, request, augmentation, isUsable)
    }
    effects.apply(to: &result) { self.generator($0, request) }
    return result
  }

  /// A stream of draws for one purpose in one sample.
  func generator(_ purpose: String, _ request: Request) -> KeyedGenerator {
    KeyedGenerator(seed: seed, purpose: purpose, request.epoch, request.sample, request.visit)
  }

  private func mix(
    _ result: inout Result, _ request: Request, _ augmentation: Augmentation, _ warp: Warp,
    _ partners: Partners, _ isUsable: (Int) -> Bool
  ) {
    guard augmentation.mixUp.probability > 0 else { return }
    var generator = generator("mix up", request)
    guard generator.chance(augmentation.mixUp.probability) else { return }
    let ratio = augmentation.mixUp.ratio(&generator)
    var second = request
    second.sample =
      partners.usable(from: generator.index(below: partners.count), isUsable) ?? request.sample
    let other = varied(second, augmentation, warp, &generator, partners, isUsable)
    result.mix(with: other, share: 1 - ratio)
  }

  private func paste(
    _ result: inout Result, _ request: Request, _ augmentation: Augmentation,
    _ isUsable: (Int) -> Bool
  ) {
    guard augmentation.pasting.probability > 0 else { return }
    var paster = ObjectPaster(
      dataset: dataset, augmentation: augmentation, smallObjects: smallObjects,
      generator: generator("paste", request))
    paster.paste(into: &result, isUsable: isUsable)
  }

  /// One picture or several, their places and their common change of colour drawn.
  private func varied(
    _ request: Request, _ augmentation: Augmentation, _ warp: Warp,
    _ generator: inout KeyedGenerator, _ partners: Partners, _ isUsable: (Int) -> Bool
  ) -> Result {
    let isMosaic = generator.chance(augmentation.mosaic) && request.epoch < mosaicEnd
    let view = SampleView(
      request.size, augmentation, warp: warp.map(on: request.size), &generator)
    var unseen: [Int] = []
    let tiles =
      switch (isMosaic, augmentation.mosaicTiles) {
      case (false, _): [single(request, view, augmentation, &generator)]
      case (true, 9):
        mosaicOfNine(
          request, view, augmentation, &generator, partners, isUsable, unseen: &unseen)
      case (true, _):
        mosaicOfFour(
          request, view, augmentation, &generator, partners, isUsable, unseen: &unseen)
      }
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
    return Result(recipe: recipe, targets: targets, consulted: unseen)
  }

  /// Validation's and inference's view.
  private func letterboxed(_ request: Request) -> Result {
    let picture = dataset.samples[request.sample]
    let letterbox = Letterbox(
      pictureWidth: picture.width, pictureHeight: picture.height,
      canvasWidth: request.size.width, canvasHeight: request.size.height)
    let recipe = letterbox.recipe(picture: request.sample)
    let tile = PictureTile(
      source: recipe.sources[0], pictureToCanvas: Projective(letterbox.pictureToCanvas))
    var targets = Targets()
    add(tile, minimumVisibleShare: 0, minimumSide: 0, to: &targets)
    return Result(recipe: recipe, targets: targets)
  }

  private func add(
    _ tile: PictureTile, minimumVisibleShare: Double, minimumSide: Double, to targets: inout Targets
  ) {
    targets.add(
      dataset.annotations(of: tile.source.picture), through: tile.pictureToCanvas,
      rectangle: tile.source.rectangle, minimumVisibleShare: minimumVisibleShare,
      minimumSide: minimumSide)
  }
}
