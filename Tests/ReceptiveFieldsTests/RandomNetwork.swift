import Networks
import RandomNumbers

/// A small random network with branches, joins, asymmetric padding, continued borders, dilation, every
/// kind of pooling, both resizings, transposed convolutions and gates, over a picture of one channel,
/// seldom square.
struct RandomNetwork {
  private(set) var graph = Graph.trace(channels: 1) { _ in }
  /// The same with means for maxima and for what is drawn, and nothing for functions, so that positive weights give every
  /// pixel that is seen a positive gradient; node by node as ``graph``.
  private(set) var linear = Graph.trace(channels: 1) { _ in }
  /// ``linear`` with every gate replaced by a second input of shape 1×1×1, named `gate`: gates
  /// detached from the picture.
  private(set) var detached = Graph.trace(channels: 1) { _ in }
  let picture: Shape

  var continuesBorders: Bool {
    graph.nodes.contains { if case .borderPadding = $0.operation { true } else { false } }
  }

  /// - Parameters:
  ///   - allowsResizing: nearest and bilinear enlarging, resizing to another value, transposed
  ///     convolutions and adaptive pooling.
  ///   - allowsAttention: dot-product attention, which gives each pixel a gradient as small as its
  ///     weight.
  init(
    seed: UInt64, index: Int, allowsResizing: Bool = true, allowsAttention: Bool = true
  ) {
    let generator = KeyedGenerator(seed: seed, purpose: "random network", index)
    var growth = Growth(
      generator: generator, allowsResizing: allowsResizing, allowsAttention: allowsAttention)
    let height = 9 + growth.generator.index(below: 16)
    let picture = Shape(channels: 1, height: height, width: 9 + growth.generator.index(below: 16))
    self.picture = picture
    graph = Graph.trace(channels: 1) { image in
      var growth = growth
      growth.trace(image, picture)
    }
    linear = Graph.trace(channels: 1) { image in
      var growth = growth
      growth.isLinear = true
      growth.trace(image, picture)
    }
    detached = Graph.trace(inputs: [("image", 1), ("gate", 1)]) { inputs in
      var growth = growth
      growth.isLinear = true
      growth.detachedGate = inputs[1]
      growth.trace(inputs[0], picture)
    }
  }
}

/// The values traced so far, with their shapes.
private struct Growth {
  var generator: KeyedGenerator
  let allowsResizing: Bool
  let allowsAttention: Bool
  var isLinear = false
  var detachedGate: Value?
  var values: [(value: Value, shape: Shape)] = []

  mutating func trace(_ image: Value, _ picture: Shape) {
    values = [(image, picture)]
    for _ in 0..<(5 + generator.index(below: 11)) { grow() }
    values.last!.value.output("last")
    pick().value.output("other")
  }

  /// Recent values more often, so that networks get deep.
  mutating func pick() -> (value: Value, shape: Shape) {
    let start = max(0, values.count - 3)
    return generator.chance(0.7)
      ? values[start + generator.index(below: values.count - start)]
      : values[generator.index(below: values.count)]
  }

  mutating func grow() {
    let (value, shape) = pick()
    switch generator.index(below: 19) {
    case 0, 1, 2, 3: convolve(value, shape)
    case 4: pool(value, shape)
    case 5: resize(value, shape)
    case 6: join(value, shape)
    case 7: add(value, shape)
    case 8: gate(value, shape)
    case 9: gateByPlace(value, shape)
    case 10: addContext(value, shape)
    case 11: sum(value, shape)
    case 12: attend(value, shape)
    case 13: spread(value, shape)
    case 14: continueBorders(value, shape)
    case 15: weigh(value, shape)
    case 16: poolIntoBins(value, shape)
    case 17: poolByChance(value, shape)
    default: values.append((BatchNorm()(value).activated(function(.relu)), shape))
    }
  }

  private func function(_ function: ActivationFunction) -> ActivationFunction {
    isLinear ? .identity : function
  }

