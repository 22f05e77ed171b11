import Images
import RandomNumbers

/// How two samples are laid over each other.
///
/// `pixel = λ · first + (1 − λ) · second`, λ drawn from Beta(α, α) and kept within
/// ``leastShare`` … 1 − ``leastShare``, for an object must be visible to be a target. Where the
/// second has no picture the first shows alone. The second sample is drawn as the first is, with its
/// own pictures and geometry; it takes the first's change of colour. The objects of both are targets
/// and count fully in every loss, whatever λ is.
///
/// Zhang, Cisse, Dauphin, Lopez-Paz: *mixup: Beyond Empirical Risk Minimization*, ICLR 2018, §2. For
/// detection, with the pictures' geometry and boxes kept and α = 1.5: Zhang, He, Zhang, Zhang, Xie,
/// Li: *Bag of Freebies for Training Object Detection Neural Networks*, 2019, §3.1; their losses are
/// weighed by λ where these are not.
public struct MixUp: Codable, Hashable, Sendable {
  /// That a sample is mixed with another.
  public var probability = 0.0
  /// α: below 1 one of the two dominates, large ones come near equal parts.
  public var alpha = 1.5

  public init() {}

  /// The least part that either sample has.
  package static let leastShare = 0.2

  /// - Throws: ``DatasetError/invalidSetting(key:value:expected:)`` for a number out of its range.
  func validate() throws {
    guard (0...1).contains(probability) else {
      throw DatasetError.invalidSetting(
        key: "mixUp", value: probability, expected: "a number from 0.0 to 1.0")
    }
    guard (0.1...100).contains(alpha) else {
      throw DatasetError.invalidSetting(
        key: "mixUpAlpha", value: alpha, expected: "a number from 0.1 to 100.0")
    }
  }

  /// λ, the first sample's part.
  func ratio(_ generator: inout KeyedGenerator) -> Double {
    min(1 - Self.leastShare, max(Self.leastShare, generator.beta(alpha, alpha)))
  }
}

extension RecipeMaker.Result {
  /// Lays another sample over this one.
  ///
  /// - Parameter share: the other's part, 0–1.
  mutating func mix(with other: RecipeMaker.Result, share: Double) {
    recipe.sources += other.recipe.sources.map { source in
      var source = source
      source.opacity *= Float(share)
      return source
    }
    targets.add(other.targets)
    consulted += other.consulted
  }
}
