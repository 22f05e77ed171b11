import Boxes
import Foundation
import Images

/// A histogram of several series, side by side in each bin, as shares of each series.
struct HistogramPanel {
  /// A mark on the axis; `place` counts bins from the left end.
  struct Tick {
    var place: Double
    var label: String
  }

  var title: String
  /// Of each series, by bin; all of one length.
  var shares: [[Double]]
  var ticks: [Tick]
  /// Places of lines that divide the axis into ranges.
  var bounds: [Double] = []

  private static let titleHeight: Float = 36
  private static let axisHeight: Float = 34

  func draw(into picture: Picture, in frame: Box, colours: [Colour]) throws {
    let plot = Box(
      left: frame.left, top: frame.top + Self.titleHeight, right: frame.right,
      bottom: frame.bottom - Self.axisHeight)
    try picture.drawText(title, at: (frame.left, frame.top + 18), scale: 0.65, colour: .ink)
    try drawAxis(picture, plot)
    try drawBars(picture, plot, colours)
    let tallest = String(format: "%.1f %%", 100 * highest)
    try picture.drawText(tallest, at: (plot.left + 4, plot.top + 12), scale: 0.45, colour: .field)
  }

  private var binCount: Int { shares.map(\.count).max() ?? 0 }
  private var highest: Double { shares.joined().max() ?? 0 }

  private func x(_ place: Double, _ plot: Box) -> Float {
    plot.left + plot.width * Float(place / Double(max(1, binCount)))
  }

  private func drawAxis(_ picture: Picture, _ plot: Box) throws {
    for tick in ticks {
      let x = x(tick.place, plot)
      try picture.drawLine(from: (x, plot.top), to: (x, plot.bottom), colour: .grid)
      try picture.drawText(
        tick.label, at: (x - 5 * Float(tick.label.count), plot.bottom + 22), scale: 0.5,
        colour: .ink)
    }
    for bound in bounds where (0...Double(binCount)).contains(bound) {
      let x = x(bound, plot)
      try picture.drawLine(from: (x, plot.top), to: (x, plot.bottom), colour: .cell, thickness: 2)
    }
    try picture.drawLine(
      from: (plot.left, plot.bottom), to: (plot.right, plot.bottom), colour: .ink)
  }

  private func drawBars(_ picture: Picture, _ plot: Box, _ colours: [Colour]) throws {
    let gap = 0.08
    let width = (1 - 2 * gap) / Double(max(1, shares.count))
    for (series, colour) in zip(shares.indices, colours) {
      for (bin, share) in shares[series].enumerated() where share > 0 {
        let start = Double(bin) + gap + width * Double(series)
        let height = max(2, (plot.height - 20) * Float(share / highest))
        try picture.drawRectangle(
          Box(
            left: x(start, plot), top: plot.bottom - height, right: x(start + width, plot),
            bottom: plot.bottom),
          colour: colour, thickness: nil)
      }
    }
  }
}
