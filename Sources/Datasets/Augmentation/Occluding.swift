import Boxes
import Images
import RandomNumbers

/// Hides parts of a sample under black, so that a network does not rely on any one part of an
/// object. Objects of which less than ``Augmentation/minimumVisibleShare`` stays visible of what lies
/// on the canvas are no targets (``LostBoxes/hidden``).
///
/// The last epochs are trained without (``RecipeMaker/mosaicEnd``).
public struct Occluding: Codable, Hashable, Sendable {
  /// Probability that rectangles anywhere on the canvas are hidden.
  ///
  /// DeVries, Taylor: *Improved Regularization of Convolutional Neural Networks with Cutout*, 2017,
  /// §3.1: squares of one size there.
  public var cutout = 0.0
  /// Rectangles in a sample.
  public var cutouts = 2
  /// Largest side of one, as a share of the canvas's; each drawn uniformly from half of that.
  public var cutoutSize = 0.3
  /// Probability, for each object, that a rectangle within its box is hidden.
  ///
  /// Zhong, Zheng, Kang, Li, Yang: *Random Erasing Data Augmentation*, AAAI 2020, §3.3.
  public var hide = 0.0
  /// Largest hidden share of the box's area; drawn uniformly from a tenth of that.
  public var hideShare = 0.4
  /// Probability that squares at equal distances are hidden.
  ///
  /// Chen, Liu, Zhao, Jia: *GridMask Data Augmentation*, 2020, §3.2; without its turns.
  public var gridMask = 0.0
  /// Largest distance of the squares (the paper's *d*), as a share of the canvas's shorter side;
  /// drawn uniformly from half of that.
  public var gridMaskPeriod = 0.3
  /// The share of the distance that stays visible between two squares (the paper's *r*): of the
  /// canvas `1 − (1 − r)²` stays visible.
  public var gridMaskRatio = 0.5

  public init() {}

  func validate() throws {
    try requireSetting("cutout", cutout, in: 0...1)
    try requireSetting("cutouts", Double(cutouts), in: 1...100)
    try requireSetting("cutoutSize", cutoutSize, in: 0.01...1)
    try requireSetting("hide", hide, in: 0...1)
    try requireSetting("hideShare", hideShare, in: 0.01...1)
    try requireSetting("gridMask", gridMask, in: 0...1)
    try requireSetting("gridMaskPeriod", gridMaskPeriod, in: 0.02...1)
    try requireSetting("gridMaskRatio", gridMaskRatio, in: 0.1...0.95)
  }

  var isOn: Bool { cutout > 0 || hide > 0 || gridMask > 0 }

  /// - Parameter objects: boxes on the canvas.
  func draw(
    over objects: [Box], on size: CanvasSize, into finish: inout Recipe.Finish,
    _ generator: inout KeyedGenerator
  ) {
    if generator.chance(cutout) {
      for _ in 0..<cutouts {
        finish.hidden.append(Self.cutout(of: cutoutSize, on: size, &generator))
      }
    }
    for object in objects where generator.chance(hide) {
      finish.hidden.append(part(of: object, &generator))
    }
    if generator.chance(gridMask) { finish.grid = grid(on: size, &generator) }
  }

  /// A rectangle with its middle anywhere on the canvas, cut to it.
  static func cutout(
    of share: Double, on size: CanvasSize, _ generator: inout KeyedGenerator
  ) -> [Int] {
    func range(_ side: Int) -> (Int, Int) {
      let length = generator.uniform(share / 2, share) * Double(side)
      let start = generator.uniform() * Double(side) - length / 2
      return (max(0, Int(start.rounded())), min(side, Int((start + length).rounded())))
    }
    let (left, right) = range(size.width)
    let (top, bottom) = range(size.height)
    return [left, top, right, bottom]
  }

  /// A rectangle of a drawn area and shape within the box, in whole pixels.
  private func part(of box: Box, _ generator: inout KeyedGenerator) -> [Int] {
    let share = generator.uniform(hideShare / 10, hideShare)
    // The longer of the two shares is at most 1, so the other one at least the area's.
    let across = generator.uniform(share, 1)
    func range(_ low: Float, _ high: Float, _ part: Double) -> (Int, Int) {
      let (low, high) = (Double(low), Double(high))
      let start = generator.uniform(low, high - part * (high - low))
      return (Int(start.rounded()), Int((start + part * (high - low)).rounded()))
    }
    let (left, right) = range(box.left, box.right, across)
    let (top, bottom) = range(box.top, box.bottom, share / across)
    return [left, top, right, bottom]
  }

  private func grid(on size: CanvasSize, _ generator: inout KeyedGenerator) -> Recipe.Grid {
    let largest = gridMaskPeriod * Double(min(size.width, size.height))
    let period = max(2, Int(generator.uniform(largest / 2, largest).rounded()))
    let side = Int(((1 - gridMaskRatio) * Double(period)).rounded())
    return Recipe.Grid(
      period: period, side: side, x: generator.index(below: period),
      y: generator.index(below: period))
  }
}
