import CBridge
import Foundation
import Networks

/// A convolution's weights with the batch norm after it multiplied in, packed for oneDNN:
/// `w' = w·γ/√(σ² + ε)`, `b' = β + (b − μ)·γ/√(σ² + ε)`; of several in parallel their sum.
final class FoldedWeights {
  let packed: UnsafeMutableRawPointer
  let bias: UnsafeMutablePointer<Float>
  let bytes: Int
  private let graph: Graph
  private let node: Graph.Node
  private let branches: [LinearBranch]
  private let variables: Variables<Float>
  private let primitive: FastConvolution

  /// - Parameter branches: the first is the convolution that the primitive is of.
  init(
    graph: Graph, branches: [LinearBranch], variables: Variables<Float>,
    _ primitive: FastConvolution
  ) {
    self.graph = graph
    self.branches = branches
    node = graph.nodes[branches[0].convolution!]
    self.variables = variables
    self.primitive = primitive
    let packedBytes = primitive.packedBytes(CB_FORWARD)
    let channels = View.padded(node.channels)
    let biasBytes = channels * MemoryLayout<Float>.stride
    packed = Self.allocate(bytes: packedBytes)
    bias = Self.allocate(bytes: biasBytes).bindMemory(to: Float.self, capacity: channels)
    bytes = packedBytes + biasBytes
  }

  deinit {
    packed.deallocate()
    bias.deallocate()
  }

  /// Zeros.
  private static func allocate(bytes: Int) -> UnsafeMutableRawPointer {
    let pointer = UnsafeMutableRawPointer.allocate(byteCount: max(64, bytes), alignment: 64)
    memset(pointer, 0, max(64, bytes))
    return pointer
  }

  func reload() {
    let count = variables.parameters[node.parameters[0]].count
    bias.update(repeating: 0, count: node.channels)
    withUnsafeTemporaryAllocation(of: Float.self, capacity: count) { folded in
      folded.initialize(repeating: 0)
      for (index, branch) in branches.enumerated() {
        let affine = affine(branch)
        for channel in 0..<node.channels { bias[channel] += affine.shifts[channel] }
        if index == 0 {
          addMain(scales: affine.scales, to: folded)
        } else {
          add(branch, scales: affine.scales, to: folded)
        }
      }
      primitive.pack(folded.baseAddress!, into: packed)
    }
  }

  /// Factors and summands of a branch's result, its convolution's own bias in the summands.
  private func affine(_ branch: LinearBranch) -> (scales: [Float], shifts: [Float]) {
    var (scales, shifts) = (
      [Float](repeating: 1, count: node.channels), [Float](repeating: 0, count: node.channels)
    )
    if let norm = branch.norm, case .batchNorm(let operation) = graph.nodes[norm].operation {
      variables.inferenceAffine(operation, graph.nodes[norm], scales: &scales, shifts: &shifts)
    }
    if let convolution = branch.convolution, graph.nodes[convolution].parameters.count > 1 {
      let own = variables.parameters[graph.nodes[convolution].parameters[1]]
      for channel in own.indices { shifts[channel] += own[channel] * scales[channel] }
    }
    return (scales, shifts)
  }

  private func addMain(scales: [Float], to folded: UnsafeMutableBufferPointer<Float>) {
    let weights = variables.parameters[node.parameters[0]]
    let fanIn = weights.count / node.channels
    for channel in 0..<node.channels {
      for index in channel * fanIn..<(channel + 1) * fanIn {
        folded[index] = weights[index] * scales[channel]
      }
    }
  }

  private func add(
    _ branch: LinearBranch, scales: [Float], to folded: UnsafeMutableBufferPointer<Float>
  ) {
    guard case .convolution(let main) = node.operation else { return }
    let inputs = folded.count / node.channels / main.window.kernel.area
    let window = window(branch)
    guard let embedded = EmbeddedWindow(window, in: main.window) else { return }
    let weights = branch.convolution.map { variables.parameters[graph.nodes[$0].parameters[0]] }
    for channel in 0..<node.channels {
      for input in 0..<inputs {
        for y in 0..<window.kernel.height {
          for x in 0..<window.kernel.width {
            let tap = embedded.tap(y, x)
            let target =
              ((channel * inputs + input) * main.window.kernel.height + tap.y)
              * main.window.kernel.width + tap.x
            let source =
              ((channel * inputs + input) * window.kernel.height + y)
              * window.kernel.width + x
            let weight = weights?[source] ?? (channel % inputs == input ? 1 : 0)
            folded[target] += weight * scales[channel]
          }
        }
      }
    }
  }

  private func window(_ branch: LinearBranch) -> Window {
    guard let convolution = branch.convolution,
      case .convolution(let operation) = graph.nodes[convolution].operation
    else { return Window(kernel: 1) }
    return operation.window
  }
}
