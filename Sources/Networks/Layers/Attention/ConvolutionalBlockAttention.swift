/// Scales each channel, then each cell, by gates computed from means and maxima (CBAM).
///
/// `x′ = x·σ(M(mean(x)) + M(max(x)))` over height and width, with `M = W₂ relu(W₁ ·)`;
/// `y = x′·σ(norm(f(mean(x′), max(x′))))` over the channels, with a `kernel`×`kernel` convolution *f*.
///
/// - Input, output: `[N, C, H, W]`
///
/// Woo et al.: *CBAM: Convolutional Block Attention Module*, ECCV 2018, §3, eqs. 2 and 3. The norm is
/// in the authors' program, not in the paper.
public struct ConvolutionalBlockAttention: Layer {
  /// The paper's *r*: how many times fewer channels lie between the two matrices.
  public var reduction: Int
  /// Of the second gate's convolution.
  public var kernel: Int

  public init(reduction: Int = 16, kernel: Int = 7) {
    self.reduction = reduction
    self.kernel = kernel
  }

  public func callAsFunction(_ x: Value) -> Value { through(x, norm: .standard) }

  func through(_ x: Value, norm: Norm) -> Value {
    let scaled = x.gated(
      by: (channels(x, x.spatialMean) + channels(x, x.spatialMaximum)).activated(.sigmoid))
    let cells = ChannelSummary()(scaled).through(
      "cells",
      ConvolutionBlock(channels: 1, kernel: Extent(kernel), activation: .sigmoid, norm: norm))
    return scaled.gated(by: cells)
  }

  /// Both have the same two matrices.
  private func channels(_ x: Value, _ pooled: Value) -> Value {
    pooled
      .through(
        "squeeze",
        Convolution(channels: max(1, x.channels / reduction), kernel: 1, hasBias: false)
      )
      .activated(.relu)
      .through("excite", Convolution(channels: x.channels, kernel: 1, hasBias: false))
  }
}
