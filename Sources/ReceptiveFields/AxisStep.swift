import Networks

/// What output cell `i` of an operator sees of one input along one axis: cells of the input, those
/// outside it included.
enum AxisStep: Hashable {
  /// Cells `stride·i − padding + spacing·j` for `j` in `0 ..< count`.
  case window(stride: Int, padding: Int, spacing: Int, count: Int)
  /// The place at the middle of a window of stride 1, which may lie between two cells.
  case middle(padding: Int, reach: Int)
  /// Cell `⌊i·input / output⌋`.
  case nearest(input: Int, output: Int)
  /// The cells around `(i + ½)·input / output − ½`; one where that is whole.
  case bilinear(input: Int, output: Int)
  /// Cells whose window of `count` cells from `stride·j − padding` on, over the output, holds cell `i`.
  case spread(stride: Int, padding: Int, count: Int)
  /// Cells `⌊i·input / output⌋` to `⌈(i + 1)·input / output⌉`.
  case bins(input: Int, output: Int)
  /// Cell `i − padding`, or the one of `count` that stands for it beyond the border.
  case border(BorderMode, padding: Int, count: Int)
  /// Every cell of the input.
  case all(count: Int)

  /// `nil` for inputs that do not count: sizes, places, and gates unless they are attached.
  init?(_ step: ReceptiveStep, axis: Axis, input: Shape, output: Shape, gates: GateRule) {
    let (from, to) = (axis.extent(input), axis.extent(output))
    switch step {
    case .cell:
      self = .window(stride: 1, padding: 0, spacing: 1, count: 1)
    case .window(let window):
      self = .window(
        stride: axis.along(window.stride), padding: axis.leading(window.padding),
        spacing: axis.along(window.dilation), count: axis.along(window.kernel))
    case .spread(let window):
      self = .spread(
        stride: axis.along(window.stride), padding: axis.leading(window.padding),
        count: axis.along(window.kernel))
    case .bins: self = .bins(input: from, output: to)
    case .border(let mode, let padding):
      self = .border(mode, padding: axis.leading(padding), count: from)
    case .resize(.nearest):
      self = .nearest(input: from, output: to)
    case .resize(.bilinear):
      self = .bilinear(input: from, output: to)
    case .global:
      self = .all(count: from)
    case .gate where gates == .attached:
      self = from == to ? .window(stride: 1, padding: 0, spacing: 1, count: 1) : .all(count: from)
    case .gate, .size, .place:
      return nil
    }
  }

  /// The cells that output cell `i` sees, in ascending order.
  func cells(_ i: Int) -> StrideTo<Int> {
    switch self {
    case .window(let stride, let padding, let spacing, let count):
      let first = stride * i - padding
      return Swift.stride(from: first, to: first + spacing * (count - 1) + 1, by: spacing)
    case .middle(let padding, let reach):
      let middle = Rational(reach, 2) + Rational(i - padding)
      return Swift.stride(from: middle.floor, to: middle.ceiling + 1, by: 1)
    case .nearest(let input, let output):
      let cell = Rational(i * input, output).floor
      return Swift.stride(from: cell, to: cell + 1, by: 1)
    case .bilinear(let input, let output):
      let place = Rational((2 * i + 1) * input - output, 2 * output)
      return Swift.stride(from: place.floor, to: place.ceiling + 1, by: 1)
    case .spread(let stride, let padding, let count):
      let first = Rational(i + padding - count + 1, stride).ceiling
      return Swift.stride(from: first, to: Rational(i + padding, stride).floor + 1, by: 1)
    case .bins(let input, let output):
      return Swift.stride(
        from: Rational(i * input, output).floor, to: Rational((i + 1) * input, output).ceiling,
        by: 1)
    case .border(let mode, let padding, let count):
      let cell = mode.source(i - padding, count: count)
      return Swift.stride(from: cell, to: cell + 1, by: 1)
    case .all(let count):
      return Swift.stride(from: 0, to: count, by: 1)
    }
  }

  /// The same over values without borders.
  var withoutBorders: AxisStep {
    guard case .border(_, let padding, _) = self else { return self }
    return .window(stride: 1, padding: padding, spacing: 1, count: 1)
  }

  /// The narrowest pair of lines that contains what every cell sees: cell `i` sees nothing below
  /// `rate·i + first` and nothing above `rate·i + last`.
  ///
  /// Touched by every cell for windows; by one in each period of `output` cells for resizings, whose
  /// cells see differently by their place in the period. Borders are ignored.
  var envelope: (rate: Rational, first: Rational, last: Rational) {
    switch self {
    case .window(let stride, let padding, let spacing, let count):
      return (Rational(stride), Rational(-padding), Rational(spacing * (count - 1) - padding))
    case .middle(let padding, let reach):
      let middle = Rational(reach, 2) - Rational(padding)
      return (1, middle, middle)
    case .border:
      return withoutBorders.envelope
    case .all(let count):
      return (0, 0, Rational(count - 1))
    case .spread, .bins, .nearest, .bilinear:
      let rate = self.rate
      let deviations = (0..<rate.denominator).map { i in
        let cells = Array(self.cells(i))
        let line = rate * Rational(i)
        return (Rational(cells[0]) - line, Rational(cells[cells.count - 1]) - line)
      }
      return (rate, deviations.map(\.0).min()!, deviations.map(\.1).max()!)
    }
  }

  /// Of those whose cells see differently by their place in a period.
  private var rate: Rational {
    switch self {
    case .spread(let stride, _, _): Rational(1, stride)
    case .bins(let input, let output), .nearest(let input, let output),
      .bilinear(let input, let output):
      Rational(input, output)
    case .window, .middle, .border, .all: 1
    }
  }
}
