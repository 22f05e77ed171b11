import Boxes
import Foundation
import Images
import ReceptiveFields

/// The report as a picture: above, how many objects have which size; below, for each level its cell,
/// the sizes it can detect and its bottom-up field, all along one logarithmic axis of pixels.
package struct ReceptiveFieldChart {
  private let report: ReceptiveFieldReport
  private let picture: Picture
  private let scale: OctaveScale
  private let histogramHeight: Float

  private static let width = 1280
  private static let top: Float = 70
  private static let rowHeight: Float = 70
  private static let footer: Float = 120

  package static func picture(of report: ReceptiveFieldReport) throws -> Picture {
    let chart = try ReceptiveFieldChart(report)
    try chart.drawHeading()
    try chart.drawAxis()
    if let objects = report.objects { try chart.drawHistogram(objects) }
    for (row, level) in report.levels.enumerated() { try chart.draw(level, row: row) }
    try chart.drawLegend()
    return chart.picture
  }

  private init(_ report: ReceptiveFieldReport) throws {
    self.report = report
    histogramHeight = report.objects == nil ? 0 : 260
    scale = OctaveScale(report, left: 190, right: Float(Self.width) - 60)
    let rows = Self.rowHeight * Float(report.levels.count)
    picture = try Picture(
      width: Self.width, height: Int(Self.top + histogramHeight + rows + Self.footer),
      filledWith: .white)
  }

  private var levelsTop: Float { Self.top + histogramHeight }
  private var axisY: Float { levelsTop + Self.rowHeight * Float(report.levels.count) }

  private func drawHeading() throws {
    try picture.drawText(
      "\(report.model) at \(report.size[0])x\(report.size[1]): receptive fields and object sizes",
      at: (24, 40), scale: 0.9, colour: .ink)
  }

  private func drawAxis() throws {
    for octave in scale.octaves {
      let value = Double(1 << octave)
      let x = scale.x(value)
      try picture.drawLine(from: (x, Self.top), to: (x, axisY), colour: .grid)
      let label = String(1 << octave)
      try picture.drawText(
        label, at: (x - 6 * Float(label.count), axisY + 26), scale: 0.6, colour: .ink)
    }
    try picture.drawLine(
      from: (scale.left, axisY), to: (scale.right, axisY), colour: .ink, thickness: 2)
    try picture.drawText(
      "pixels of the network's input (objects: square root of area)",
      at: (scale.left, axisY + 56), scale: 0.6, colour: .ink)
  }

  private func drawHistogram(_ objects: ObjectCensus) throws {
    let floor = levelsTop - 24
    let tallest = Float(objects.histogram.max() ?? 0)
    for (bin, count) in objects.histogram.enumerated() where count > 0 {
      let low = pow(2, Double(bin) / Double(ObjectCensus.binsPerOctave))
      let high = pow(2, Double(bin + 1) / Double(ObjectCensus.binsPerOctave))
      let middle = (low * high).squareRoot()
      let suits = report.levels.contains { $0.objectRange.contains(middle) }
      let height = max(2, (floor - Self.top - 24) * Float(count) / tallest)
      try picture.drawRectangle(
        Box(
          left: scale.x(low) + 1, top: floor - height, right: scale.x(high) - 1, bottom: floor),
        colour: suits ? .suited : .missed, thickness: nil)
    }
    try picture.drawLine(from: (scale.left, floor), to: (scale.right, floor), colour: .ink)
    try picture.drawText("\(objects.count)", at: (24, Self.top + 60), scale: 0.7, colour: .ink)
    try picture.drawText("objects", at: (24, Self.top + 86), scale: 0.6, colour: .ink)
    let missed = String(format: "%.1f %%", 100 * objects.shareInNone)
    try picture.drawText(missed, at: (24, Self.top + 130), scale: 0.7, colour: .missed)
    try picture.drawText("in no range", at: (24, Self.top + 156), scale: 0.6, colour: .missed)
  }

  private func draw(_ level: ReceptiveFieldReport.Level, row: Int) throws {
    let middle = levelsTop + Self.rowHeight * (Float(row) + 0.5)
    let field = level.receptiveField.bottomUp.side
    try picture.drawText(level.name, at: (24, middle - 2), scale: 0.7, colour: .ink)
    try picture.drawText(
      subtitle(level), at: (24, middle + 22), scale: 0.5, colour: .ink)
    // From one cell to the whole field, and on it the sizes that suit.
    let cell = max(1, level.stride.side)
    try picture.drawLine(
      from: (scale.x(cell), middle), to: (scale.x(field), middle), colour: .field, thickness: 4)
    try drawTick(scale.x(cell), middle, 18, .cell)
    try drawTick(scale.x(field), middle, 12, .field)
    let range = level.objectRange
    try picture.drawRectangle(
      Box(
        left: scale.x(range.low), top: middle - 11, right: scale.x(range.high),
        bottom: middle + 11),
      colour: .range, thickness: nil)
    try picture.drawText(
      "\(rounded(range.low)) - \(rounded(range.high))", at: (scale.x(range.low) + 8, middle + 6),
      scale: 0.5, colour: .white)
    try picture.drawText(
      "\(rounded(field))", at: (scale.x(field) - 14, middle - 20), scale: 0.5, colour: .field)
  }

  private func subtitle(_ level: ReceptiveFieldReport.Level) -> String {
    let stride = "stride \(rounded(level.stride.side))"
    return level.objectShare.map { String(format: "\(stride), %.0f %%", 100 * $0) } ?? stride
  }

  private func drawTick(_ x: Float, _ y: Float, _ half: Float, _ colour: Colour) throws {
    try picture.drawLine(from: (x, y - half), to: (x, y + half), colour: colour, thickness: 4)
  }

  private func drawLegend() throws {
    let y = axisY + 88
    let entries: [(Colour, String)] = [
      (.cell, "one cell (stride)"), (.range, "object sizes that suit"), (.field, "bottom-up field"),
    ]
    var x: Float = scale.left
    for (colour, text) in entries {
      try picture.drawRectangle(
        Box(left: x, top: y - 12, right: x + 18, bottom: y + 4), colour: colour, thickness: nil)
      try picture.drawText(text, at: (x + 26, y + 2), scale: 0.6, colour: .ink)
      x += 40 + 12.5 * Float(text.count)
    }
  }
}

/// Maps pixels to places along a chart, each doubling equally wide.
private struct OctaveScale {
  let left: Float
  let right: Float
  /// Whole powers of two to mark.
  let octaves: ClosedRange<Int>

  init(_ report: ReceptiveFieldReport, left: Float, right: Float) {
    self.left = left
    self.right = right
    var values = report.levels.flatMap { level in
      [level.stride.side, level.objectRange.low, level.receptiveField.bottomUp.side]
    }
    if let histogram = report.objects?.histogram,
      let first = histogram.firstIndex(where: { $0 > 0 })
    {
      let bins = Double(ObjectCensus.binsPerOctave)
      values += [pow(2, Double(first) / bins), pow(2, Double(histogram.count) / bins)]
    }
    let lowest = max(1, values.filter { $0 > 0 }.min() ?? 1)
    let highest = max(2 * lowest, values.max() ?? 2)
    octaves = Int(log2(lowest).rounded(.down))...Int(log2(highest).rounded(.up))
  }

  func x(_ value: Double) -> Float {
    let octave = Float(log2(max(1, value))) - Float(octaves.lowerBound)
    return left + (right - left) * octave / Float(octaves.upperBound - octaves.lowerBound)
  }
}

private func rounded(_ value: Double) -> String { String(Int(value.rounded())) }
