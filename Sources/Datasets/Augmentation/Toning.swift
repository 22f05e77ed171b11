import Images
import RandomNumbers

/// Changes of brightness, contrast and colourfulness of a whole sample, beside those of hue,
/// saturation and value.
public struct Toning: Codable, Hashable, Sendable {
  /// Largest change, as a share of white, either way.
  public var brightness = 0.0
  /// Largest change of the factor on the distance from middle gray, either way.
  public var contrast = 0.0
  /// Probability that a sample is gray.
  public var gray = 0.0

  public init() {}

  func validate() throws {
    try requireSetting("brightness", brightness, in: 0...1)
    try requireSetting("contrast", contrast, in: 0...1)
    try requireSetting("gray", gray, in: 0...1)
  }

  func draw(_ generator: inout KeyedGenerator) -> Recipe.Tone {
    var tone = Recipe.Tone()
    tone.brightness = Float(generator.uniform(-1, 1) * brightness)
    tone.contrast = Float(1 + generator.uniform(-1, 1) * contrast)
    tone.isGray = generator.chance(gray)
    return tone
  }
}
