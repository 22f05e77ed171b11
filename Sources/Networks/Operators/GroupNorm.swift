/// Centres and scales the channels of a group by the group's statistics in each picture.
///
/// `y = γ·(x − μ) / √(σ² + ε) + β`, μ and σ² (biased) over height, width and the channels of a group:
/// the same in training and inference, whatever the batch.
///
/// - Input, output: `[N, C, H, W]`
///
/// Wu, He: *Group Normalization*, ECCV 2018, §3.1.
public struct GroupNorm: Operator, Layer {
  /// How channels are grouped.
  public enum Grouping: Hashable, Sendable, Codable {
    /// So many groups; the greatest common divisor with the channels, where those are no multiple.
    case groups(Int)
    /// So many channels a group, likewise.
    case channels(Int)
    /// One group of all channels. Ba, Kiros, Hinton: *Layer Normalization*, 2016.
    case layer
    /// Each channel by itself. Ulyanov, Vedaldi, Lempitsky: *Instance Normalization*, 2016.
    case instance
  }

  public var grouping: Grouping
  public var epsilon: Float
  /// First value of γ.
  public var initialScale: Float

  public init(_ grouping: Grouping, epsilon: Float = 1e-5, initialScale: Float = 1) {
    self.grouping = grouping
    self.epsilon = epsilon
    self.initialScale = initialScale
  }

  public var label: String { "group-norm" }

  /// Groups of so many channels.
  public func groups(channels: Int) -> Int {
    switch grouping {
    case .groups(let count): greatestCommonDivisor(channels, count)
    case .channels(let count): channels / greatestCommonDivisor(channels, count)
    case .layer: 1
    case .instance: channels
    }
  }

  public func parameters(inputs: [Int]) -> [TensorSpecification] {
    [
      TensorSpecification(
        name: "weight", shape: [inputs[0]], initializer: .constant(initialScale)),
      TensorSpecification(name: "bias", shape: [inputs[0]], initializer: .constant(0)),
    ]
  }

  public func callAsFunction(_ x: Value) -> Value { x.applying(.groupNorm(self)) }
}
