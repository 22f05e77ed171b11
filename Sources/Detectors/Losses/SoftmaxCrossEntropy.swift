import Boxes

/// Cross-entropy over exclusive classes and the answer "none of them", whose logit is 0.
///
/// `p_k = e^{x_k} / (1 + Σ_j e^{x_j})`. Softmax does not change when all logits move together, so one
/// of them may stand still: the head needs no output for the background, and with one class it is
/// ``BinaryCrossEntropy``.
///
/// Bishop: *Pattern Recognition and Machine Learning*, 2006, §4.3.4.
public struct SoftmaxCrossEntropy<Scalar: ElementaryScalar> {
  /// Of each class.
  public private(set) var probabilities: [Scalar]
  /// Of none of them.
  public private(set) var background: Scalar = 1
  private var logarithmOfSum: Scalar = 0
  private var logits: [Scalar]

  public init(classes: Int) {
    probabilities = [Scalar](repeating: 0, count: classes)
    logits = probabilities
  }

  /// Takes new logits, one of each class; reuses the memory.
  @inline(__always)
  public mutating func update(_ logit: (Int) -> Scalar) {
    var largest: Scalar = 0
    for label in logits.indices {
      logits[label] = logit(label)
      largest = max(largest, logits[label])
    }
    background = Scalar.exponential(-largest)
    var sum = background
    for label in logits.indices {
      probabilities[label] = Scalar.exponential(logits[label] - largest)
      sum += probabilities[label]
    }
    background /= sum
    for label in probabilities.indices { probabilities[label] /= sum }
    logarithmOfSum = largest + Scalar.logarithmOnePlus(sum - 1)
  }

  /// `−Σ_k t_k·log p_k`, t being `1 − smoothing` at the label and `smoothing / (classes + 1)` more at
  /// every answer.
  ///
  /// - Parameter label: nil for none of the classes.
  public func loss(label: Int?, smoothing: Float) -> Scalar {
    var wanted: Scalar = 0
    if smoothing > 0 {
      for logit in logits { wanted += logit }
      wanted *= Scalar(smoothing) / Scalar(logits.count + 1)
    }
    if let label { wanted += (1 - Scalar(smoothing)) * logits[label] }
    return logarithmOfSum - wanted
  }

  /// The derivative with respect to a class's logit: `p_k − t_k`.
  @inline(__always)
  public func slope(_ channel: Int, label: Int?, smoothing: Float) -> Scalar {
    let spread = Scalar(smoothing) / Scalar(logits.count + 1)
    return probabilities[channel] - spread - (label == channel ? 1 - Scalar(smoothing) : 0)
  }

  /// The x with `σ(x) = p_k`: `x_k − log(1 + Σ_{j≠k} e^{x_j})`.
  func independentLogit(_ label: Int) -> Scalar {
    var others = background
    for (other, probability) in probabilities.enumerated() where other != label {
      others += probability
    }
    return logits[label] - logarithmOfSum - Scalar.logarithm(others)
  }
}
