import Boxes
import Foundation
import Networks

/// The second stage: cuts each proposal's features out of the pyramid, and gives it a class and a box.
///
/// Two fully connected layers, then class logits (background last) and offsets from the proposal, for
/// each class or for all alike. There is no batch norm, so that slots without a region touch no
/// statistics.
///
/// - Inputs: feature maps `[N, C, Hᵢ, Wᵢ]`; regions `[N, 5, K, 1]`
/// - Outputs: `regions.class` `[N, classes + 1, K, 1]`, `regions.box` `[N, 4 or 4·classes, K, 1]`
///
/// Girshick: *Fast R-CNN*, ICCV 2015, §2; levels as in Lin et al.: *Feature Pyramid Networks*, CVPR
/// 2017, §4.2.
public struct RegionHead: Hashable, Sendable, Codable {
  public enum Pooling: String, Hashable, Sendable, Codable, CaseIterable, NamedChoice {
    /// Mask R-CNN's.
    case align
    /// Fast R-CNN's.
    case maximum
  }

  public var pooling = Pooling.align
  /// Of a region, along each axis.
  public var bins = 7
  /// Of align, along each axis of a bin; 0: as many as it has cells.
  public var samples = 2
  /// Of align: whether pixel centres meet cell centres.
  public var isAligned = true
  /// Of the coarsest level that regions are cut from, pixels.
  public var largestStride = 32
  /// A region of this side (√area) is cut from the level of ``canonicalStride``: FPN, eq. 1.
  public var canonicalSide: Float = 224
  public var canonicalStride = 16
  /// Of the fully connected layers.
  public var channels = 256
  /// Fully connected layers.
  public var depth = 2
  public var activation = ActivationName.relu
  /// Whether one box serves all classes.
  public var isClassAgnostic = false
  public var coding: BoxCoding = {
    var coding = BoxCoding()
    coding.weights = [10, 10, 5, 5]
    return coding
  }()
  /// A region learns the object that it overlaps most, from this IoU on; else that there is none.
  public var positiveThreshold: Float = 0.5
  /// Regions that the loss counts; objects' own boxes are among those to draw from.
  public var sampling = CandidateSampling(count: 128, positiveShare: 0.25)
  public var boxLoss = BoxLoss.smoothL1
  /// Where Smooth-L1 bends; 1 is Fast R-CNN's.
  public var smoothL1Beta: Float = 1
  public var classWeight: Float = 1
  public var boxWeight: Float = 1

  public init() {}
}

extension RegionHead {
  /// Of the levels that regions are cut from.
  func regionStrides(_ strides: [Int]) -> [Int] { strides.filter { $0 <= largestStride } }

  /// Shape of the regions of a picture.
  static func shape(capacity: Int) -> Shape {
    Shape(channels: RegionPooling.regionChannels, height: capacity, width: 1)
  }

  func trace(_ levels: [Value], strides: [Int], classCount: Int) {
    let regionStrides = regionStrides(strides)
    let regions = levels[0].anotherInput("regions", channels: RegionPooling.regionChannels)
    let kind: RegionPoolingKind =
      pooling == .align ? .align(samples: samples, isAligned: isAligned) : .maximum
    var x = Value.pooled(
      regions, from: Array(levels[..<regionStrides.count]),
      RegionPooling(kind, bins: Extent(bins), strides: regionStrides))
    for index in 0..<depth {
      x = x.through("layer\(index)", Convolution(channels: channels, kernel: 1))
        .scoped("layer\(index)") { $0.activated(activation.function) }
    }
    func predicted(_ name: String, _ outputs: Int, deviation: Float) {
      x.through(
        name,
        Convolution(
          channels: outputs, kernel: 1, initializer: .normal(deviation: deviation))
      ).output("regions.\(name)")
    }
    // First weights: Girshick: *Fast R-CNN*, §2.3.
    predicted("class", classCount + 1, deviation: 0.01)
    predicted("box", 4 * (isClassAgnostic ? 1 : classCount), deviation: 0.001)
  }

  /// The feature map that a region is cut from: `⌊k₀ + log₂(√(wh) / canonicalSide)⌋`, k₀ the level of
  /// the canonical stride. FPN, eq. 1.
  package func level(of box: Box, strides: [Int]) -> Int {
    let side = max(box.area.squareRoot(), 1e-3)
    // Half a thousandth of an octave keeps rounding from deciding, as in Detectron2.
    let octave = Int((log2f(side / canonicalSide) + 5e-4).rounded(.down))
    let canonical = canonicalStride.trailingZeroBitCount - strides[0].trailingZeroBitCount
    return min(max(canonical + octave, 0), regionStrides(strides).count - 1)
  }

  func region(_ box: Box, strides: [Int]) -> Region {
    Region(box: box, level: level(of: box, strides: strides))
  }

  /// Target of each region, or one of ``Assignment``'s marks: the object that it overlaps most, if
  /// enough.
  package func assignment(_ regions: [Box], _ targets: [Target]) -> [Int32] {
    regions.map { region in
      var (best, overlap): (Int32, Float) = (Assignment.background, 0)
      for (index, target) in targets.enumerated() where !target.isIgnored {
        let found = region.intersectionOverUnion(with: target.box)
        if found > overlap { (best, overlap) = (Int32(index), found) }
      }
      if overlap >= positiveThreshold { return best }
      let isIgnored = targets.contains { target in
        target.isIgnored && region.centerX >= target.box.left && region.centerX < target.box.right
          && region.centerY >= target.box.top && region.centerY < target.box.bottom
      }
      return isIgnored ? Assignment.ignored : Assignment.background
    }
  }

  var idle: [IdleSetting] {
    boxLoss.idle(of: "head.regions")
      + IdleSetting.all(
        ["channels", "activation"], of: "head.regions", "depth: 0", if: depth == 0)
      + IdleSetting.all(
        ["samples", "isAligned"], of: "head.regions", "pooling: maximum", if: pooling == .maximum)
  }

  func validate(strides: [Int]) throws {
    let check = SettingsCheck("head.regions")
    try check.positive(["channels": channels, "bins": bins, "canonicalStride": canonicalStride])
    try check.positive(["smoothL1Beta": smoothL1Beta, "canonicalSide": canonicalSide])
    try check.notNegative(["depth": depth, "samples": samples])
    try check.shares(["positiveThreshold": positiveThreshold])
    try coding.validate(key: "head.regions.coding")
    try sampling.validate(key: "head.regions.sampling")
    try check.require(
      sampling.count <= RegionCapacity.largest, "sampling.count",
      "is at most \(RegionCapacity.largest), got \(sampling.count)")
    try check.require(
      canonicalStride & (canonicalStride - 1) == 0, "canonicalStride",
      "must be a power of two, got \(canonicalStride)")
    try check.require(
      !regionStrides(strides).isEmpty, "largestStride",
      "is \(largestStride), below all of the strides \(strides)")
  }
}