  private mutating func window(_ shape: Shape, dilation: Extent) -> Window {
    // Half of them keep the size, so that branches of different length meet.
    if generator.chance(0.5) {
      let kernel = Extent(
        height: 1 + 2 * generator.index(below: 2), width: 1 + 2 * generator.index(below: 2))
      return Window(kernel: kernel, dilation: dilation)
    }
    let kernel = Extent(
      height: 1 + generator.index(below: 4), width: 1 + generator.index(below: 4))
    // Less padding than kernel, so that no cell sees padding only.
    return Window(
      kernel: kernel,
      stride: Extent(height: 1 + generator.index(below: 3), width: 1 + generator.index(below: 2)),
      dilation: dilation,
      padding: Padding(
        top: generator.index(below: kernel.height), left: generator.index(below: kernel.width),
        bottom: generator.index(below: kernel.height), right: generator.index(below: kernel.width)))
  }

  private func fits(_ window: Window, _ shape: Shape) -> Bool {
    let spanY = window.dilation.height * (window.kernel.height - 1) + 1
    let spanX = window.dilation.width * (window.kernel.width - 1) + 1
    return shape.height + window.padding.top + window.padding.bottom >= spanY
      && shape.width + window.padding.left + window.padding.right >= spanX
  }

  private mutating func convolve(_ value: Value, _ shape: Shape) {
    let dilation = Extent(
      height: 1 + generator.index(below: 3), width: 1 + generator.index(below: 3))
    let window = window(shape, dilation: dilation)
    guard fits(window, shape) else { return }
    let convolution = Convolution(
      channels: 1, kernel: window.kernel, stride: window.stride, dilation: window.dilation,
      padding: window.padding)
    let name = "convolution\(values.count)"
    values.append((value.through(name, convolution), convolution.outputShape([shape])))
  }

  private mutating func pool(_ value: Value, _ shape: Shape) {
    let window = window(shape, dilation: 1)
    guard fits(window, shape) else { return }
    let kind: PoolingKind = generator.chance(0.5) ? .maximum : .average
    let pooling = Pooling(
      isLinear ? .average : kind, kernel: window.kernel, stride: window.stride,
      padding: window.padding)
    values.append((pooling(value), pooling.outputShape([shape])))
  }

  private mutating func poolByChance(_ value: Value, _ shape: Shape) {
    let window = window(shape, dilation: 1)
    guard fits(window, shape) else { return }
    let pooling = StochasticPooling(
      kernel: window.kernel, stride: window.stride, padding: window.padding)
    let mean = Pooling(
      .average, kernel: window.kernel, stride: window.stride, padding: window.padding)
    values.append((isLinear ? mean(value) : pooling(value), pooling.outputShape([shape])))
  }

  private mutating func poolIntoBins(_ value: Value, _ shape: Shape) {
    guard allowsResizing else { return }
    let kind: PoolingKind = generator.chance(0.5) ? .maximum : .average
    let pooling = AdaptivePooling(
      isLinear ? .average : kind,
      bins: Extent(height: 1 + generator.index(below: 7), width: 1 + generator.index(below: 7)))
    values.append((pooling(value), pooling.outputShape([shape])))
  }

  /// Kernels are no smaller than strides, and less is cut off than a kernel covers.
  private mutating func spread(_ value: Value, _ shape: Shape) {
    guard allowsResizing else { return }
    let stride = Extent(height: 1 + generator.index(below: 3), width: 1 + generator.index(below: 3))
    let kernel = Extent(
      height: stride.height + generator.index(below: 3),
      width: stride.width + generator.index(below: 3))
    let convolution = TransposedConvolution(
      channels: 1, kernel: kernel, stride: stride,
      padding: Padding(
        top: generator.index(below: 2), left: generator.index(below: 2),
        bottom: generator.index(below: 2), right: generator.index(below: 2)))
    let output = convolution.outputShape([shape])
    guard output.height > 0, output.width > 0, output.area < 1000 else { return }
    values.append((value.through("spread\(values.count)", convolution), output))
  }

