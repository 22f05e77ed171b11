import Networks

/// The positions `i` of `0 ..< count` for which `offset + i·stride` lies in `0 ..< size`.
func positions(offset: Int, stride: Int, size: Int, count: Int) -> Range<Int> {
  let first = offset >= 0 ? 0 : (stride - 1 - offset) / stride
  let end = offset >= size ? 0 : min(count, (size - 1 - offset) / stride + 1)
  return min(first, end)..<end
}

/// Lays the cells under each position of a sliding window side by side (im2col), so that a
/// convolution becomes a matrix product, and adds such a layout back (col2im).
///
/// The matrix is `[C·kernel height·kernel width, output height·output width]`; padding is zero.
/// Chellapilla, Puri, Simard: *High Performance Convolutional Neural Networks for Document
/// Processing*, IWFHR 2006, §4.1.
struct Unfolding {
  /// Of the channels that one group of filters sees.
  let input: Shape
  let window: Window
  let output: Extent

  /// Whether the matrix would equal the input.
  var isIdentity: Bool { window.kernel == 1 && window.stride == 1 && window.padding == 0 }

  var rows: Int { input.channels * window.kernel.area }

  @inline(__always)
  private func forEachTap(_ body: (_ plane: Int, _ tap: Tap, _ row: Int) -> Void) {
    var row = 0
    for channel in 0..<input.channels {
      for y in 0..<window.kernel.height {
        for x in 0..<window.kernel.width {
          body(channel * input.area, tap(y, x), row)
          row += output.area
        }
      }
    }
  }

  /// One cell of the window: where it starts in the input, and the output columns for which it lies
  /// inside.
  private struct Tap {
    let y: Int
    let x: Int
    let columns: Range<Int>
  }

  private func tap(_ y: Int, _ x: Int) -> Tap {
    let top = y * window.dilation.height - window.padding.top
    let left = x * window.dilation.width - window.padding.left
    return Tap(
      y: top, x: left,
      columns: positions(
        offset: left, stride: window.stride.width, size: input.width, count: output.width))
  }

  func unfold<Scalar: ReferenceScalar>(
    _ image: UnsafePointer<Scalar>, into matrix: UnsafeMutablePointer<Scalar>
  ) {
    let stride = window.stride.width
    forEachTap { plane, tap, row in
      for y in 0..<output.height {
        let target = matrix + row + y * output.width
        let line = tap.y + y * window.stride.height
        guard line >= 0 && line < input.height && !tap.columns.isEmpty else {
          target.update(repeating: 0, count: output.width)
          continue
        }
        let columns = tap.columns
        target.update(repeating: 0, count: columns.lowerBound)
        let source = image + plane + line * input.width + tap.x
        if stride == 1 {
          (target + columns.lowerBound).update(
            from: source + columns.lowerBound, count: columns.count)
        } else {
          for x in columns { target[x] = source[x &* stride] }
        }
        (target + columns.upperBound).update(
          repeating: 0, count: output.width - columns.upperBound)
      }
    }
  }

  /// Adds each element of the matrix to the cell it came from.
  func fold<Scalar: ReferenceScalar>(
    _ matrix: UnsafePointer<Scalar>, addingTo image: UnsafeMutablePointer<Scalar>
  ) {
    let stride = window.stride.width
    forEachTap { plane, tap, row in
      let lines = positions(
        offset: tap.y, stride: window.stride.height, size: input.height, count: output.height)
      for y in lines {
        let source = matrix + row + y * output.width
        let target =
          image + plane + (tap.y + y * window.stride.height) * input.width + tap.x
        for x in tap.columns { target[x &* stride] += source[x] }
      }
    }
  }
}
