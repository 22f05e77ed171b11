import Execution
import Foundation
import Networks
import TestSupport
import Testing

/// The Double reference against PyTorch in float64 (`benchmarks/golden/operators.py`).
@Suite(.serialized) struct ReferenceGoldenTests {
  /// One operator with its inputs and what came of it.
  struct Case: Decodable, CustomTestStringConvertible, Sendable {
    let `operator`: String
    let batch: Int
    let training: Bool
    let inputShapes: [[Int]]
    let attributes: [String: Double]
    let channels: Int?
    let shape: [Int]?
    let kernel: [Int]?
    let stride: [Int]?
    let padding: [Int]?
    let dilation: [Int]?
    let groups: Int?
    let tensors: [NetworkDescription.Tensor]
    let output: Digest
    let inputGradients: [Digest?]
    let parameterGradients: [Digest]
    let newBuffers: [Digest]

    var testDescription: String { "\(self.operator) of \(inputShapes)" }
  }

  private static let cases: [Case] = {
    let file = packageRoot().appendingPathComponent("Tests/ExecutionTests/golden/operators.json")
    return try! JSONDecoder().decode([Case].self, from: Data(contentsOf: file))
  }()

  @Test(arguments: cases)
  func agreesWithPyTorch(on golden: Case) {
    let names = golden.inputShapes.enumerated().map { ("input\($0.offset)", $0.element[0]) }
    let graph = Graph.trace(inputs: names) { inputs in
      inputs[0].scoped("node") { _ in golden.applied(to: inputs) }.output("result")
    }
    #expect(graph.parameters.map(\.shape) == golden.tensors.map(\.shape))
    let variables = Variables<Double>(graph)
    variables.fillFromCounters()
    let inputs = golden.inputShapes.map { Shape(channels: $0[0], height: $0[1], width: $0[2]) }
    let plan: any Plan<Double> = ReferencePlan(
      graph: graph, inputs: inputs, batch: golden.batch,
      mode: golden.training ? .training : .inference, variables: variables,
      gradientInputs: Set(inputs.indices))
    let step = runStep(
      plan, variables: variables,
      inputs: inputs.enumerated().map { index, shape in
        counterValues(name: "input\(index)", count: golden.batch * shape.count).map { 8 * $0 }
      },
      outputGradients: [
        counterValues(name: "gradient", count: golden.batch * plan.outputShapes[0].count)
      ])

    #expect(golden.output.error(of: step.outputs[0]) < 1e-9)
    for (index, digest) in golden.inputGradients.enumerated() {
      let gradient = step.inputGradients[index]!
      // Where PyTorch has none, only the input's size is used.
      #expect(digest.map { $0.error(of: gradient) < 1e-9 } ?? gradient.allSatisfy { $0 == 0 })
    }
    for (digest, gradient) in zip(golden.parameterGradients, step.parameterGradients) {
      #expect(digest.error(of: gradient) < 1e-9)
    }
    for (digest, buffer) in zip(golden.newBuffers, step.buffers) {
      #expect(digest.error(of: buffer) < 1e-9)
    }
  }
}

extension ReferenceGoldenTests.Case {
  fileprivate func applied(to inputs: [Value]) -> Value {
    let x = inputs[0]
    switch self.operator {
    case "convolution":
      return Convolution(
        channels: channels!, kernel: extent(kernel), stride: extent(stride),
        dilation: extent(dilation), padding: sides, groups: groups!, hasBias: tensors.count > 1)(x)
    case "batch-norm": return batchNorm(.batch)(x)
    case "frozen-batch-norm": return batchNorm(.frozen)(x)
    case "batch-renorm":
      // At step 0, where the ramp has ended.
      return batchNorm(
        .renormalized(
          Renormalization(
            scale: Float(attributes["largestScale"]!), shift: Float(attributes["largestShift"]!),
            firstStep: -1, lastStep: 0)))(x)
    case "group-norm":
      return GroupNorm(
        .groups(Int(attributes["groups"]!)), epsilon: Float(attributes["epsilon"]!))(x)
    case "transposed-convolution":
      return TransposedConvolution(
        channels: channels!, kernel: extent(kernel), stride: extent(stride), padding: sides,
        groups: groups!)(x)
    case "max-pool", "average-pool":
      return Pooling(
        self.operator == "max-pool" ? .maximum : .average, kernel: extent(kernel),
        stride: extent(stride), padding: sides)(x)
    case "pad-reflect": return BorderPadding(.reflect, sides)(x)
    case "pad-replicate": return BorderPadding(.replicate, sides)(x)
    case "adaptive-max-pool", "adaptive-average-pool":
      return AdaptivePooling(
        self.operator == "adaptive-max-pool" ? .maximum : .average,
        bins: Extent(height: shape![1], width: shape![2]))(x)
    case "spatial-mean": return x.spatialMean
    case "resize-nearest", "resize-bilinear":
      let mode: ResizeMode = self.operator == "resize-nearest" ? .nearest : .bilinear
      guard let factor = attributes["factor"] else { return x.resized(like: inputs[1], mode) }
      return x.upsampled(by: Int(factor), mode)
    case "concatenation": return Value.concatenated(inputs)
    case "addition": return inputs[0] + inputs[1]
    case "gating": return x.gated(by: inputs[1])
    case "weighted-sum": return Value.weightedSum(inputs)
    case "linear": return Linear(channels: channels!)(x)
    case "spatial-maximum": return x.spatialMaximum
    case "channel-summary": return ChannelSummary()(x)
    case "softmax": return Softmax(branches: attributes["branches"].map { Int($0) })(x)
    case "branch-sum": return BranchSum(branches: Int(attributes["branches"]!))(x)
    case "channel-convolution": return ChannelConvolution(kernel: tensors[0].shape[2])(x)
    case "attention":
      return x.attending(
        keys: inputs[1], values: inputs[2], heads: Int(attributes["heads"]!),
        positions: Int(attributes["positions"]!))
    default: return Activation(activation)(x)
    }
  }

  private func batchNorm(_ statistics: BatchNorm.Statistics) -> BatchNorm {
    BatchNorm(
      epsilon: Float(attributes["epsilon"]!), momentum: Float(attributes["momentum"]!),
      statistics: statistics)
  }

  private var activation: ActivationFunction {
    let number = Float(attributes.values.first ?? 0)
    let functions: [ActivationFunction] = [
      .identity, .relu, .relu6, .leakyReLU(slope: number), .prelu, .elu(alpha: number), .silu,
      .swish(beta: number), .learnedSwish, .hardSwish, .gelu, .geluTanh, .mish, .tanh, .sigmoid,
      .hardSigmoid,
    ]
    guard let function = functions.first(where: { $0.label == self.operator }) else {
      preconditionFailure("golden file names an unknown operator \(self.operator)")
    }
    return function
  }

  private func extent(_ list: [Int]?) -> Extent { Extent(height: list![0], width: list![1]) }

  private var sides: Padding {
    Padding(top: padding![0], left: padding![1], bottom: padding![2], right: padding![3])
  }
}
