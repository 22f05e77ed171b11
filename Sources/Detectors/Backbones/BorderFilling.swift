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

  /// The network with convolutions that see this beyond the borders.
  ///
  /// - Parameter prefix: of the names of those that are meant.
  /// - Throws: ``SettingsError/contradiction(key:reason:)`` for a kernel that wants too many cells.
  public func apply(to graph: Graph, under prefix: String = "backbone.") throws -> Graph {
    guard let mode else { return graph }
    let widest = graph.widestBorder(under: prefix)
    guard widest <= BorderPadding.mostCells else {
      throw SettingsError.contradiction(
        key: "backbone.padding",
        reason:
          "\(rawValue) adds \(BorderPadding.mostCells) cells at most, and a kernel wants \(widest)"
      )
    }
    return graph.fillingBorders(mode, under: prefix)
  }
}
