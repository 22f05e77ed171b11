import Execution
import Networks
import TestSupport
import Testing

/// Gradients of the Double reference against central differences.
///
/// The loss is `Σ c·y` with fixed random `c`; every element of every input and parameter is moved
/// by ±1e-5. The difference quotient is then right to about 1e-10 where nothing has a kink nearby.
@Suite(.serialized) struct ReferenceGradientTests {
  struct Case: CustomTestStringConvertible, Sendable {
    let testDescription: String
    let inputs: [Shape]
    let body: @Sendable ([Value]) -> Void

    init(_ name: String, _ inputs: [Shape], _ body: @escaping @Sendable ([Value]) -> Void) {
      testDescription = name
      self.inputs = inputs
      self.body = body
    }

    var graph: Graph {
      let names = inputs.enumerated().map { ("input\($0.offset)", $0.element.channels) }
      return Graph.trace(inputs: names, body)
    }

    /// One value through one layer.
    init(_ name: String, _ input: Shape, _ layer: some Layer) {
      self.init(name, [input]) { $0[0].through("layer", layer).output("result") }
    }
  }

  static let cases: [Case] =
    convolutions + transposed + norms + shapes + joins + attentions + networks

  @Test(arguments: cases, [Mode.training, .inference])
  func backwardMatchesDifferences(of network: Case, mode: Mode) {
    let worst = worstGradientError(network, mode: mode, batch: 2)
    #expect(worst.error < 1e-6, "\(worst.tensor)")
  }

  private func worstGradientError(_ network: Case, mode: Mode, batch: Int) -> (
    error: Double, tensor: String
  ) {
    let graph = network.graph
    let variables = Variables<Double>(graph)
    variables.fillFromCounters()
    let plan = ReferencePlan(
      graph: graph, inputs: network.inputs, batch: batch, mode: mode, variables: variables,
      gradientInputs: Set(network.inputs.indices))
    var inputs: [[Double]] = network.inputs.enumerated().map { index, shape in
      randomValues(batch * shape.count, purpose: "input", in: -2...2)
        .map { $0 + Double(index) / 8 }
    }
    let weights: [[Double]] = plan.outputShapes.enumerated().map { index, shape in
      randomValues(batch * shape.count, seed: UInt64(index), purpose: "loss")
    }
    let step = runStep(plan, variables: variables, inputs: inputs, outputGradients: weights)

    func loss() -> Double {
      let outputs = runStep(plan, variables: variables, inputs: inputs).outputs
      return zip(outputs, weights).map { zip($0, $1).map { $0 * $1 }.reduce(0, +) }
        .reduce(0, +)
    }
    let h = 1e-5
    var worst = (error: 0.0, tensor: "")
    func compare(_ gradient: [Double], _ differences: [Double], _ tensor: String) {
      let error = relativeError(gradient, differences)
      if error > worst.error { worst = (error, tensor) }
    }
    for index in inputs.indices {
      let differences = inputs[index].indices.map { place in
        let original = inputs[index][place]
        defer { inputs[index][place] = original }
        inputs[index][place] = original + h
        let above = loss()
        inputs[index][place] = original - h
        return (above - loss()) / (2 * h)
      }
      compare(step.inputGradients[index]!, differences, "input\(index)")
    }
    for (index, specification) in graph.parameters.enumerated() {
      let tensor = variables.parameters[index]
      let differences = tensor.indices.map { place in
        let original = tensor[place]
        defer { tensor[place] = original }
        tensor[place] = original + h
        let above = loss()
        tensor[place] = original - h
        return (above - loss()) / (2 * h)
      }
      compare(step.parameterGradients[index], differences, specification.name)
    }
    return worst
  }
}

private typealias Case = ReferenceGradientTests.Case

private func shape(_ channels: Int, _ height: Int, _ width: Int) -> Shape {
  Shape(channels: channels, height: height, width: width)
}

private let convolutions: [Case] = {
  var cases = [
    Case("pointwise", shape(4, 3, 5), Convolution(channels: 3, kernel: 1)),
    Case("pointwise of stride 2", shape(2, 5, 4), Convolution(channels: 3, kernel: 1, stride: 2)),
    Case("depthwise", shape(3, 5, 6), Convolution(channels: 3, kernel: 3, groups: 3)),
    Case(
      "asymmetric padding", shape(2, 5, 6),
      Convolution(
        channels: 2, kernel: 3, stride: 2,
        padding: Padding(top: 0, left: 2, bottom: 1, right: 0))),
    Case(
      "unequal axes", shape(2, 6, 7),
      Convolution(
        channels: 2, kernel: Extent(height: 2, width: 3), stride: Extent(height: 2, width: 1),
        dilation: Extent(height: 1, width: 2), padding: 1, hasBias: false)),
    Case("linear", shape(5, 1, 1), Linear(channels: 3)),
    Case("linear without bias", shape(2, 1, 1), Linear(channels: 4, hasBias: false)),
  ]
  for stride in [1, 2] {
    for dilation in [1, 2] {
      for groups in [1, 2] {
        cases.append(
          Case(
            "stride \(stride), dilation \(dilation), \(groups) groups", shape(2, 7, 5),
            Convolution(
              channels: 4, kernel: 3, stride: Extent(stride), dilation: Extent(dilation),
              groups: groups)))
      }
    }
  }
  return cases
}()

