/// A block that weighs features by what it sees of them.
public enum Attention: Hashable, Sendable, Codable {
  case squeezeExcitation(SqueezeExcitation)
  case selectiveKernel(SelectiveKernel)
  case convolutionalBlock(ConvolutionalBlockAttention)
  case efficientChannel(EfficientChannelAttention)
  case selfAttention(SelfAttention)
}

extension Value {
  /// Behind a stage or a level, under the block's own name; with the norm that its neighbours have.
  public func attended(_ attention: Attention, norm: Norm = .standard) -> Value {
    switch attention {
    case .squeezeExcitation(let layer): through("se", layer)
    case .selectiveKernel(let layer):
      scoped("sk") {
        layer.convolving(
          $0, like: ConvolutionBlock(channels: $0.channels, activation: .relu, norm: norm))
      }
    case .convolutionalBlock(let layer): scoped("cbam") { layer.through($0, norm: norm) }
    case .efficientChannel(let layer): through("eca", layer)
    case .selfAttention(let layer): scoped("attention") { layer.through($0, norm: norm) }
    }
  }

  /// The last convolution of a residual branch with the attention in its place or behind it.
  ///
  /// A selective kernel is a convolution itself; what others weigh is the branch before it is added,
  /// as in the papers' residual networks.
  func through(_ name: String, _ block: ConvolutionBlock, then attention: Attention?) -> Value {
    switch attention {
    case .selectiveKernel(let layer): scoped(name) { layer.convolving($0, like: block) }
    case let attention?: through(name, block).attended(attention, norm: block.norm)
    case nil: through(name, block)
    }
  }
}
