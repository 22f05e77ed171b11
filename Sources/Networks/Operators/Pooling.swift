public enum PoolingKind: String, Hashable, Sendable, Codable {
  case maximum
  /// The mean of the cells under the window; padding counts neither as value nor as divisor.
  case average
}

/// Takes the maximum or the mean under a sliding window; padding never wins a maximum.
///
/// - Input: `[N, C, H, W]`
/// - Output: `[N, C, (H + padding − kernel) / stride + 1, …]`
public struct Pooling: Operator, Layer {
  public var kind: PoolingKind
  public var window: Window

  public init(
    _ kind: PoolingKind, kernel: Extent, stride: Extent = 1, padding: Padding? = nil
  ) {
    self.kind = kind
    window = Window(kernel: kernel, stride: stride, padding: padding)
    precondition(
      window.padding.top < kernel.height && window.padding.bottom < kernel.height
        && window.padding.left < kernel.width && window.padding.right < kernel.width,
      "pooling: padding of a \(kernel) window must be smaller than the window")
  }

  public var label: String { kind == .maximum ? "max-pool" : "average-pool" }

  public func outputShape(_ inputs: [Shape]) -> Shape {
    let extent = window.outputExtent(inputs[0])
    return Shape(channels: inputs[0].channels, height: extent.height, width: extent.width)
  }

  public func receptiveStep(input: Int) -> ReceptiveStep { .window(window) }

  public func callAsFunction(_ x: Value) -> Value { x.applying(.pooling(self)) }
}

/// The mean of each channel over height and width (global average pooling).
///
/// - Input: `[N, C, H, W]`
/// - Output: `[N, C, 1, 1]`
public struct SpatialMean: Operator, Layer {
  public init() {}

  public var label: String { "spatial-mean" }

  public func outputShape(_ inputs: [Shape]) -> Shape {
    Shape(channels: inputs[0].channels, height: 1, width: 1)
  }

  public func receptiveStep(input: Int) -> ReceptiveStep { .global }

  public func callAsFunction(_ x: Value) -> Value { x.applying(.spatialMean(self)) }
}

extension Value {
  public var spatialMean: Value { SpatialMean()(self) }
}
