/// A block that weighs features by what it sees of them.
public enum Attention: Hashable, Sendable, Codable {
  case squeezeExcitation(SqueezeExcitation)
  case selectiveKernel(SelectiveKernel)
  case convolutionalBlock(ConvolutionalBlockAttention)
  case efficientChannel(EfficientChannelAttention)
  case selfAttention(SelfAttention)
}

extension Value {
  /// Behind a stage or a level, under the block's own name.
  public func attended(_ attention: Attention) -> Value {
    switch attention {
    case .squeezeExcitation(let layer): through("se", layer)
    case .selectiveKernel(let layer): through("sk", layer)
    case .convolutionalBlock(let layer): through("cbam", layer)
    case .efficientChannel(let layer): through("eca", layer)
    case .selfAttention(let layer): through("attention", layer)
    }
  }

  /// The last convolution of a residual branch with the attention in its place or behind it.
  ///
  /// A selective kernel is a convolution itself; what others weigh is the branch before it is added,
  /// as in the papers' residual networks.
  func through(_ name: String, _ block: ConvolutionBlock, then attention: Attention?) -> Value {
    switch attention {
    case .selectiveKernel(let layer): scoped(name) { layer.convolving($0, like: block) }
    case let attention?: through(name, block).attended(attention)
    case nil: through(name, block)
    }
  }
}
