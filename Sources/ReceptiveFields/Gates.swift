import Networks

extension Graph {
  /// For each node whether a gate that saw the whole picture has scaled its features anywhere on
  /// the way, as squeeze-and-excitation does.
  ///
  /// Such features depend on every pixel, though only as a factor for a whole channel; hence gates
  /// are told apart from the receptive field.
  package var gatedByWholePicture: [Bool] {
    // Whether the value depends on a global step by any way, gates included.
    var seesAll = [Bool](repeating: false, count: nodes.count)
    var gated = seesAll
    for (index, node) in nodes.enumerated() {
      for (position, input) in node.inputs.enumerated() {
        switch node.operation.rules.receptiveStep(input: position) {
        case .size, .place:
          break
        case .gate:
          seesAll[index] = seesAll[index] || seesAll[input]
          gated[index] = gated[index] || seesAll[input]
        case .global:
          seesAll[index] = true
          gated[index] = gated[index] || gated[input]
        case .cell, .window, .spread, .bins, .border, .resize:
          seesAll[index] = seesAll[index] || seesAll[input]
          gated[index] = gated[index] || gated[input]
        }
      }
    }
    return gated
  }
}
