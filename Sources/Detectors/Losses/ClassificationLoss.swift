import Boxes
import CBridge

/// How class logits are trained; every class is a yes or no of its own.
public struct ClassificationLoss: Hashable, Sendable, Codable {
  public enum Kind: String, Hashable, Sendable, Codable, CaseIterable, NamedChoice {
    /// Cross-entropy against 0 and 1.
    case bce
    /// ``SigmoidFocalLoss`` against 0 and 1.
    case focal
    /// ``QualityFocalLoss`` against how well the candidate fits; box losses get the same weight.
    case quality
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

  public init(kind: Kind) { self.kind = kind }

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
    let background = background
    let isIgnored =
      labels.contains(Assignment.ignored)
      ? labels.map { $0 == Assignment.ignored ? UInt8(1) : 0 } : nil
    var total = gradients.values.withUnsafeMutableBufferPointer { gradient in
      logits.values.withUnsafeBufferPointer { logit in
        cb_background_loss(
          logit.baseAddress, isIgnored, logits.channels, logits.count, background.gamma,
          background.weight, scale, gradient.baseAddress)
      }
    }
    // What was taken for background there and is not.
    for (candidate, label) in labels.enumerated() where label >= 0 {
      let logit = logits[Int(label), candidate]
      let wrong = element(logit, target: 0)
      let right = element(logit, target: kind == .quality ? qualities[candidate] : 1)
      total += Double(right.value) - Double(wrong.value)
      gradients[Int(label), candidate] = right.gradient * scale
    }
    return total * Double(scale)
  }

  /// The loss where the target is 0, which is the same formula for every kind: its exponent and
  /// factor.
  private var background: (gamma: Float, weight: Float) {
    switch kind {
    case .bce: (0, 1)
    case .focal: (gamma, 1 - alpha)
    case .quality: (qualityGamma, 1)
    }
  }

  private func element(_ logit: Float, target: Float) -> LossElement<Float> {
    switch kind {
    case .bce: BinaryCrossEntropy()(logit: logit, target: target)
    case .focal: SigmoidFocalLoss(alpha: alpha, gamma: gamma)(logit: logit, target: target)
    case .quality: QualityFocalLoss(gamma: qualityGamma)(logit: logit, target: target)
    }
  }
}
