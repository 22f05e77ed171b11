import Boxes

/// A distance as the mean of a distribution over the bins 0, 1, …, n − 1, given by n logits, and
/// distribution focal loss, which trains it.
///
/// Li et al.: *Generalized Focal Loss*, NeurIPS 2020, §3.2.
public struct BinnedDistance<Scalar: ElementaryScalar> {
  /// What a target makes of the bins.
  public struct FocalLoss {
    public let value: Scalar
    /// The lower of the two around the target, and what part of it the upper one has.
    let bin: Int
    let upperWeight: Scalar
  }

  /// Softmax of the logits.
  public private(set) var probabilities: [Scalar]
  /// `Σ k·p_k`
  public private(set) var mean: Scalar = 0
  private var logarithmOfSum: Scalar = 0
  private var logits: [Scalar]

  public init(bins: Int) {
    probabilities = [Scalar](repeating: 0, count: bins)
    logits = probabilities
  }

  /// Takes new logits, one of each bin; reuses the memory.
  @inline(__always)
  public mutating func update(_ logit: (Int) -> Scalar) {
    var largest = -Scalar.infinity
    for bin in logits.indices {
      logits[bin] = logit(bin)
      largest = max(largest, logits[bin])
    }
    var sum: Scalar = 0
    for bin in logits.indices {
      probabilities[bin] = Scalar.exponential(logits[bin] - largest)
      sum += probabilities[bin]
    }
    mean = 0
    for bin in probabilities.indices {
      probabilities[bin] /= sum
      mean += Scalar(bin) * probabilities[bin]
    }
    logarithmOfSum = largest + Scalar.logarithmOnePlus(sum - 1)
  }

  /// `∂mean / ∂x_k = p_k·(k − mean)`
  @inline(__always)
  public func meanSlope(_ bin: Int) -> Scalar { probabilities[bin] * (Scalar(bin) - mean) }

  /// Cross-entropy against the two bins around the target y, eq. 6:
  /// `−(k + 1 − y)·log p_k − (y − k)·log p_{k+1}`.
  ///
  /// - Parameter y: in bins; held to `0 ... n − 1`, the most that bins can say.
  public func focalLoss(target y: Scalar) -> FocalLoss {
    precondition(probabilities.count > 1, "the loss is of two bins or more")
    let y = min(max(y, 0), Scalar(probabilities.count - 1))
    let bin = min(Int(y), probabilities.count - 2)
    let upper = y - Scalar(bin)
    let value = logarithmOfSum - (1 - upper) * logits[bin] - upper * logits[bin + 1]
    return FocalLoss(value: value, bin: bin, upperWeight: upper)
  }

  /// The loss's derivative with respect to logit k: `p_k` less that bin's weight.
  @inline(__always)
  public func focalSlope(_ bin: Int, of loss: FocalLoss) -> Scalar {
    if bin == loss.bin { return probabilities[bin] - (1 - loss.upperWeight) }
    if bin == loss.bin + 1 { return probabilities[bin] - loss.upperWeight }
    return probabilities[bin]
  }
}
