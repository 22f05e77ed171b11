/// The extent of one sample of a value: `[channels, height, width]`; the batch comes in at compile
/// time.
public struct Shape: Hashable, Sendable, Codable, CustomStringConvertible {
  public var channels: Int
  public var height: Int
  public var width: Int

  public init(channels: Int, height: Int, width: Int) {
    self.channels = channels
    self.height = height
    self.width = width
  }

  /// Cells of one channel.
  public var area: Int { height * width }

  public var count: Int { channels * area }

  public var description: String { "\(channels)×\(height)×\(width)" }
}

/// A pair of numbers along height and width; an integer literal stands for both.
public struct Extent: Hashable, Sendable, Codable, ExpressibleByIntegerLiteral,
  CustomStringConvertible
{
  public var height: Int
  public var width: Int

  public init(height: Int, width: Int) {
    self.height = height
    self.width = width
  }

  public init(_ both: Int) { self.init(height: both, width: both) }

  public init(integerLiteral value: Int) { self.init(value) }

  public var area: Int { height * width }

  public var description: String { "\(height)×\(width)" }
}

/// Cells added around a value before a window slides over it; each side has its own count.
public struct Padding: Hashable, Sendable, Codable, ExpressibleByIntegerLiteral {
  public var top: Int
  public var left: Int
  public var bottom: Int
  public var right: Int

  public init(top: Int, left: Int, bottom: Int, right: Int) {
    self.top = top
    self.left = left
    self.bottom = bottom
    self.right = right
  }

  public init(integerLiteral value: Int) {
    self.init(top: value, left: value, bottom: value, right: value)
  }

  /// Half of what the window overlaps: keeps the size at stride 1 with odd kernels.
  public static func same(kernel: Extent, dilation: Extent = 1) -> Padding {
    let y = dilation.height * (kernel.height - 1) / 2
    let x = dilation.width * (kernel.width - 1) / 2
    return Padding(top: y, left: x, bottom: y, right: x)
  }
}

/// A window that slides over height and width: what convolution and pooling have in common.
public struct Window: Hashable, Sendable, Codable {
  public var kernel: Extent
  public var stride: Extent
  public var dilation: Extent
  public var padding: Padding

  /// - Parameter padding: `nil` takes ``Padding/same(kernel:dilation:)``.
  public init(
    kernel: Extent, stride: Extent = 1, dilation: Extent = 1, padding: Padding? = nil
  ) {
    self.kernel = kernel
    self.stride = stride
    self.dilation = dilation
    self.padding = padding ?? .same(kernel: kernel, dilation: dilation)
  }

  /// Positions of the window along height and width:
  /// `(size + padding − dilation·(kernel − 1) − 1) / stride + 1`, rounded down.
  public func outputExtent(_ input: Shape) -> Extent {
    let spanY = dilation.height * (kernel.height - 1) + 1
    let spanX = dilation.width * (kernel.width - 1) + 1
    let y = input.height + padding.top + padding.bottom - spanY
    let x = input.width + padding.left + padding.right - spanX
    precondition(y >= 0 && x >= 0, "a \(kernel) window does not fit into \(input)")
    return Extent(height: y / stride.height + 1, width: x / stride.width + 1)
  }
}
