import Boxes
import Datasets
import Foundation
import Images

/// Small pictures in rows, each with a line of text below it, and a legend of the classes that occur
/// in them.
package struct ContactSheet {
  private var cells: [(picture: Picture, caption: String)] = []
  private let classNames: [String]
  private var classes: Set<Int> = []

  private static let gap = 6
  private static let captionHeight = 18
  private static let captionScale: Float = 0.42
  /// Of a letter at that scale, pixels.
  private static let letterWidth = 8
  /// Cells of a sheet of a batch, which is to be made in no time.
  package static let mostOfBatch = 16
  private static let batchCellWidth = 320
  /// More would hide the picture: the legend tells the colours.
  private static let mostNames = 16

  package init(classNames: [String] = []) { self.classNames = classNames }

  /// The first pictures of a batch, at most ``mostOfBatch``, each with its file's name.
  package init(_ batch: Batch, classNames: [String]) throws {
    self.init(classNames: classNames)
    for (index, item) in batch.items.prefix(Self.mostOfBatch).enumerated() {
      let sample = try SamplePicture(
        planes: batch.pixels + index * batch.input.channels * batch.size.area, size: batch.size,
        targets: item.targets, classNames: classNames, input: batch.input)
      try add(
        sample, width: Self.batchCellWidth, caption: (item.path as NSString).lastPathComponent)
    }
  }

  /// - Parameter width: of the cell at most, pixels.
  package mutating func add(_ sample: SamplePicture, width: Int, caption: String) throws {
    let isSparse = sample.targets.boxes.count <= Self.mostNames
    add(try sample.drawn(width: width, namesClasses: isSparse), caption: caption)
    classes.formUnion(sample.targets.classes.map(Int.init))
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
    let (sheetWidth, legendTop) = (
      columns * (width + Self.gap) + Self.gap, rows * (height + Self.gap) + Self.gap
    )
    let legend = legend(width: sheetWidth)
    let sheet = try Picture(
      width: sheetWidth, height: legendTop + legend.count * Self.captionHeight,
      filledWith: .white)
    for (row, entries) in legend.enumerated() {
      try draw(entries, into: sheet, top: Float(legendTop + row * Self.captionHeight))
    }
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

  /// A class's colour and name.
  private struct Entry {
    var label: Int
    var left: Int
  }

  /// In rows that fit the width.
  private func legend(width: Int) -> [[Entry]] {
    var rows: [[Entry]] = []
    var right = width
    for label in classes.sorted() {
      let extent = Self.swatch + (classNames[label].count + 3) * Self.letterWidth
      if right + extent > width {
        rows.append([])
        right = Self.gap
      }
      rows[rows.count - 1].append(Entry(label: label, left: right))
      right += extent
    }
    return rows
  }

  private static let swatch = 12

  private func draw(_ entries: [Entry], into sheet: Picture, top: Float) throws {
    for entry in entries {
      let (left, side) = (Float(entry.left), Float(Self.swatch))
      try sheet.drawRectangle(
        Box(left: left, top: top, right: left + side, bottom: top + side),
        colour: .ofClass(entry.label), thickness: nil)
      try sheet.drawText(
        classNames[entry.label], at: (left + side + 6, top + 11), scale: Self.captionScale,
        colour: .ink)
    }
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
