/// The maximum of each channel over height and width (global max pooling).
///
/// - Input: `[N, C, H, W]`
/// - Output: `[N, C, 1, 1]`
public struct SpatialMaximum: Operator, Layer {
  public init() {}

  public var label: String { "spatial-maximum" }

  public func outputShape(_ inputs: [Shape]) -> Shape {
    Shape(channels: inputs[0].channels, height: 1, width: 1)
  }

  public func receptiveStep(input: Int) -> ReceptiveStep { .global }

  public func callAsFunction(_ x: Value) -> Value { x.applying(.spatialMaximum(self)) }
}

extension Value {
  public var spatialMaximum: Value { SpatialMaximum()(self) }
}
