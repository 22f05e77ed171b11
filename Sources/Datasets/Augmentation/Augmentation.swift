/// How training pictures are varied. Every draw comes from a generator keyed by seed, epoch and
/// sample, so a sample's variation does not depend on what else is loaded, or when.
public struct Augmentation: Codable, Hashable, Sendable {
  /// Probability that a sample is made of several pictures: four around a common corner, or nine
  /// around a common picture.
  ///
  /// Bochkovskiy, Wang, Liao: *YOLOv4*, 2020, §3.3.
  public var mosaic = 1.0
  /// 4, or 9: more and smaller objects, at more places.
  public var mosaicTiles = 4
  /// Probability of mirroring left and right, for each picture.
  public var horizontalFlip = 0.5
  /// Probability of mirroring top and bottom, for each picture.
  public var verticalFlip = 0.0
  /// Probability of exchanging rows and columns, for each picture. With both flips at ½ a picture
  /// comes in all eight orientations: for views that have no up, as through a microscope.
  public var transpose = 0.0
  /// Factor on the size at which a picture just fits the canvas, uniform between these.
  public var minimumScale = 0.5
  public var maximumScale = 1.5
  /// Largest shift of the middle, as a share of the canvas, along each axis.
  public var translation = 0.1
  /// Largest turn of the hue, degrees either way.
  public var hue = 5.4
  /// Largest change of saturation and of brightness (HSV's value), as a share, either way.
  public var saturation = 0.7
  public var value = 0.4
  public var warping = Warping()
  public var cropping = Cropping()
  public var toning = Toning()
  public var degrading = Degrading()
  public var occluding = Occluding()
  public var randAugment = RandAugment()
  /// Copies of small objects; none unless asked for.
  public var pasting = Pasting()
  /// Two samples in one; none unless asked for.
  public var mixUp = MixUp()
  /// A box of which less than this share stays on the canvas is no target.
  public var minimumVisibleShare = 0.1
  /// A box with a shorter side than this, in canvas pixels, is no target.
  public var minimumSide = 2.0

  public init() {}

  /// Geometry and colours as they are; boxes are still dropped when they become too small.
  public static let none: Augmentation = {
    var none = Augmentation()
    (none.mosaic, none.horizontalFlip) = (0, 0)
    (none.minimumScale, none.maximumScale, none.translation) = (1, 1, 0)
    (none.hue, none.saturation, none.value) = (0, 0, 0)
    return none
  }()

  /// The largest factor on the size at which a picture just fits the canvas.
  public var largestScale: Double {
    let cropped = cropping.probability > 0 ? 1 / cropping.minimumSize : 0
    let pasted = pasting.probability > 0 ? 1 + pasting.scale : 1
    return max(maximumScale, cropped) * pasted
  }

  /// - Throws: ``DatasetError/invalidSetting(key:value:expected:)`` for a number out of its range.
  public func validate() throws {
    func check(_ key: CodingKeys, _ value: Double, _ range: ClosedRange<Double>) throws {
      guard range.contains(value) else {
        throw DatasetError.invalidSetting(
          key: key.rawValue, value: value,
          expected: "a number from \(range.lowerBound) to \(range.upperBound)")
      }
    }
    try check(.mosaic, mosaic, 0...1)
    guard Self.mosaicTileCounts.contains(mosaicTiles) else {
      throw DatasetError.invalidSetting(
        key: "mosaicTiles", value: Double(mosaicTiles), expected: "4 or 9")
    }
    try check(.horizontalFlip, horizontalFlip, 0...1)
    try check(.verticalFlip, verticalFlip, 0...1)
    try check(.transpose, transpose, 0...1)
    try check(.minimumScale, minimumScale, 0.01...100)
    try check(.maximumScale, maximumScale, minimumScale...100)
    try check(.translation, translation, 0...1)
    try check(.hue, hue, 0...180)
    try check(.saturation, saturation, 0...1)
    try check(.value, value, 0...1)
    try check(.minimumVisibleShare, minimumVisibleShare, 0...1)
    try check(.minimumSide, minimumSide, 0...1000)
    try warping.validate()
    try cropping.validate()
    try toning.validate()
    try degrading.validate()
    try occluding.validate()
    try randAugment.validate()
    try pasting.validate()
    try mixUp.validate()
  }

  package static let mosaicTileCounts = [4, 9]

  package enum CodingKeys: String, CodingKey, CaseIterable {
    case mosaic, horizontalFlip, verticalFlip, transpose, minimumScale, maximumScale, translation
    case hue, saturation, value, minimumVisibleShare, minimumSide
    case mosaicTiles, warping, cropping, toning, degrading, occluding, randAugment
    case pasting, mixUp
  }

  /// Absent keys keep their defaults.
  public init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: CodingKeys.self)
    func read<Value: Decodable>(
      _ key: CodingKeys, _ path: WritableKeyPath<Augmentation, Value>
    ) throws {
      if let value = try container.decodeIfPresent(Value.self, forKey: key) {
        self[keyPath: path] = value
      }
    }
    try read(.mosaic, \.mosaic)
    try read(.horizontalFlip, \.horizontalFlip)
    try read(.verticalFlip, \.verticalFlip)
    try read(.transpose, \.transpose)
    try read(.minimumScale, \.minimumScale)
    try read(.maximumScale, \.maximumScale)
    try read(.translation, \.translation)
    try read(.hue, \.hue)
    try read(.saturation, \.saturation)
    try read(.value, \.value)
    try read(.minimumVisibleShare, \.minimumVisibleShare)
    try read(.minimumSide, \.minimumSide)
    try read(.mosaicTiles, \.mosaicTiles)
    try read(.warping, \.warping)
    try read(.cropping, \.cropping)
    try read(.toning, \.toning)
    try read(.degrading, \.degrading)
    try read(.occluding, \.occluding)
    try read(.randAugment, \.randAugment)
    pasting = try container.decodeIfPresent(Pasting.self, forKey: .pasting) ?? pasting
    mixUp = try container.decodeIfPresent(MixUp.self, forKey: .mixUp) ?? mixUp
  }
}
