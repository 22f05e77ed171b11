/// What schedule `plateau` looks at.
public enum PlateauMetric: String, Codable, Hashable, Sendable, CaseIterable {
  /// Of each validation; more is better.
  case ap
  /// Training's mean of each epoch; less is better.
  case loss
}

/// Lowers the learning rate when a figure has not got better for a while; as PyTorch's
/// ReduceLROnPlateau.
public struct Plateau: Codable, Hashable, Sendable {
  public struct Settings: Hashable, Sendable {
    public var metric = PlateauMetric.ap
    public var factor = 0.1
    /// Figures without a better one that are borne.
    public var patience = 5
    /// What counts as better: by this part of the best.
    public var threshold = 1e-4
    /// Figures after a cut that count for nothing.
    public var cooldown = 0
    /// Of the peak; never lower.
    public var floor = 0.0

    public init() {}
  }

  /// Of the learning rate.
  public private(set) var factor = 1.0
  public private(set) var best: Double?
  public private(set) var worse = 0
  public private(set) var cooling = 0

  public init() {}

  /// Takes the next figure, of a validation or an epoch.
  ///
  /// - Returns: whether the rate was lowered.
  public mutating func note(_ figure: Double, _ settings: Settings) -> Bool {
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
