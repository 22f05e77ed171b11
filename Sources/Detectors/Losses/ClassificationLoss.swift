import Boxes

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
  func callAsFunction(
    _ logits: CandidateValues, gradients: inout CandidateValues, labels: [Int32],
    qualities: [Float], scale: Float
  ) -> Double {
    let arguments = (logits, labels, qualities, scale)
    switch kind {
    case .bce: return sum(BinaryCrossEntropy(), arguments, &gradients)
    case .focal: return sum(SigmoidFocalLoss(alpha: alpha, gamma: gamma), arguments, &gradients)
    case .quality: return sum(QualityFocalLoss(gamma: qualityGamma), arguments, &gradients)
    }
  }

  @inline(__always)
  private func sum(
    _ loss: some LogitLoss,
    _ arguments: (logits: CandidateValues, labels: [Int32], qualities: [Float], scale: Float),
    _ gradients: inout CandidateValues
  ) -> Double {
    let (logits, labels, qualities, scale) = arguments
    let usesQuality = kind == .quality
    var total = 0.0
    gradients.values.withUnsafeMutableBufferPointer { gradient in
      logits.values.withUnsafeBufferPointer { logit in
        labels.withUnsafeBufferPointer { labels in
          for channel in 0..<logits.channels {
            let start = channel * logits.count
            for candidate in 0..<logits.count {
              let label = labels[candidate]
              var target: Float = 0
              if label == Int32(channel) {
                target = usesQuality ? qualities[candidate] : 1
              } else if label == Assignment.ignored {
                gradient[start + candidate] = 0
                continue
              }
              let element = loss(logit: logit[start + candidate], target: target)
              total += Double(element.value)
              gradient[start + candidate] = element.gradient * scale
            }
          }
        }
      }
    }
    return total * Double(scale)
  }
}
