import Networks

/// What a backbone's convolutions see beyond the borders.
public enum BorderFilling: String, Hashable, Sendable, Codable, CaseIterable, NamedChoice {
  case zeros
  /// What lies as far inside, the border itself not repeated. At the price of a pass over memory.
  case reflect
  /// The border's cell, likewise.
  case replicate

  private var mode: BorderMode? {
    switch self {
    case .zeros: nil
    case .reflect: .reflect
    case .replicate: .replicate
    }
  }

  /// - Throws: ``SettingsError/contradiction(key:reason:)``.
  func apply(to graph: Graph) throws -> Graph {
    guard let mode else { return graph }
    let widest = graph.widestBorder(under: Self.prefix)
    guard widest <= BorderPadding.mostCells else {
      throw SettingsError.contradiction(
        key: "backbone.padding",
        reason:
          "\(rawValue) adds \(BorderPadding.mostCells) cells at most, and a kernel wants \(widest)"
      )
    }
    return graph.fillingBorders(mode, under: Self.prefix)
  }

  private static let prefix = "backbone."
}
