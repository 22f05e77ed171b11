import Glibc

/// Scales each channel by a gate computed from the means of its neighbours among the channels (ECA).
///
/// `y = x·σ(w ∗ mean(x))`, the mean over height and width, with one filter along the channels of
/// `|log₂ C / 2 + 1 / 2|` taps, made odd.
///
/// - Input, output: `[N, C, H, W]`
///
/// Wang et al.: *ECA-Net*, CVPR 2020, §3.2, eqs. 9 and 12; an even number is raised, and 3 is the
/// least, as in the authors' program and in timm.
public struct EfficientChannelAttention: Layer {
  /// Odd; 0: by the number of channels.
  public var kernel: Int

  public init(kernel: Int = 0) { self.kernel = kernel }

  /// For so many channels.
  func taps(channels: Int) -> Int {
    if kernel > 0 { return kernel }
    let nearest = Int(abs(log2(Double(channels)) + 1) / 2)
    return max(3, nearest % 2 == 1 ? nearest : nearest + 1)
  }

  public func callAsFunction(_ x: Value) -> Value {
    let gate = x.spatialMean
      .through("mix", ChannelConvolution(kernel: taps(channels: x.channels)))
      .activated(.sigmoid)
    return x.gated(by: gate)
  }
}
