/// The mean and the maximum of each cell over the channels.
///
/// - Input: `[N, C, H, W]`
/// - Output: `[N, 2, H, W]`: the mean, then the maximum
public struct ChannelSummary: Operator, Layer {
  public init() {}

  public var label: String { "channel-summary" }

  public func channels(_ inputs: [Int]) -> Int { 2 }

  public func outputShape(_ inputs: [Shape]) -> Shape {
    Shape(channels: 2, height: inputs[0].height, width: inputs[0].width)
  }

  public func callAsFunction(_ x: Value) -> Value { x.applying(.channelSummary(self)) }
}
