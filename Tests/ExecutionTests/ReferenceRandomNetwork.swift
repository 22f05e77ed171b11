import Networks
import RandomNumbers

/// A small network of random layers for comparing backends: every operator occurs, branches meet
/// again, and the input's sides are odd or even by chance.
struct RandomNetwork {
  let graph: Graph
  let input: Shape

  /// - Parameters:
  ///   - layers: how many are drawn; some of them end unused.
  ///   - channelStep: channels are multiples of this.
  init(seed: UInt64, layers: Int = 12, channelStep: Int = 4) {
    var generator = KeyedGenerator(seed: seed, purpose: "random network")
    let shape = Shape(
      channels: 3, height: 12 + generator.index(below: 9), width: 12 + generator.index(below: 9))
    input = shape
    graph = Graph.trace { image in
      var builder = Builder(generator: generator, channelStep: channelStep)
      builder.values = [Builder.Sized(value: image, shape: shape)]
      builder.convolve()
      for _ in 0..<layers { builder.extend() }
      builder.values.last!.value.output("last")
      builder.values[builder.values.count / 2].value.output("middle")
    }
  }
}

private struct Builder {
  struct Sized {
    let value: Value
    let shape: Shape
  }

  var generator: KeyedGenerator
  let channelStep: Int
  var values: [Sized] = []

  /// Applies a random layer to the newest value.
  mutating func extend() {
    switch generator.index(below: 9) {
    case 0, 1, 2: convolve()
    case 3: pool()
    case 4: excite()
    case 5: concatenate()
    case 6: addBranch()
    case 7: resize()
    default:
      add {
        Activation(.leakyReLU(slope: 0.125))($0)
      } shape: {
        $0
      }
    }
  }

  private var name: String { "layer\(values.count)" }

  private mutating func add(_ body: (Value) -> Value, shape: (Shape) -> Shape) {
    let last = values.last!
    values.append(Sized(value: last.value.scoped(name, body), shape: shape(last.shape)))
  }

  /// A convolution with a norm, or with a bias, and an activation.
  mutating func convolve() {
    let shape = values.last!.shape
    let isSmall = min(shape.height, shape.width) < 6
    let kernel = 1 + 2 * generator.index(below: 3)
    var convolution = Convolution(
      channels: channelStep * (1 + generator.index(below: 4)), kernel: Extent(kernel),
      stride: isSmall ? 1 : Extent(1 + generator.index(below: 2)),
      dilation: kernel == 3 && !isSmall ? Extent(1 + generator.index(below: 2)) : 1)
    if shape.channels % channelStep == 0 && generator.chance(0.4) {
      convolution.groups = generator.chance(0.5) ? shape.channels : channelStep / 2
      if convolution.groups == shape.channels { convolution.channels = shape.channels }
    }
    if generator.chance(0.3) {
      convolution.window.padding.bottom += 1
      convolution.window.padding.left += 1
    }
    let isNormalised = generator.chance(0.6)
    let norm = [
      Norm.standard, .standard, .group(GroupNorm(.channels(4))), .group(GroupNorm(.layer)),
    ][
      generator.index(below: 4)]
    convolution.hasBias = !isNormalised
    let function = [ActivationFunction.relu, .silu, .hardSwish, .hardSigmoid, .sigmoid][
      generator.index(below: 5)]
    add {
      let y = $0.through("conv", convolution)
      return (isNormalised ? y.through("norm", norm) : y).activated(function)
    } shape: {
      convolution.outputShape([$0])
    }
  }

  private mutating func pool() {
    let kind: PoolingKind = generator.chance(0.5) ? .maximum : .average
    let kernel = 2 + generator.index(below: 2)
    let isSmall = min(values.last!.shape.height, values.last!.shape.width) < 6
    let pooling = Pooling(kind, kernel: Extent(kernel), stride: isSmall ? 1 : 2)
    if isSmall && kernel == 2 { return }
    add {
      pooling($0)
    } shape: {
      pooling.outputShape([$0])
    }
  }

  private mutating func excite() {
    let step = channelStep
    if generator.chance(0.5) { return attend() }
    add {
      let gate = $0.spatialMean.through("squeeze", Convolution(channels: step, kernel: 1))
        .activated(.silu).through("excite", Convolution(channels: $0.channels, kernel: 1))
        .activated(.sigmoid)
      return $0.gated(by: gate)
    } shape: {
      $0
    }
  }

  /// One of the attention blocks.
  private mutating func attend() {
    let kind = generator.index(below: 4)
    let isSmall = values.last!.shape.area < 120
    add {
      switch kind {
      case 0: ConvolutionalBlockAttention(reduction: 2, kernel: 3)($0)
      case 1: EfficientChannelAttention()($0)
      case 2: SelectiveKernel(minimumHidden: 8)($0)
      default: isSmall ? SelfAttention(heads: 2, positions: 3)($0) : SqueezeExcitation()($0)
      }
    } shape: {
      $0
    }
  }

  /// With a random earlier value, resized where its size differs.
  private mutating func concatenate() {
    let (last, other) = (values.last!, values[generator.index(below: values.count)])
    let isResized = last.shape.area != other.shape.area || last.shape.height != other.shape.height
    var shape = last.shape
    shape.channels += other.shape.channels
    let mode: ResizeMode = generator.chance(0.5) ? .nearest : .bilinear
    let joined = last.value.scoped(name) { x in
      Value.concatenated([x, isResized ? other.value.resized(like: x, mode) : other.value])
    }
    values.append(Sized(value: joined, shape: shape))
  }

  /// A residual branch.
  private mutating func addBranch() {
    add {
      $0 + $0.through("branch", Convolution(channels: $0.channels, kernel: 3)).activated(.silu)
    } shape: {
      $0
    }
  }

  private mutating func resize() {
    let mode: ResizeMode = generator.chance(0.5) ? .nearest : .bilinear
    guard values.last!.shape.area < 200 else { return }
    add {
      $0.upsampled(by: 2, mode)
    } shape: {
      Shape(channels: $0.channels, height: $0.height * 2, width: $0.width * 2)
    }
  }
}
