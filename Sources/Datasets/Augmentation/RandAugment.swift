import RandomNumbers

/// Some of many changes, drawn for each sample, all at one strength.
///
/// Cubuk, Zoph, Shlens, Le: *RandAugment: Practical Automated Data Augmentation with a Reduced Search
/// Space*, CVPR Workshops 2020, §3. There the same change may be drawn twice in a sample; here all of
/// a sample's are different. Changes add to those drawn by other settings, and end where the range of
/// that setting does.
///
/// The last epochs are trained without (``RecipeMaker/mosaicEnd``).
public struct RandAugment: Codable, Hashable, Sendable {
  /// The paper's *N*; 0: none.
  public var count = 0
  /// The paper's *M*, 0–10: that many tenths of each change's strongest form.
  public var magnitude = 5.0

  public init() {}

  /// A change, to be drawn.
  package enum Change: CaseIterable, Sendable {
    case none, rotation, shearX, shearY, perspective, brightness, contrast, saturation, hue, blur
    case noise, jpeg, cutout

    /// At magnitude 10. Rotation to saturation and the cutout are as in Cubuk, Zoph, Mane, Vasudevan,
    /// Le: *AutoAugment*, CVPR 2019, table 6 (a shear of 0.3 is one of 16.7°; cutout 60 pixels of
    /// 331); the others, not found there, were chosen so that objects stay recognisable.
    package var strongest: Double {
      switch self {
      case .none: 0
      case .rotation: 30  // degrees
      case .shearX, .shearY: 16.7  // degrees
      case .perspective: 0.2  // change of depth from the middle to the border, as a share
      case .brightness: 0.45  // share of white
      case .contrast, .saturation: 0.9  // change of the factor
      case .hue: 45  // degrees
      case .blur: 4  // radius, pixels
      case .noise: 25  // standard deviation, in 0–255
      case .jpeg: 75  // below a quality of 95
      case .cutout: 0.2  // share of the canvas's sides
      }
    }
  }

  func validate() throws {
    try requireSetting("randAugment", Double(count), in: 0...Double(Self.largestCount))
    try requireSetting("randAugmentMagnitude", magnitude, in: 0...10)
  }

  package static let largestCount = Change.allCases.count

  func draw(into effects: inout SampleEffects, _ generator: inout KeyedGenerator) {
    for index in generator.permutation(Change.allCases.count).prefix(count) {
      let change = Change.allCases[index]
      let amount = change.strongest * magnitude / 10
      effects.add(change, generator.chance(0.5) ? amount : -amount, &generator)
    }
  }
}

extension SampleEffects {
  /// - Parameter amount: its sign matters to what can go either way.
  fileprivate mutating func add(
    _ change: RandAugment.Change, _ amount: Double, _ generator: inout KeyedGenerator
  ) {
    func within(_ value: Double, _ limit: Double) -> Double { min(limit, max(-limit, value)) }
    let size = abs(amount)
    switch change {
    case .none: break
    case .rotation: warp.rotation += amount
    case .shearX: warp.shearX = within(warp.shearX + amount, Warping.largestShear)
    case .shearY: warp.shearY = within(warp.shearY + amount, Warping.largestShear)
    case .perspective:
      let limit = Warping.largestPerspective
      if generator.chance(0.5) {
        warp.tiltX = within(warp.tiltX + amount, limit)
      } else {
        warp.tiltY = within(warp.tiltY + amount, limit)
      }
    case .brightness: tone.brightness = Float(within(Double(tone.brightness) + amount, 1))
    case .contrast: tone.contrast *= Float(1 + amount)
    case .saturation: saturationGain *= 1 + amount
    case .hue: hueShift += amount
    case .blur: finish.blurRadius = max(finish.blurRadius, Float(size))
    case .noise:
      finish.noise = max(finish.noise, Float(size))
      if finish.noise > 0 { finish.noiseKey = generator.next() }
    case .jpeg:
      let quality = Int((Degrading.highestQuality - size).rounded())
      finish.jpegQuality = min(finish.jpegQuality ?? quality, quality)
    case .cutout: if size > 0 { cutoutSizes.append(size) }
    }
  }
}
