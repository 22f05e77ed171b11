import CBridge
import Networks

extension FastCompiler {
  func emitAttention(_ node: Int, _ operation: DotProductAttention) {
    let held = graph.nodes[node]
    let settings = cb_attention(operation, shapes, held, batch: batch, precision)
    let views = held.inputs.map(value)
    let result = destination(node)
    let scratch = buffer(floats: cb_attention_scratch(settings))
    let table = OffsetTable(
      operation, shapes[node], width: Int(settings.query_width),
      values: held.parameters.map { variables.parameters[$0] })
    let offsets = buffer(floats: table.count)
    let hasPositions = operation.positions > 0
    emit(
      node, "forward", "attention", uses: views.map(\.buffer) + [scratch, offsets],
      results: [result]
    ) { _ in
      if hasPositions { table.interpolate(into: offsets.floats) }
      cb_attention_forward(
        settings, views[0].bridged, views[1].bridged, views[2].bridged,
        hasPositions ? offsets.floats : nil, scratch.floats, result.bridged)
    }
    backward.append { [self] in
      emitAttentionBackward(node, settings, table, hasPositions: hasPositions)
    }
  }

  private func emitAttentionBackward(
    _ node: Int, _ settings: cb_attention, _ table: OffsetTable, hasPositions: Bool
  ) {
    let held = graph.nodes[node]
    let gradient = takeGradient(node)[0]
    let views = held.inputs.map(value)
    let parts = held.inputs.map { gradientPart($0) }
    let scratch = buffer(floats: cb_attention_scratch(settings))
    let (offsets, gradients) = (buffer(floats: table.count), buffer(floats: table.count))
    let areFirst = held.parameters.map(isFirstGradient)
    let targets = held.parameters.map { variables.gradients[$0] }
    emit(
      node, "backward", "attention-backward",
      uses: views.map(\.buffer) + [gradient.buffer, scratch, offsets, gradients],
      results: parts.compactMap { $0 }
    ) { arguments in
      if hasPositions { table.interpolate(into: offsets.floats) }
      cb_attention_backward(
        settings, views[0].bridged, views[1].bridged, views[2].bridged,
        hasPositions ? offsets.floats : nil, scratch.floats, gradient.bridged,
        cb_view(parts[0]), cb_view(parts[1]), cb_view(parts[2]), gradients.floats)
      for (target, isFirst) in zip(targets, areFirst)
      where isFirst && !arguments.accumulatesGradients {
        target.update(repeating: 0)
      }
      if hasPositions { table.addGradient(gradients.floats, to: targets) }
    }
  }
}

extension cb_attention {
  fileprivate init(
    _ operation: DotProductAttention, _ shapes: [Shape], _ node: Graph.Node, batch: Int,
    _ precision: Precision
  ) {
    let (queries, values) = (shapes[node.inputs[0]], shapes[node.inputs[2]])
    self.init(
      batch: Int32(batch), heads: Int32(operation.heads), height: Int32(values.height),
      width: Int32(values.width), query_width: Int32(queries.channels / operation.heads),
      value_width: Int32(values.channels / operation.heads),
      has_positions: operation.positions > 0, type: precision.bridged, workers: cb_threads())
  }
}

/// The vectors of all offsets at one size, from the tables of the size they were learned for: of those
/// along the height, then along the width.
struct OffsetTable {
  private let blends: [[DotProductAttention.Blend]]
  private let width: Int
  private let values: [UnsafeMutableBufferPointer<Float>]

  init(
    _ operation: DotProductAttention, _ shape: Shape, width: Int,
    values: [UnsafeMutableBufferPointer<Float>]
  ) {
    blends =
      operation.positions > 0
      ? [operation.blends(cells: shape.height), operation.blends(cells: shape.width)] : []
    self.width = width
    self.values = values
  }

  var count: Int { blends.map(\.count).reduce(0, +) * width }

  func interpolate(into table: UnsafeMutablePointer<Float>) {
    var target = table
    for (axis, blends) in blends.enumerated() {
      for blend in blends {
        let low = values[axis].baseAddress! + blend.low * width
        let high = values[axis].baseAddress! + blend.high * width
        for i in 0..<width { target[i] = low[i] + Float(blend.weight) * (high[i] - low[i]) }
        target += width
      }
    }
  }

  func addGradient(
    _ gradient: UnsafeMutablePointer<Float>, to targets: [UnsafeMutableBufferPointer<Float>]
  ) {
    var source = gradient
    for (axis, blends) in blends.enumerated() {
      for blend in blends {
        let low = targets[axis].baseAddress! + blend.low * width
        let high = targets[axis].baseAddress! + blend.high * width
        for i in 0..<width {
          low[i] += Float(1 - blend.weight) * source[i]
          high[i] += Float(blend.weight) * source[i]
        }
        source += width
      }
    }
  }
}
