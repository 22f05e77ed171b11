/// A graph at one input size, in the form that other programs read: what `summary --json` prints.
///
/// Tensors are listed with name and shape, so that the network can be rebuilt elsewhere from the
/// document alone.
public struct NetworkDescription: Codable, Hashable, Sendable {
  /// A trained tensor or a buffer.
  public struct Tensor: Codable, Hashable, Sendable {
    public var name: String
    public var shape: [Int]
  }

  public struct Node: Codable, Hashable, Sendable {
    public var name: String
    /// ``Operator/label``
    public var `operator`: String
    /// Indices of the nodes whose outputs it takes.
    public var inputs: [Int]
    /// Of its output for one sample: channels, height, width.
    public var shape: [Int]
    /// Trained numbers, counted at the first of the nodes that share them.
    public var parameters: Int
    public var multiplyAdds: Int
    /// Trained tensors, in the operator's order.
    public var tensors: [Tensor]
    public var buffers: [Tensor]
    /// Further numbers that the operator is made of, by their names in Swift: `epsilon` and
    /// `momentum` of a batch norm, `groups` of a group norm, `rate`,
    /// `rampSteps` and `side` of a dropout, `slope`, `alpha` or `beta` of a leaky ReLU, an ELU or a swish,
    /// `branches` of a softmax or a sum of branches, `heads` and `positions` of an attention,
    /// `factor` of a resize unless it takes the second input's size.
    public var attributes: [String: Double]
    // Of convolutions and poolings:
    /// Height, width; so stride and dilation.
    public var kernel: [Int]?
    public var stride: [Int]?
    /// Top, left, bottom, right.
    public var padding: [Int]?
    public var dilation: [Int]?
    public var groups: Int?
    /// Channels, height, width.
    public var inputShape: [Int]?
  }

  /// Trained numbers; a tensor that several nodes share counts once.
  public var parameters: Int
  /// Of one sample.
  public var multiplyAdds: Int
  /// Memory for activations at batch 1, where a compiled plan has told it.
  public var activationBytes: Int?
  /// The same of a plan for training.
  public var trainingActivationBytes: Int?
  public var nodes: [Node]
}

extension Graph {
  /// - Parameter inputs: a shape for each input, in the order of declaration.
  public func description(inputs: [Shape]) -> NetworkDescription {
    let shapes = shapes(inputs: inputs)
    let multiplyAdds = multiplyAdds(shapes)
    var counted = [Bool](repeating: false, count: parameters.count)
    let described = nodes.indices.map { index in
      let new = nodes[index].parameters.filter { !counted[$0] }
      for parameter in new { counted[parameter] = true }
      return describe(
        nodes[index], shapes: shapes, output: shapes[index],
        parameterCount: new.map { parameters[$0].count }.reduce(0, +),
        multiplyAdds: multiplyAdds[index])
    }
    return NetworkDescription(
      parameters: parameters.map(\.count).reduce(0, +),
      multiplyAdds: multiplyAdds.reduce(0, +), nodes: described)
  }

  private func describe(
    _ node: Node, shapes: [Shape], output: Shape, parameterCount: Int, multiplyAdds: Int
  ) -> NetworkDescription.Node {
    func tensors(_ indices: [Int], of list: [TensorSpecification]) -> [NetworkDescription.Tensor] {
      indices.map { NetworkDescription.Tensor(name: list[$0].name, shape: list[$0].shape) }
    }
    let window = node.operation.window
    let input = node.inputs.first.map { shapes[$0] }
    var groups: Int?
    switch node.operation {
    case .convolution(let operation): groups = operation.groups
    case .transposedConvolution(let operation): groups = operation.groups
    default: break
    }
    return NetworkDescription.Node(
      name: node.name, operator: node.operation.rules.label, inputs: node.inputs,
      shape: output.list, parameters: parameterCount, multiplyAdds: multiplyAdds,
      tensors: tensors(node.parameters, of: parameters),
      buffers: tensors(node.buffers, of: buffers),
      attributes: node.operation.attributes(channels: node.channels),
      kernel: window?.kernel.list, stride: window?.stride.list, padding: window?.padding.list,
      dilation: window?.dilation.list, groups: groups,
      inputShape: window == nil ? nil : input?.list)
  }
}

extension Operation {
  fileprivate var window: Window? {
    switch self {
    case .convolution(let operation): operation.window
    case .pooling(let operation): operation.window
    case .transposedConvolution(let operation): operation.window
    case .stochasticPooling(let operation): operation.window
    case .borderPadding(let operation): Window(kernel: 1, padding: operation.padding)
    default: nil
    }
  }

  fileprivate func attributes(channels: Int) -> [String: Double] {
    switch self {
    case .batchNorm(let operation):
      ["epsilon": Double(operation.epsilon), "momentum": Double(operation.momentum)]
    case .groupNorm(let operation):
      [
        "epsilon": Double(operation.epsilon),
        "groups": Double(operation.groups(channels: channels)),
      ]
    case .activation(let operation):
      operation.function.constantName.map {
        [$0: Double(operation.function.constant ?? 0)]
      } ?? [:]
    case .dropout(let operation):
      ["rate": Double(operation.rate), "rampSteps": Double(operation.rampSteps)].merging(
        operation.side.map { ["side": Double($0)] } ?? [:]
      ) { $1 }
    case .softmax(let operation): operation.branches.map { ["branches": Double($0)] } ?? [:]
    case .branchSum(let operation): ["branches": Double(operation.branches)]
    case .attention(let operation):
      ["heads": Double(operation.heads), "positions": Double(operation.positions)]
    case .resize(let operation): operation.factor.map { ["factor": Double($0)] } ?? [:]
    case .regionPooling(let operation): operation.attributes
    case .input, .convolution, .pooling, .spatialMean, .spatialMaximum, .channelSummary,
      .channelConvolution, .weightedSum, .transposedConvolution, .borderPadding,
      .adaptivePooling, .stochasticPooling, .concatenation, .addition, .gating,
      .linear, .output:
      [:]
    }
  }
}

extension RegionPooling {
  fileprivate var attributes: [String: Double] {
    var attributes = ["binsHeight": Double(bins.height), "binsWidth": Double(bins.width)]
    for (level, stride) in strides.enumerated() { attributes["stride\(level)"] = Double(stride) }
    if case .align(let samples, let isAligned) = kind {
      attributes["samples"] = Double(samples)
      attributes["isAligned"] = isAligned ? 1 : 0
    }
    return attributes
  }
}

extension Shape {
  fileprivate var list: [Int] { [channels, height, width] }
}

extension Extent {
  fileprivate var list: [Int] { [height, width] }
}

extension Padding {
  fileprivate var list: [Int] { [top, left, bottom, right] }
}
