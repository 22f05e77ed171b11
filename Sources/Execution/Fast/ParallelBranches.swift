import Networks

/// A convolution with the norm after it, or a norm alone: what is linear in inference, and so one of
/// several that may be summed into one convolution.
struct LinearBranch: Hashable {
  /// Nil: the value itself.
  var convolution: Int?
  var norm: Int?
}

/// Finds sums of convolutions and norms over one and the same value that amount to one convolution, in
/// inference: RepVGG's blocks.
///
/// A convolution's taps must lie at places that the largest one has too: a 1×1 in the middle of a 3×3.
/// The value itself is a 1×1 with ones on the diagonal.
///
/// Ding et al.: *RepVGG*, CVPR 2021, §3.3.
struct ParallelBranches {
  /// The last addition.
  let sum: Int
  /// The node whose value all branches take.
  let input: Int
  /// The first has the largest window.
  let branches: [LinearBranch]
  /// All nodes that the one convolution computes.
  let nodes: Set<Int>
}

extension ParallelBranches {
  private enum Search {
    case leaf(LinearBranch, input: Int, nodes: [Int])
    case none
  }

  /// The largest such sum that a convolution is part of.
  ///
  /// - Parameter onlyConsumer: of a node, where it has just one.
  init?(at convolution: Int, in graph: Graph, onlyConsumer: (Int) -> Int?) {
    var tops: [Int] = []
    var last = convolution
    if let next = onlyConsumer(last), case .batchNorm = graph.nodes[next].operation { last = next }
    while let next = onlyConsumer(last), case .addition = graph.nodes[next].operation {
      tops.append(next)
      last = next
    }
    for top in tops.reversed() {
      if let found = Self.sum(top, graph, onlyConsumer) {
        self = found
        return
      }
    }
    return nil
  }

  private static func sum(_ top: Int, _ graph: Graph, _ onlyConsumer: (Int) -> Int?)
    -> ParallelBranches?
  {
    var nodes: Set<Int> = [top]
    var branches: [LinearBranch] = []
    var input: Int?
    var open = graph.nodes[top].inputs
    while let node = open.popLast() {
      guard onlyConsumer(node) != nil else { return nil }
      if case .addition = graph.nodes[node].operation {
        nodes.insert(node)
        open += graph.nodes[node].inputs
        continue
      }
      guard case .leaf(let branch, let source, let own) = leaf(node, graph, onlyConsumer),
        input == nil || input == source
      else { return nil }
      input = source
      branches.append(branch)
      nodes.formUnion(own)
    }
    guard let input, let ordered = compatible(branches, graph, input: input) else { return nil }
    return ParallelBranches(sum: top, input: input, branches: ordered, nodes: nodes)
  }

  private static func leaf(_ node: Int, _ graph: Graph, _ onlyConsumer: (Int) -> Int?) -> Search {
    let inputs = graph.nodes[node].inputs
    switch graph.nodes[node].operation {
    case .convolution:
      return .leaf(LinearBranch(convolution: node), input: inputs[0], nodes: [node])
    case .batchNorm:
      let source = inputs[0]
      if case .convolution = graph.nodes[source].operation, onlyConsumer(source) == node {
        return .leaf(
          LinearBranch(convolution: source, norm: node), input: graph.nodes[source].inputs[0],
          nodes: [source, node])
      }
      return .leaf(LinearBranch(norm: node), input: source, nodes: [node])
    default:
      return .none
    }
  }

  /// The branches, that with the largest window first, if all fit into it.
  private static func compatible(_ branches: [LinearBranch], _ graph: Graph, input: Int)
    -> [LinearBranch]?
  {
    guard branches.count > 1 else { return nil }
    let ordered = branches.enumerated().sorted {
      let (left, right) = (area($0.element, graph), area($1.element, graph))
      return left == right ? $0.offset < $1.offset : left > right
    }.map(\.element)
    guard let first = ordered[0].convolution,
      case .convolution(let main) = graph.nodes[first].operation
    else { return nil }
    for branch in ordered.dropFirst() {
      let fits: Bool
      if let node = branch.convolution,
        case .convolution(let other) = graph.nodes[node].operation
      {
        fits =
          other.groups == main.groups && other.window.stride == main.window.stride
          && EmbeddedWindow(other.window, in: main.window) != nil
      } else {
        fits =
          main.window.stride == 1 && graph.nodes[input].channels == main.channels
          && EmbeddedWindow(Window(kernel: 1), in: main.window) != nil
      }
      guard fits else { return nil }
    }
    return ordered
  }

  private static func area(_ branch: LinearBranch, _ graph: Graph) -> Int {
    guard let node = branch.convolution,
      case .convolution(let convolution) = graph.nodes[node].operation
    else { return 0 }
    return convolution.window.kernel.area
  }
}

/// Where the taps of a window lie among those of a larger one that gives a result of the same size.
struct EmbeddedWindow {
  private let first: Extent
  private let step: Extent

  init?(_ window: Window, in main: Window) {
    func axis(
      _ size: KeyPath<Extent, Int>, near: KeyPath<Padding, Int>, far: KeyPath<Padding, Int>
    ) -> (first: Int, step: Int)? {
      let (kernel, dilation) = (window.kernel[keyPath: size], window.dilation[keyPath: size])
      let (mainKernel, mainDilation) = (main.kernel[keyPath: size], main.dilation[keyPath: size])
      let shift = main.padding[keyPath: near] - window.padding[keyPath: near]
      let grown =
        main.padding[keyPath: near] + main.padding[keyPath: far] - mainDilation * (mainKernel - 1)
      let own =
        window.padding[keyPath: near] + window.padding[keyPath: far] - dilation * (kernel - 1)
      guard grown == own, shift >= 0, shift % mainDilation == 0,
        kernel == 1 || dilation % mainDilation == 0
      else { return nil }
      let (first, step) = (shift / mainDilation, kernel == 1 ? 1 : dilation / mainDilation)
      return first + (kernel - 1) * step < mainKernel ? (first, step) : nil
    }
    guard let y = axis(\.height, near: \.top, far: \.bottom),
      let x = axis(\.width, near: \.left, far: \.right)
    else { return nil }
    first = Extent(height: y.first, width: x.first)
    step = Extent(height: y.step, width: x.step)
  }

  /// The place of the smaller window's tap.
  func tap(_ y: Int, _ x: Int) -> (y: Int, x: Int) {
    (first.height + y * step.height, first.width + x * step.width)
  }
}
