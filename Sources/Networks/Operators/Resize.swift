public enum ResizeMode: String, Hashable, Sendable, Codable {
  /// Output cell `i` takes input cell `⌊i · input / output⌋`.
  case nearest
  /// Between the two nearest cells along each axis, centres at half-integers, edges repeated
  /// (PyTorch's `align_corners=False`).
  case bilinear
}

/// Enlarges height and width by a whole factor, or to the size of a second value.
///
/// - Inputs: `[N, C, H, W]`; if `factor` is nil a second value, of which only the size is used
/// - Output: `[N, C, factor·H, factor·W]`, or the second value's height and width
public struct Resize: Operator {
  public var mode: ResizeMode
  public var factor: Int?

  public init(_ mode: ResizeMode, factor: Int?) {
    self.mode = mode
    self.factor = factor
  }

  public var label: String { "resize-\(mode.rawValue)" }

  public func outputShape(_ inputs: [Shape]) -> Shape {
    guard let factor else {
      return Shape(
        channels: inputs[0].channels, height: inputs[1].height, width: inputs[1].width)
    }
    return Shape(
      channels: inputs[0].channels, height: inputs[0].height * factor,
      width: inputs[0].width * factor)
  }

  public func receptiveStep(input: Int) -> ReceptiveStep { input == 0 ? .resize(mode) : .size }
}

extension Value {
  public func upsampled(by factor: Int, _ mode: ResizeMode = .nearest) -> Value {
    applying(.resize(Resize(mode, factor: factor)))
  }

  /// Resized to another value's height and width.
  public func resized(like other: Value, _ mode: ResizeMode = .nearest) -> Value {
    applying(.resize(Resize(mode, factor: nil)), with: [other])
  }
}
