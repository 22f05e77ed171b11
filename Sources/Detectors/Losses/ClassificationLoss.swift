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

  /// - Throws: ``SettingsError/contradiction(key:reason:)`` for numbers out of range.
  public func validate() throws {
    let check = SettingsCheck("head.classification")
    try check.require(
      (0..<1).contains(labelSmoothing), "labelSmoothing",
      "must be at least 0 and below 1, got \(SettingsCheck.text(labelSmoothing))")
    try check.require(
      labelSmoothing == 0 || kind == .bce || kind == .crossEntropy, "labelSmoothing",
      "has a meaning for bce and crossEntropy only, and kind is \(kind.rawValue)")
    for (key, value) in [("alpha", alpha), ("varifocalAlpha", varifocalAlpha)] {
      try check.require(
        (0...1).contains(value), key, "must be 0 … 1, got \(SettingsCheck.text(value))")
    }
    let exponents = [
      ("gamma", gamma), ("qualityGamma", qualityGamma), ("varifocalGamma", varifocalGamma),
      ("tverskyAlpha", tverskyAlpha), ("tverskyBeta", tverskyBeta),
    ]
    for (key, value) in exponents {
      try check.require(value >= 0, key, "must not be negative, got \(SettingsCheck.text(value))")
    }
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

  /// The summed loss of a picture's candidates, without ``weight``, and its gradient.
  ///
  /// - Parameters:
  ///   - logits: `[classes, candidates]`, as one picture has them in an output `[N, classes, H, W]`.
  ///   - gradients: of the same shape; overwritten by the gradient times `scale`.
  ///   - classes: how many; with `labels.count` candidates each.
  ///   - labels: the class of each candidate, nil for none.
  ///   - qualities: of `quality` and `varifocal`: how well each candidate fits, 0 to 1; nil: all 1.
  ///   - ignored: candidates that learn nothing.
  ///   - scale: factor on loss and gradient.
  public func callAsFunction(
    _ logits: UnsafePointer<Float>, gradients: UnsafeMutablePointer<Float>, classes: Int,
    labels: [Int?], qualities: [Float]? = nil, ignored: Set<Int> = [], scale: Float = 1
  ) -> Double {
    let count = labels.count
    precondition(
      labels.allSatisfy { $0.map((0..<classes).contains) ?? true },
      "labels are 0 ..< \(classes), the classes")
    precondition(
      qualities.map { $0.count == count } ?? true, "a quality for each of \(count) labels is needed"
    )
    var values = CandidateValues(channels: classes, count: count)
    values.values = Array(UnsafeBufferPointer(start: logits, count: classes * count))
    var slopes = CandidateValues(channels: classes, count: count)
    let marks = labels.enumerated().map { candidate, label in
      ignored.contains(candidate)
        ? Assignment.ignored : label.map { Int32($0) } ?? Assignment.background
    }
    let loss = self(
      values, gradients: &slopes, labels: marks,
      qualities: qualities ?? Array(repeating: 1, count: count), scale: scale)
    slopes.values.withUnsafeBufferPointer {
      gradients.update(from: $0.baseAddress!, count: $0.count)
    }
    return loss
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
