import Networks

/// What a network's weights are before the first step. Biases are 0, norms 1 and 0, but for what a
/// head says: its classes start at `classPrior`.
public struct InitializationSettings: Hashable, Sendable, Codable {
  /// Of convolutions and linear layers; d is the fan.
  public enum Weights: String, Hashable, Sendable, Codable, CaseIterable, NamedChoice {
    /// Normal of variance 2 / d.
    case heNormal
    /// Uniform of variance 2 / d.
    case heUniform
    /// Normal of variance 2 / (fan-in + fan-out).
    case xavierNormal
    /// Uniform of variance 2 / (fan-in + fan-out).
    case xavierUniform
    /// Uniform in ±1 / √d.
    case uniform

    var takesBothFans: Bool { self == .xavierNormal || self == .xavierUniform }
  }

  public enum Fan: String, Hashable, Sendable, Codable, CaseIterable, NamedChoice {
    /// Terms of an output's sum: values keep their size forward.
    case `in`
    /// Sums that an input is in: gradients keep theirs backward.
    case out
  }

  public var weights = Weights.heNormal
  public var fan = Fan.in
  /// Whether the last norms of each residual branch start at scale 0.
  public var zeroesResiduals = false

  public init() {}

  /// The network with these first values, which ``Variables`` draws.
  public func apply(to graph: Graph) -> Graph {
    let graph = self.weights == .heNormal && fan == .in ? graph : initialized(graph)
    return zeroesResiduals ? graph.zeroingResidualBranches() : graph
  }

  private func initialized(_ graph: Graph) -> Graph {
    graph.initializingWeights { fanIn, fanOut in
      let fan = fan == .in ? fanIn : fanOut
      return switch weights {
      case .heNormal: .he(fanIn: fan)
      case .heUniform: .heUniform(fan: fan)
      case .xavierNormal: .xavierNormal(fanIn: fanIn, fanOut: fanOut)
      case .xavierUniform: .xavierUniform(fanIn: fanIn, fanOut: fanOut)
      case .uniform: .uniform(fan: fan)
      }
    }
  }

  /// - Throws: ``SettingsError/contradiction(key:reason:)`` for what has no effect on the network.
  public func validate(_ graph: Graph) throws {
    if weights.takesBothFans && fan == .out {
      throw SettingsError.contradiction(
        key: "initialization.fan",
        reason: "has no effect with weights \(weights.rawValue), which goes by both fans")
    }
    guard zeroesResiduals else { return }
    let branches = graph.residualBranches
    if branches.isEmpty {
      throw SettingsError.contradiction(
        key: "initialization.zeroesResiduals",
        reason: graph.hasFrozenResidualNorms
          ? "has no effect: the norms that residual branches end in are frozen, nothing sets their "
            + "scales" : "has no effect: no residual branch of this model ends in a norm")
    }
    if let barrier = branches.lazy.compactMap(\.barrier).first {
      let node = graph.nodes[barrier]
      throw SettingsError.contradiction(
        key: "initialization.zeroesResiduals",
        reason: "would keep a branch as it begins: behind its last norm \(node.name) is a "
          + "\(node.operation.rules.label), which gives no 0, or passes no gradient, at 0; take silu "
          + "or leakyReLU, say, there")
    }
  }
}
