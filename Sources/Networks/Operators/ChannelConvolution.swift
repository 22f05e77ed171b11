/// Slides one filter along the channels of each cell.
///
/// `y[c] = Σ w[j]·x[c + j − (kernel − 1) / 2]`, channels past the ends being zero.
///
/// - Input, output: `[N, C, H, W]`
/// - Parameter: `weight [1, 1, kernel]`
public struct ChannelConvolution: Operator, Layer {
  /// Odd.
  public var kernel: Int

  public init(kernel: Int) {
    precondition(kernel > 0 && kernel % 2 == 1, "channel-convolution: \(kernel) is not odd")
    self.kernel = kernel
  }

  public var label: String { "channel-convolution" }

  public func multiplyAdds(inputs: [Shape], output: Shape) -> Int { output.count * kernel }

  public func parameters(inputs: [Int]) -> [TensorSpecification] {
    [
      TensorSpecification(
        name: "weight", shape: [1, 1, kernel], initializer: .he(fanIn: kernel), decays: true)
    ]
  }

  public func callAsFunction(_ x: Value) -> Value { x.applying(.channelConvolution(self)) }
}
