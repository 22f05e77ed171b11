import Images
import RandomNumbers

/// What a worse camera makes of a sample: blur, noise, and artefacts of a JPEG.
public struct Degrading: Codable, Hashable, Sendable {
  /// Largest radius of a Gaussian blur, canvas pixels; its standard deviation is half of that. Drawn
  /// uniformly from 0.
  public var blur = 0.0
  /// Largest standard deviation of normal noise on each pixel's channels, in 0–255; drawn uniformly
  /// from 0.
  public var noise = 0.0
  /// Probability that a sample goes through a JPEG.
  public var jpeg = 0.0
  /// Its lowest quality, 1–100; drawn uniformly from here to ``highestQuality``.
  public var jpegQuality = 30.0

  public init() {}

  func validate() throws {
    try requireSetting("blur", blur, in: 0...Self.largestBlur)
    try requireSetting("noise", noise, in: 0...Self.largestNoise)
    try requireSetting("jpeg", jpeg, in: 0...1)
    try requireSetting("jpegQuality", jpegQuality, in: 1...Self.highestQuality)
  }

  package static let largestBlur = 50.0
  package static let largestNoise = 100.0
  /// Above this a JPEG shows hardly any artefacts.
  package static let highestQuality = 95.0
  /// Pixels: a Gaussian of a narrower radius leaves every pixel as it is to within 8 bits.
  private static let leastBlur = 0.5

  func draw(into finish: inout Recipe.Finish, _ generator: inout KeyedGenerator) {
    let radius = generator.uniform(0, blur)
    if radius >= Self.leastBlur { finish.blurRadius = Float(radius) }
    finish.noise = Float(generator.uniform(0, noise))
    if finish.noise > 0 { finish.noiseKey = generator.next() }
    if generator.chance(jpeg) {
      finish.jpegQuality = Int(generator.uniform(jpegQuality, Self.highestQuality).rounded())
    }
  }
}
