/// The sizes of the boxes that an anchor head refines, relative to a level's stride.
///
/// An anchor of scale s and ratio r at a level of stride t has area `(base·s·t)²` and height over
/// width r.
///
/// Lin et al.: *Focal Loss for Dense Object Detection*, ICCV 2017, §4: base 4 (32² at stride 8),
/// three scales an octave, ratios 1:2, 1:1, 2:1.
public struct AnchorShapes: Hashable, Sendable, Codable {
  /// Side of the smallest square anchor in strides.
  public var base: Float = 4
  public var scales: [Float] = [1, 1.259_921, 1.587_401]
  /// Height over width.
  public var ratios: [Float] = [0.5, 1, 2]

  public init() {}

  public init(base: Float, scales: [Float], ratios: [Float]) {
    self.base = base
    self.scales = scales
    self.ratios = ratios
  }

  public var countPerCell: Int { scales.count * ratios.count }

  /// Boxes centred at the origin, scales slowest.
  public func boxes(stride: Int) -> [Box] {
    scales.flatMap { scale in
      ratios.map { ratio in
        let side = base * scale * Float(stride)
        let root = ratio.squareRoot()
        return Box(centerX: 0, centerY: 0, width: side / root, height: side * root)
      }
    }
  }

  /// Every anchor of a level, centred in its cells; shape slowest, then row, then column.
  public func boxes(stride: Int, rows: Int, columns: Int) -> [Box] {
    var result: [Box] = []
    result.reserveCapacity(countPerCell * rows * columns)
    for shape in boxes(stride: stride) {
      for row in 0..<rows {
        for column in 0..<columns {
          let x = (Float(column) + 0.5) * Float(stride)
          let y = (Float(row) + 0.5) * Float(stride)
          result.append(
            Box(
              left: shape.left + x, top: shape.top + y, right: shape.right + x,
              bottom: shape.bottom + y))
        }
      }
    }
    return result
  }
}
