import Images

/// What a picture looks like at a glance: alike for copies of other sizes, qualities and formats.
///
/// The mean brightness of 9 × 8 cells. The hash has a bit for each two neighbours in a row, set where
/// the right one is brighter (Krawetz: *Kind of Like That*, 2013, "dHash"); here by more than
/// ``contrast``, so that noise in even areas sets none. Pictures with hashes that differ in few bits
/// are alike where their cells are too: hashes alone call all pictures of one even tone the same.
struct PictureLook: Sendable {
  private static let columns = 9
  private static let rows = 8
  /// Levels of 255 by which a cell must be brighter than its neighbour.
  private static let contrast = 1
  /// Levels of 255 by which the cells of alike pictures differ on average, at most. Between two
  /// qualities or sizes of one picture it is below 2.
  private static let mostDifference = 4
  /// Bits in which the hashes of alike pictures differ, at most.
  static let mostBits = 3

  /// The shorter side in pixels that is decoded where the format allows: 8 for each row.
  static let decodedSide = 64

  /// Of the first eight columns, row by row.
  private var cells = SIMD64<UInt8>(repeating: 0)
  private(set) var hash: UInt64 = 0
  /// Mean over all cells, 0 … 255.
  private(set) var brightness: Float = 0

  init() {}

  init(_ picture: Picture) {
    let means = Self.means(picture)
    brightness =
      Float(means.joined().reduce(0, +)) / Float(Self.rows * Self.columns)
    for row in 0..<Self.rows {
      for column in 0..<Self.columns - 1 {
        let (left, right) = (means[row][column], means[row][column + 1])
        let index = row * (Self.columns - 1) + column
        if right > left + Self.contrast { hash |= 1 << UInt64(index) }
        cells[index] = UInt8(left)
      }
    }
  }

  func isLike(_ other: PictureLook) -> Bool {
    guard (hash ^ other.hash).nonzeroBitCount <= Self.mostBits else { return false }
    let difference = pointwiseMax(cells, other.cells) &- pointwiseMin(cells, other.cells)
    let sum = SIMD64<UInt16>(truncatingIfNeeded: difference).wrappedSum()
    return Int(sum) <= Self.mostDifference * cells.scalarCount
  }

  /// Brightness of each cell, 0 … 255, by row and column.
  private static func means(_ picture: Picture) -> [[Int]] {
    let (width, height) = (picture.width, picture.height)
    return picture.withPixels { pixels in
      (0..<rows).map { row in
        (0..<columns).map { column in
          let ys = span(row, of: rows, height)
          let xs = span(column, of: columns, width)
          var sum = 0
          for y in ys {
            for x in xs {
              let at = 3 * (y * width + x)
              sum += luma(pixels[at], pixels[at + 1], pixels[at + 2])
            }
          }
          return sum / (256 * xs.count * ys.count)
        }
      }
    }
  }

  /// Pixels of a cell along an axis; at least one.
  private static func span(_ index: Int, of count: Int, _ length: Int) -> Range<Int> {
    let start = index * length / count
    return start..<max(start + 1, (index + 1) * length / count)
  }

  /// ITU-R BT.601's weights in 256ths.
  private static func luma(_ red: UInt8, _ green: UInt8, _ blue: UInt8) -> Int {
    77 * Int(red) + 150 * Int(green) + 29 * Int(blue)
  }
}
