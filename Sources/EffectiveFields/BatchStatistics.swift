import Execution
import Networks

extension Variables<Float> {
  /// Sets norms' running statistics to those of a batch, so that a network that was never trained
  /// normalises as it does in its first training step.
  ///
  /// A training pass moves a running value r to `r + m·(b − r)`, b being the batch's and m the norm's
  /// momentum: b follows from both.
  ///
  /// - Parameter pixels: `[batch, channels, height, width]`.
  /// - Throws: ``ExecutionError``.
  package func takeStatistics(
    of pixels: [Float], batch: Int, picture: Shape, _ graph: Graph
  ) throws {
    precondition(
      pixels.count == batch * picture.count,
      "\(batch) pictures of \(picture) are \(batch * picture.count) values, not \(pixels.count)")
    let before = TensorStore<Float>(graph.buffers)
    before.copy(from: buffers)
    let plan = try compile(
      graph, inputs: [picture], batch: batch, mode: .training, device: .reference, variables: self)
    Engine.shared.run {
      pixels.withUnsafeBufferPointer {
        plan.bind(input: 0, to: $0.baseAddress!)
        plan.forward(RunArguments())
      }
    }
    for node in graph.nodes {
      guard case .batchNorm(let norm) = node.operation else { continue }
      for index in node.buffers {
        let (old, now) = (before[index], buffers[index])
        for channel in now.indices {
          now[channel] = old[channel] + (now[channel] - old[channel]) / norm.momentum
        }
      }
    }
  }
}
