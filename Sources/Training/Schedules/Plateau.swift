/// What schedule `plateau` looks at.
public enum PlateauMetric: String, Codable, Hashable, Sendable, CaseIterable {
  /// Of each validation; more is better.
  case ap
  /// Training's mean of each epoch; less is better.
  case loss
}

/// Lowers the learning rate when a figure has not got better for a while; as PyTorch's
/// ReduceLROnPlateau.
package struct Plateau: Codable, Hashable, Sendable {
  package struct Settings: Hashable, Sendable {
    package var metric = PlateauMetric.ap
    package var factor = 0.1
    /// Figures without a better one that are borne.
    package var patience = 5
    /// What counts as better: by this part of the best.
    package var threshold = 1e-4
    /// Figures after a cut that count for nothing.
    package var cooldown = 0
    /// Of the peak; never lower.
    package var floor = 0.0

    package init() {}
  }

  /// Of the learning rate.
  package private(set) var factor = 1.0
  package private(set) var best: Double?
  package private(set) var worse = 0
  package private(set) var cooling = 0

  package init() {}

  /// - Returns: whether the rate was lowered.
  package mutating func note(_ figure: Double, _ settings: Settings) -> Bool {
    if isBetter(figure, settings) { (best, worse) = (figure, 0) } else { worse += 1 }
    if cooling > 0 {
      cooling -= 1
      worse = 0
    }
    guard worse > settings.patience else { return false }
    (worse, cooling) = (0, settings.cooldown)
    let lowered = max(settings.floor, factor * settings.factor)
    defer { factor = lowered }
    return lowered < factor
  }

  private func isBetter(_ figure: Double, _ settings: Settings) -> Bool {
    guard let best else { return true }
    return switch settings.metric {
    case .ap: figure > best * (1 + settings.threshold)
    case .loss: figure < best * (1 - settings.threshold)
    }
  }
}

extension TrainingSettings {
  package var plateau: Plateau.Settings {
    var result = Plateau.Settings()
    result.metric = plateauMetric
    result.factor = plateauFactor
    result.patience = plateauPatience
    result.threshold = plateauThreshold
    result.cooldown = plateauCooldown
    result.floor = finalFraction
    return result
  }
}
