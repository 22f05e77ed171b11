import Boxes

/// How class logits are trained. In all but `crossEntropy` every class is a yes or no of its own.
public struct ClassificationLoss: Hashable, Sendable, Codable {
  public enum Kind: String, Hashable, Sendable, Codable, CaseIterable, NamedChoice {
    /// Cross-entropy of each class against 0 and 1.
    case bce
    /// ``SoftmaxCrossEntropy`` over the classes and none of them.
    case crossEntropy
    /// ``SigmoidFocalLoss`` against 0 and 1.
    case focal
    /// ``QualityFocalLoss`` against how well the candidate fits; box losses get the same weight.
    case quality
    /// ``VarifocalLoss``, likewise.
    case varifocal
    /// ``TverskyLoss`` of each class over all candidates of a picture.
    case tversky

    /// Whether the target is how well a candidate fits.
    package var ratesQuality: Bool { self == .quality || self == .varifocal }
  }

  public var kind: Kind
  /// Weight in the total.
  public var weight: Float = 1
  /// Weight of the positive class in focal loss.
  public var alpha: Float = 0.25
  /// How strongly easy candidates are played down by focal loss. Both: Lin et al., ICCV 2017, table
  /// 1b.
  public var gamma: Float = 2
  /// The same for quality; 0: plain cross-entropy. TOOD has 2.
  public var qualityGamma: Float = 0
  /// Weight of the background in varifocal loss, and how strongly its easy part is played down. Both:
  /// Zhang et al., CVPR 2021, §3.3.
  public var varifocalAlpha: Float = 0.75
  public var varifocalGamma: Float = 2
  /// What a false positive and a false negative count in tversky: ½ and ½ is Dice's coefficient, 1
  /// and 1 Jaccard's.
  public var tverskyAlpha: Float = 0.5
  public var tverskyBeta: Float = 0.5
  /// The part of the target that is spread evenly over the answers: over yes and no in bce, over all
  /// classes and none of them in crossEntropy. Szegedy et al.: *Rethinking the Inception
  /// Architecture*, CVPR 2016, §7.
  public var labelSmoothing: Float = 0

  public init(kind: Kind) { self.kind = kind }

  /// - Throws: ``SettingsError/contradiction(key:reason:)``.
  func validate() throws {
    let check = SettingsCheck("head.classification")
    try check.require(
      labelSmoothing < 1, "labelSmoothing", "must be below 1, got \(labelSmoothing)")
    try check.require(
      labelSmoothing == 0 || kind == .bce || kind == .crossEntropy, "labelSmoothing",
      "has a meaning for bce and crossEntropy only, and kind is \(kind.rawValue)")
    try check.require(alpha <= 1, "alpha", "must be at most 1, got \(alpha)")
    try check.require(
      varifocalAlpha <= 1, "varifocalAlpha", "must be at most 1, got \(varifocalAlpha)")
  }

  /// The summed loss of one picture; adds nothing for ignored candidates.
  ///
  /// - Parameters:
  ///   - logits: `[classes, candidates]`
  ///   - gradients: of the same shape; overwritten by the gradient times `scale`.
  ///   - labels: of each candidate: a class, or one of ``Assignment``'s marks.
  ///   - scale: factor on loss and gradient.
  package func callAsFunction(
    _ logits: CandidateValues, gradients: inout CandidateValues, labels: [Int32],
    qualities: [Float], scale: Float
  ) -> Double {
    switch kind {
    case .bce, .focal, .quality, .varifocal:
      eachClass(logits, &gradients, labels, qualities, scale)
    case .crossEntropy: acrossClasses(logits, &gradients, labels, scale)
    case .tversky: overCandidates(logits, &gradients, labels, scale)
    }
  }

  /// What the logits say of each class as if it were a yes or no of its own, for whoever takes σ of
  /// them.
  func independent(_ logits: CandidateValues) -> CandidateValues {
    guard kind == .crossEntropy else { return logits }
    var softmax = SoftmaxCrossEntropy<Float>(classes: logits.channels)
    var result = logits
    for candidate in 0..<logits.count {
      softmax.update { logits[$0, candidate] }
      for label in 0..<logits.channels {
        result[label, candidate] = softmax.independentLogit(label)
      }
    }
    return result
  }
}
