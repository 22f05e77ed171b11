import Boxes
import CBridge

/// A picture's loss by each kind of formula.
extension ClassificationLoss {
  /// A yes or no of every class at every candidate.
  func eachClass(
    _ logits: CandidateValues, _ gradients: inout CandidateValues, _ labels: [Int32],
    _ qualities: [Float], _ scale: Float
  ) -> Double {
    let background = background
    let isIgnored =
      labels.contains(Assignment.ignored)
      ? labels.map { $0 == Assignment.ignored ? UInt8(1) : 0 } : nil
    var total = gradients.values.withUnsafeMutableBufferPointer { gradient in
      logits.values.withUnsafeBufferPointer { logit in
        cb_background_loss(
          logit.baseAddress, isIgnored, logits.channels, logits.count, background.gamma,
          background.weight, background.target, scale, gradient.baseAddress)
      }
    }
    // What was taken for background there and is not.
    for (candidate, label) in labels.enumerated() where label >= 0 {
      let logit = logits[Int(label), candidate]
      let wrong = element(logit, quality: nil)
      let right = element(logit, quality: qualities[candidate])
      total += Double(right.value) - Double(wrong.value)
      gradients[Int(label), candidate] = right.gradient * scale
    }
    return total * Double(scale)
  }

  /// The loss where there is no object, which is the same formula for every kind: its exponent,
  /// factor and target.
  private var background: (gamma: Float, weight: Float, target: Float) {
    switch kind {
    case .focal: (gamma, 1 - alpha, 0)
    case .quality: (qualityGamma, 1, 0)
    case .varifocal: (varifocalGamma, varifocalAlpha, 0)
    default: (0, 1, labelSmoothing / 2)
    }
  }

  /// - Parameter quality: nil where the class is not there.
  private func element(_ logit: Float, quality: Float?) -> LossElement<Float> {
    let isThere: Float = quality == nil ? 0 : 1
    return switch kind {
    case .focal: SigmoidFocalLoss(alpha: alpha, gamma: gamma)(logit: logit, target: isThere)
    case .quality: QualityFocalLoss(gamma: qualityGamma)(logit: logit, target: quality ?? 0)
    case .varifocal:
      VarifocalLoss(alpha: varifocalAlpha, gamma: varifocalGamma)(
        logit: logit, target: quality ?? 0)
    default:
      BinaryCrossEntropy()(
        logit: logit, target: isThere * (1 - labelSmoothing) + labelSmoothing / 2)
    }
  }

  /// One of all classes or none of them at every candidate.
  func acrossClasses(
    _ logits: CandidateValues, _ gradients: inout CandidateValues, _ labels: [Int32],
    _ scale: Float
  ) -> Double {
    var softmax = SoftmaxCrossEntropy<Float>(classes: logits.channels)
    let smoothing = labelSmoothing
    var total = 0.0
    for (candidate, label) in labels.enumerated() {
      guard label != Assignment.ignored else {
        for channel in 0..<logits.channels { gradients[channel, candidate] = 0 }
        continue
      }
      softmax.update { logits[$0, candidate] }
      let label = label >= 0 ? Int(label) : nil
      total += Double(softmax.loss(label: label, smoothing: smoothing))
      for channel in 0..<logits.channels {
        gradients[channel, candidate] =
          scale * softmax.slope(channel, label: label, smoothing: smoothing)
      }
    }
    return total * Double(scale)
  }

  /// One loss for each class, as much as it has positives (at least one), since the total is divided
  /// by all positives.
  func overCandidates(
    _ logits: CandidateValues, _ gradients: inout CandidateValues, _ labels: [Int32],
    _ scale: Float
  ) -> Double {
    let loss = TverskyLoss(alpha: tverskyAlpha, beta: tverskyBeta)
    var total = 0.0
    for channel in 0..<logits.channels {
      let weight = Float(max(1, labels.count { $0 == Int32(channel) }))
      let row = channel * logits.count
      let value = loss(
        logits: logits.values[row..<row + logits.count],
        memberships: labels.map { $0 == Assignment.ignored ? nil : $0 == Int32(channel) }
      ) { gradients.values[row + $0] = scale * weight * $1 }
      total += Double(weight * value)
    }
    return total * Double(scale)
  }
}