  private mutating func continueBorders(_ value: Value, _ shape: Shape) {
    let mode: BorderMode = generator.chance(0.5) ? .reflect : .replicate
    let most = mode == .reflect ? min(shape.height, shape.width) : 4
    func side() -> Int { generator.index(below: min(4, most)) }
    let padding = BorderPadding(
      mode, Padding(top: side(), left: side(), bottom: side(), right: side()))
    values.append((padding(value), padding.outputShape([shape])))
  }

  private mutating func resize(_ value: Value, _ shape: Shape) {
    guard allowsResizing else { return }
    let mode: ResizeMode = generator.chance(0.5) ? .nearest : .bilinear
    if generator.chance(0.5) {
      let factor = 2 + generator.index(below: 2)
      guard shape.area * factor * factor < 1000 else { return }
      values.append(
        (value.upsampled(by: factor, mode), Resize(mode, factor: factor).outputShape([shape])))
    } else {
      let other = pick()
      values.append(
        (
          value.resized(like: other.value, mode),
          Resize(mode, factor: nil).outputShape([shape, other.shape])
        ))
    }
  }

  /// Concatenates with a value of the same size, or with one resized to it, and mixes the channels.
  private mutating func join(_ value: Value, _ shape: Shape) {
    guard let other = partner(shape) else { return }
    let both = Value.concatenated([value, other])
    values.append((both.through("mix\(values.count)", Convolution(channels: 1, kernel: 1)), shape))
  }

  private mutating func add(_ value: Value, _ shape: Shape) {
    guard let other = partner(shape) else { return }
    values.append((value + other, shape))
  }

  private mutating func weigh(_ value: Value, _ shape: Shape) {
    guard let other = partner(shape) else { return }
    let sum = value.scoped("weigh\(values.count)") { Value.weightedSum([$0, other]) }
    values.append((sum, shape))
  }

  private mutating func partner(_ shape: Shape) -> Value? {
    let same = values.filter { $0.shape == shape }
    if same.count > 1 { return same[generator.index(below: same.count)].value }
    guard allowsResizing, let like = values.last(where: { $0.shape == shape }) else { return nil }
    return pick().value.resized(like: like.value, generator.chance(0.5) ? .nearest : .bilinear)
  }

  /// Adds the mean over the whole value to each cell: a feature that sees everything.
  private mutating func addContext(_ value: Value, _ shape: Shape) {
    guard allowsResizing else { return }
    values.append((value + value.spatialMean.resized(like: value), shape))
  }

  /// Two values as branches.
  private mutating func sum(_ value: Value, _ shape: Shape) {
    guard let other = partner(shape) else { return }
    values.append((BranchSum(branches: 2)(Value.concatenated([value, other])), shape))
  }

  private mutating func attend(_ value: Value, _ shape: Shape) {
    guard allowsAttention, shape.area < 150 else { return }
    let keys = value.through("keys\(values.count)", Convolution(channels: 1, kernel: 1))
    values.append((keys.attending(keys: keys, values: value, heads: 1, positions: 0), shape))
  }

  /// By what is gathered over the whole value, as squeeze-and-excitation does.
  private mutating func gate(_ value: Value, _ shape: Shape) {
    let kind = generator.index(below: 3)
    let source = kind == 1 && !isLinear ? value.spatialMaximum : value.spatialMean
    scale(value, shape, by: kind == 2 && !isLinear ? Softmax()(source) : source, kernel: 1)
  }

  /// By a gate for each cell, as spatial attention does.
  private mutating func gateByPlace(_ value: Value, _ shape: Shape) {
    scale(value, shape, by: value, kernel: 5)
  }

  private mutating func scale(_ value: Value, _ shape: Shape, by source: Value, kernel: Extent) {
    let name = "excite\(values.count)"
    let kind = generator.index(below: 3)
    let gate =
      detachedGate
      ?? source.scoped(name) { source in
        switch kind {
        case 0: ChannelConvolution(kernel: 3)(source)
        case 1: Convolution(channels: 1, kernel: kernel)(ChannelSummary()(source))
        default: Convolution(channels: 1, kernel: kernel)(source)
        }
      }
      .activated(function(.sigmoid))
    values.append((value.gated(by: gate), shape))
  }
}
