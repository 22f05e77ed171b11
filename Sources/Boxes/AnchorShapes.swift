/// The sizes of the boxes that an anchor head refines: relative to a level's stride, or given.
///
/// An anchor of scale s and ratio r at a level of stride t has area `(base·s·t)²` and height over
/// width r, unless ``sizes`` says what there is.
///
/// Lin et al.: *Focal Loss for Dense Object Detection*, ICCV 2017, §4: base 4 (32² at stride 8),
/// three scales an octave, ratios 1:2, 1:1, 2:1.
public struct AnchorShapes: Hashable, Sendable, Codable {
  /// Side of the smallest square anchor in strides.
  public var base: Float = 4
  public var scales: [Float] = [1, 1.259_921, 1.587_401]
  /// Height over width.
  public var ratios: [Float] = [0.5, 1, 2]
  /// The anchors of each level, the finest first, in place of base, scales and ratios; empty: none
  /// are given. Levels may have different numbers of them.
  public var sizes: [[AnchorSize]] = []

  public init() {}

  public init(base: Float, scales: [Float], ratios: [Float]) {
    self.base = base
    self.scales = scales
    self.ratios = ratios
  }

  /// - Parameter level: counted from the finest; it matters where sizes are given.
  public func countPerCell(level: Int) -> Int {
    sizes.isEmpty ? scales.count * ratios.count : sizes[level].count
  }

  /// Boxes centred at the origin, scales slowest.
  ///
  /// - Parameter level: counted from the finest; it matters where sizes are given.
  public func boxes(level: Int = 0, stride: Int) -> [Box] {
    guard sizes.isEmpty else {
      return sizes[level].map {
        Box(centerX: 0, centerY: 0, width: $0.width, height: $0.height)
      }
    }
    return scales.flatMap { scale in
      ratios.map { ratio in
        let side = base * scale * Float(stride)
        let root = ratio.squareRoot()
        return Box(centerX: 0, centerY: 0, width: side / root, height: side * root)
      }
    }
  }

  /// Every anchor of a level, centred in its cells; shape slowest, then row, then column.
  public func boxes(level: Int = 0, stride: Int, rows: Int, columns: Int) -> [Box] {
    let shapes = boxes(level: level, stride: stride)
    var result: [Box] = []
    result.reserveCapacity(shapes.count * rows * columns)
    for shape in shapes {
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
