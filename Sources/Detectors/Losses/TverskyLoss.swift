import Boxes

/// How little what is found agrees with what is there: `1 − (TP + s) / (TP + α·FP + β·FN + s)`.
///
/// `TP = Σ p·g`, `FP = Σ p·(1 − g)` and `FN = Σ (1 − p)·g` over candidates with `p = σ(x)` and g being
/// 1 where the class is there, else 0; s is 1, so that a class that is neither there nor found costs
/// nothing. With α = β = ½ it is Dice's coefficient, with 1 and 1 Jaccard's.
///
/// Salehi et al.: *Tversky Loss Function for Image Segmentation*, MLMI 2017, eq. 4; s as in most
/// programs for Dice's.
public struct TverskyLoss: Sendable {
  /// What a false positive counts.
  public var alpha: Float
  /// What a false negative counts.
  public var beta: Float

  public init(alpha: Float, beta: Float) {
    self.alpha = alpha
    self.beta = beta
  }

  /// The loss of one class over all candidates.
  ///
  /// - Parameters:
  ///   - logits: of each candidate.
  ///   - memberships: whether the class is there; nil: the candidate counts for nothing.
  ///   - write: takes each candidate's place and derivative.
  public func callAsFunction<Scalar: ElementaryScalar>(
    logits: ArraySlice<Scalar>, memberships: [Bool?], write: (Int, Scalar) -> Void
  ) -> Scalar {
    let (alpha, beta) = (Scalar(alpha), Scalar(beta))
    let probabilities = logits.map { Sigmoid($0).value }
    var (found, wrong, missed): (Scalar, Scalar, Scalar) = (0, 0, 0)
    for (p, isThere) in zip(probabilities, memberships) {
      switch isThere {
      case nil: continue
      case true?:
        found += p
        missed += 1 - p
      case false?: wrong += p
      }
    }
    let top = found + 1
    let bottom = top + alpha * wrong + beta * missed
    for (index, (p, isThere)) in zip(probabilities, memberships).enumerated() {
      guard let isThere else {
        write(index, 0)
        continue
      }
      // Of top and bottom with respect to p.
      let (a, b): (Scalar, Scalar) = isThere ? (1, 1 - beta) : (0, alpha)
      let slope = (a * bottom - top * b) / (bottom * bottom)
      write(index, -slope * p * (1 - p))
    }
    return 1 - top / bottom
  }
}
