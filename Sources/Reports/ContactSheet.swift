import Boxes
import Datasets
import Foundation
import Images

/// Small pictures in rows, each with a line of text below it.
package struct ContactSheet {
  private var cells: [(picture: Picture, caption: String)] = []

  private static let gap = 6
  private static let captionHeight = 18
  private static let captionScale: Float = 0.42
  /// Of a letter at that scale, pixels.
  private static let letterWidth = 8
  /// Cells of a sheet of a batch, which is to be made in no time.
  package static let mostOfBatch = 16
  private static let batchCellWidth = 320

  package init() {}

  /// The first pictures of a batch, at most ``mostOfBatch``, each with its file's name.
  package init(_ batch: Batch, classNames: [String]) throws {
    for (index, item) in batch.items.prefix(Self.mostOfBatch).enumerated() {
      let sample = try SamplePicture(
        planes: batch.pixels + index * 3 * batch.size.area, size: batch.size,
        targets: item.targets, classNames: classNames)
      add(
        try sample.drawn(width: Self.batchCellWidth),
        caption: (item.path as NSString).lastPathComponent)
    }
  }

  package mutating func add(_ picture: Picture, caption: String) {
    cells.append((picture, caption))
  }

  /// Four cells a row, or more where rows would outnumber columns; without cells a blank one.
  package func picture() throws -> Picture {
    let columns = max(1, min(cells.count, 4), Int(Double(cells.count).squareRoot().rounded(.up)))
    let rows = max(1, (cells.count + columns - 1) / columns)
    let width = cells.map(\.picture.width).max() ?? 1
    let height = (cells.map(\.picture.height).max() ?? 1) + Self.captionHeight
    let sheet = try Picture(
      width: columns * (width + Self.gap) + Self.gap, height: rows * (height + Self.gap) + Self.gap,
      filledWith: .white)
    for (index, cell) in cells.enumerated() {
      let left = Self.gap + index % columns * (width + Self.gap)
      let top = Self.gap + index / columns * (height + Self.gap)
      Self.copy(cell.picture, into: sheet, left: left, top: top)
      let caption = Self.shortened(cell.caption, to: width / Self.letterWidth)
      try sheet.drawText(
        caption, at: (Float(left), Float(top + cell.picture.height + 13)),
        scale: Self.captionScale, colour: .ink)
    }
    return sheet
  }

  /// Both of three channels and 8 bits.
  private static func copy(_ picture: Picture, into sheet: Picture, left: Int, top: Int) {
    let (rowBytes, sheetBytes) = (3 * picture.width, 3 * sheet.width)
    picture.withPixels { source in
      sheet.withMutablePixels { target in
        for row in 0..<picture.height {
          let start = (top + row) * sheetBytes + 3 * left
          for byte in 0..<rowBytes { target[start + byte] = source[row * rowBytes + byte] }
        }
      }
    }
  }

  /// The end of a name tells more than its beginning.
  private static func shortened(_ text: String, to count: Int) -> String {
    text.count <= count ? text : ".." + text.suffix(max(0, count - 2))
  }
}
