/// What cells beyond the border hold.
public enum BorderMode: String, Hashable, Sendable, Codable {
  /// The cell as far inside as they are outside; the border itself is not repeated.
  case reflect
  /// The border's cell.
  case replicate

  /// The cell of `count` that stands for one at this place, which may lie outside.
  package func source(_ place: Int, count: Int) -> Int {
    switch self {
    case .replicate: min(max(place, 0), count - 1)
    case .reflect: place < 0 ? -place : place >= count ? 2 * (count - 1) - place : place
    }
  }
}

/// Adds cells at the borders that continue what is inside, where a convolution's own padding adds
/// zeros; the convolution after it then has none.
///
/// - Input: `[N, C, H, W]`
/// - Output: `[N, C, H + top + bottom, W + left + right]`
///
/// As PyTorch's `ReflectionPad2d` and `ReplicationPad2d`.
public struct BorderPadding: Operator, Layer {
  public var mode: BorderMode
  public var padding: Padding

  /// What the fast backend's kernels take.
  public static let mostCells = 64

  public init(_ mode: BorderMode, _ padding: Padding) {
    self.mode = mode
    self.padding = padding
    let sides = [padding.top, padding.left, padding.bottom, padding.right]
    precondition(
      sides.allSatisfy { (0...Self.mostCells).contains($0) },
      "\(label): 0 to \(Self.mostCells) cells can be added at a side")
  }

  public var label: String { "pad-\(mode.rawValue)" }

  public func outputShape(_ inputs: [Shape]) -> Shape {
    let input = inputs[0]
    precondition(fits(input), "\(label): \(input) has too few cells to reflect")
    return Shape(
      channels: input.channels, height: input.height + padding.top + padding.bottom,
      width: input.width + padding.left + padding.right)
  }

  /// Whether the input has the cells that are mirrored.
  func fits(_ input: Shape) -> Bool {
    mode == .replicate
      || (max(padding.top, padding.bottom) < input.height
        && max(padding.left, padding.right) < input.width)
  }

  public func receptiveStep(input: Int) -> ReceptiveStep { .border(mode, padding) }

  public func callAsFunction(_ x: Value) -> Value { x.applying(.borderPadding(self)) }
}