private let transposed: [Case] = [
  Case("transposed convolution", shape(3, 3, 4), TransposedConvolution(channels: 2, kernel: 4)),
  Case(
    "transposed convolution in groups", shape(4, 3, 2),
    TransposedConvolution(channels: 2, kernel: 3, groups: 2)),
]

private let norms: [Case] =
  [
    Case("batch norm", shape(3, 3, 4), BatchNorm()),
    Case("frozen batch norm", shape(3, 3, 4), BatchNorm(statistics: .frozen)),
    Case("group norm", shape(6, 3, 4), GroupNorm(.groups(3))),
    Case("layer norm", shape(3, 3, 4), GroupNorm(.layer)),
    Case("instance norm", shape(3, 3, 4), GroupNorm(.instance)),
  ]
  + functions.map { Case($0.label, shape(2, 4, 5), Activation($0)) }
  + [
    Case("group norm, sum and function", [shape(4, 4, 4), shape(4, 4, 4)]) { inputs in
      (GroupNorm(.channels(2))(inputs[0]) + inputs[1]).activated(.learnedSwish).output("result")
    },
    Case("frozen norm, function and sum", [shape(3, 4, 4)]) { inputs in
      let x = inputs[0].through("a", Convolution(channels: 3, kernel: 3, hasBias: false))
      (BatchNorm(statistics: .frozen)(x).activated(.mish) + inputs[0]).output("result")
    },
    Case("norm, sum and a learned function", [shape(3, 4, 4), shape(3, 4, 4)]) { inputs in
      (BatchNorm()(inputs[0]) + inputs[1]).activated(.learnedSwish).output("result")
    },
    Case("norm, a learned function and a sum", [shape(3, 4, 4)]) { inputs in
      (BatchNorm()(inputs[0]).activated(.prelu) + inputs[0]).output("result")
    },
    Case("learned functions behind convolutions", [shape(3, 4, 4)]) { inputs in
      let x = inputs[0].through("a", Convolution(channels: 5, kernel: 3))
      let y = x.scoped("b") { $0.activated(.prelu) }.through(
        "c", Convolution(channels: 5, kernel: 1))
      (x + y).activated(.learnedSwish).output("result")
    },
  ]

private let functions: [ActivationFunction] = [
  .identity, .relu, .relu6, .leakyReLU(slope: 0.1), .prelu, .elu(alpha: 1.5), .silu,
  .swish(beta: 1.702), .learnedSwish, .hardSwish, .gelu, .geluTanh, .mish, .tanh, .sigmoid,
  .hardSigmoid,
]

private let shapes: [Case] = [
  Case("max pool", shape(2, 6, 7), Pooling(.maximum, kernel: 2, stride: 2)),
  Case("overlapping max pool", shape(2, 5, 6), Pooling(.maximum, kernel: 5)),
  Case("average pool", shape(2, 6, 5), Pooling(.average, kernel: 3, stride: 2)),
  Case(
    "asymmetric average pool", shape(2, 5, 6),
    Pooling(
      .average, kernel: Extent(height: 2, width: 3), stride: Extent(height: 1, width: 2),
      padding: Padding(top: 1, left: 0, bottom: 0, right: 2))),
  Case("spatial mean", shape(3, 4, 5), SpatialMean()),
  Case("reflected border", shape(2, 4, 3), BorderPadding(.reflect, 2)),
  Case("replicated border", shape(2, 3, 2), BorderPadding(.replicate, 3)),
  Case("adaptive max pool", shape(2, 5, 7), AdaptivePooling(.maximum, bins: 3)),
  Case("adaptive average pool", shape(2, 5, 7), AdaptivePooling(.average, bins: 2)),
  Case("stochastic pool", shape(2, 6, 5), StochasticPooling(kernel: 3, stride: 2)),
  Case(
    "fixed spatial pyramid", shape(2, 5, 6),
    FixedSpatialPyramidPooling(channels: 3, levels: [1, 2])),
  Case("nearest", [shape(2, 3, 4)]) { $0[0].upsampled(by: 3).output("result") },
  Case("bilinear", [shape(2, 3, 4)]) { $0[0].upsampled(by: 2, .bilinear).output("result") },
  Case("nearest like", [shape(2, 3, 4), shape(1, 7, 5)]) {
    $0[0].resized(like: $0[1]).output("result")
  },
  Case("bilinear like", [shape(2, 3, 4), shape(1, 5, 7)]) {
    $0[0].resized(like: $0[1], .bilinear).output("result")
  },
  Case("bilinear to a smaller size", [shape(2, 7, 5), shape(1, 3, 2)]) {
    $0[0].resized(like: $0[1], .bilinear).output("result")
  },
]

private let joins: [Case] = [
  Case("concatenation", [shape(1, 3, 2), shape(3, 3, 2), shape(2, 3, 2)]) {
    Value.concatenated($0 + [$0[0]]).output("result")
  },
  Case("addition", [shape(2, 3, 2), shape(2, 3, 2)]) { ($0[0] + $0[1]).output("result") },
  Case("value added to itself", [shape(2, 3, 2)]) { ($0[0] + $0[0]).output("result") },
  Case("weighted sum", [shape(2, 3, 2), shape(2, 3, 2), shape(2, 3, 2)]) { inputs in
    inputs[0].scoped("fuse") { _ in Value.weightedSum(inputs) }.output("result")
  },
  Case("gate of channels", [shape(3, 4, 2), shape(3, 1, 1)]) {
    $0[0].gated(by: $0[1]).output("result")
  },
  Case("gate of cells", [shape(3, 4, 2), shape(1, 4, 2)]) {
    $0[0].gated(by: $0[1]).output("result")
  },
  Case("gate of rows", [shape(3, 4, 2), shape(3, 4, 1)]) {
    $0[0].gated(by: $0[1]).output("result")
  },
  Case("gate of equal shape", [shape(3, 4, 2)]) { $0[0].gated(by: $0[0]).output("result") },
]

private let attentions: [Case] = [
  Case("spatial maximum", shape(3, 4, 5), SpatialMaximum()),
  Case("channel summary", shape(5, 3, 4), ChannelSummary()),
  Case("softmax", shape(5, 2, 3), Softmax()),
  Case("softmax of branches", shape(6, 2, 2), Softmax(branches: 3)),
  Case("sum of branches", shape(6, 2, 3), BranchSum(branches: 2)),
  Case("channel convolution", shape(7, 1, 1), ChannelConvolution(kernel: 3)),
  Case("channel convolution of cells", shape(4, 2, 3), ChannelConvolution(kernel: 5)),
  attention("attention", keys: shape(4, 3, 2), heads: 2, positions: 0),
  attention("attention with positions", keys: shape(4, 3, 3), heads: 2, positions: 3),
  attention("attention at another size", keys: shape(3, 2, 4), heads: 1, positions: 3),
  Case("CBAM", shape(4, 5, 4), ConvolutionalBlockAttention(reduction: 2, kernel: 3)),
  Case("ECA", shape(5, 3, 3), EfficientChannelAttention()),
  Case("self-attention", shape(4, 3, 3), SelfAttention(heads: 2, reduction: 1, positions: 2)),
]

private func attention(_ name: String, keys: Shape, heads: Int, positions: Int) -> Case {
  Case(name, [keys, keys, shape(2 * heads, keys.height, keys.width)]) { inputs in
    inputs[0].scoped("layer") {
      $0.attending(keys: inputs[1], values: inputs[2], heads: heads, positions: positions)
    }
    .output("result")
  }
}

private let networks: [Case] = [
  Case("head shared by two levels", [shape(2, 6, 6)]) { inputs in
    let head = Convolution(channels: 3, kernel: 3)
    let fine = inputs[0].through("stem", Convolution(channels: 4, kernel: 3)).activated(.silu)
    let coarse = fine.through("down", Convolution(channels: 4, kernel: 3, stride: 2))
    fine.through("head", head).output("fine")
    coarse.through("head", head).output("coarse")
  },
  Case("fan-out, norms and a residual", [shape(3, 5, 5)]) { inputs in
    // Biases would do nothing before a norm: their gradient is zero, and its relative error noise.
    let a = inputs[0].through("a", Convolution(channels: 4, kernel: 1, hasBias: false))
      .through("n", BatchNorm())
    let b = a.activated(.silu)
      .through("b", Convolution(channels: 4, kernel: 3, hasBias: false)).through("m", BatchNorm())
    Value.concatenated([a + b, a, b.activated(.sigmoid)]).output("joined")
    b.output("inner")
  },
  Case("output used further", [shape(2, 4, 4)]) { inputs in
    inputs[0].through("a", Convolution(channels: 2, kernel: 3)).output("first")
      .activated(.silu).output("second")
  },
  Case("squeeze and excitation", [shape(4, 3, 3)]) { inputs in
    let x = inputs[0].through("a", Convolution(channels: 4, kernel: 1))
    let gate = x.spatialMean.through("squeeze", Convolution(channels: 2, kernel: 1))
      .activated(.relu).through("excite", Convolution(channels: 4, kernel: 1))
      .activated(.sigmoid)
    x.gated(by: gate).output("result")
  },
]
