import Foundation
import ReceptiveFields

/// Along one logarithmic axis of pixels: above, how many objects have which size; below, for each level
/// its cell, the sizes of objects that it can detect, and its bottom-up field.
package struct ReceptiveFieldPlot: Plot {
  private let report: ReceptiveFieldReport

  package init(_ report: ReceptiveFieldReport) { self.report = report }

  /// Of a level's row, pixels.
  private static let row = 52
  /// Of the histogram, rows.
  private static let histogramRows = 3.4
  private static let frame = 150

  package let width = 940
  package var height: Int {
    let histogram = report.objects == nil ? 0 : Self.histogramRows
    return Self.frame + Int(Double(Self.row) * (Double(report.levels.count) + histogram))
  }

  /// What it shows, in words.
  package var alternative: String {
    let levels = report.levels.map { level in
      "\(level.name) from \(whole(level.objectRange.low)) to \(whole(level.objectRange.high))"
    }
    return "Sizes of objects that suit each level, in pixels of the input: "
      + levels.joined(separator: ", ") + (report.objectSentence.first.map { ". \($0)" } ?? "")
  }

  package var script: String {
    let top = Double(report.levels.count) + (report.objects == nil ? 0 : Self.histogramRows)
    let bounds = octaves
    let tics = bounds.map { String(1 << $0) }
    var text = """
      \(PlotScript.titles(title))set logscale x 2
      set xrange [\(tics[0]):\(tics[tics.count - 1])]
      set yrange [0:\(top)]
      set xtics scale 0 (\(tics.joined(separator: ", ")))
      set ytics scale 0 (\(levelTics))
      set grid noytics
      set border 1
      set key below horizontal maxcols 3 Left reverse samplen 1.2 textcolor '#1f2328'
      set rmargin 5
      set style fill solid 1 noborder
      set format x '%g'

      """
    let layers = layers
    for (index, layer) in layers.enumerated() {
      text += PlotScript.block("layer\(index)", layer.rows)
    }
    text += PlotScript.block("labels", report.levels.enumerated().map(labels))
    let boxes = layers.indices.map { index in
      "$layer\(index) with boxxyerror linecolor '\(layers[index].colour)' "
        + "title \(PlotScript.quoted(layers[index].name))"
    }
    let numbers = [
      "$labels using 1:2:(sprintf('%d – %d', $3, $4)) with labels textcolor '#ffffff' notitle",
      "$labels using 5:2:(sprintf('%d', $5)) with labels offset 0,1 textcolor '#656d76' notitle",
    ]
    return text + "plot " + (boxes + numbers).joined(separator: ", \\\n  ") + "\n"
  }

  private var title: String {
    let size = "\(report.model) at \(report.size[0])×\(report.size[1])"
    return size + (report.objects == nil ? ", pixels" : ", pixels; √area of objects")
  }

  private var levelTics: String {
    report.levels.enumerated().map { index, level in
      var name = "\(level.name), stride \(whole(level.stride.side))"
      if let share = level.objectShare {
        name += String(format: ", %.0f %% of objects", 100 * share)
      }
      return "\(PlotScript.tic(name)) \(middle(index))"
    }.joined(separator: ", ")
  }

  private func middle(_ index: Int) -> Double { Double(report.levels.count - index) - 0.5 }

  /// Rectangles: x, y, and the least and greatest of both.
  private struct Layer {
    var name: String
    var colour: String
    var rows: [[Double]]
  }

  private var layers: [Layer] {
    let levels = report.levels.enumerated()
    func bars(_ half: Double, _ extent: (ReceptiveFieldReport.Level) -> (Double, Double))
      -> [[Double]]
    {
      levels.map { index, level in
        let (low, high) = extent(level)
        let y = middle(index)
        return [(low * high).squareRoot(), y, low, high, y - half, y + half]
      }
    }
    return [
      Layer(
        name: "bottom-up field", colour: "#8c959f",
        rows: bars(0.06) { (max(1, $0.stride.side), max(1, $0.receptiveField.bottomUp.side)) }),
      Layer(
        name: "object sizes that suit", colour: "#1a7f5a",
        rows: bars(0.2) { (max(1, $0.objectRange.low), max(1, $0.objectRange.high)) }),
      Layer(
        name: "one cell (stride)", colour: "#e69f00",
        rows: bars(0.26) { (max(1, $0.stride.side) * 0.985, max(1, $0.stride.side) * 1.015) }),
      Layer(name: "objects in a level’s range", colour: "#5b7fa6", rows: histogram(suiting: true)),
      Layer(name: "objects in none", colour: "#cd5c46", rows: histogram(suiting: false)),
    ].filter { !$0.rows.isEmpty }
  }

  /// The range's middle, y, its ends, and the field's end.
  private func labels(_ index: Int, _ level: ReceptiveFieldReport.Level) -> [Double] {
    let (low, high) = (max(1, level.objectRange.low), max(1, level.objectRange.high))
    return [
      (low * high).squareRoot(), middle(index), low.rounded(), high.rounded(),
      max(1, level.receptiveField.bottomUp.side).rounded(),
    ]
  }

  private func histogram(suiting: Bool) -> [[Double]] {
    guard let objects = report.objects, let tallest = objects.histogram.max(), tallest > 0 else {
      return []
    }
    let floor = Double(report.levels.count) + 0.25
    let bins = Double(ObjectCensus.binsPerOctave)
    return objects.histogram.enumerated().compactMap { bin, count in
      let (low, high) = (pow(2, Double(bin) / bins), pow(2, Double(bin + 1) / bins))
      let middle = (low * high).squareRoot()
      let suits = report.levels.contains { $0.objectRange.contains(middle) }
      guard count > 0, suits == suiting else { return nil }
      let height = (Self.histogramRows - 0.5) * Double(count) / Double(tallest)
      return [middle, floor, low * 1.01, high * 0.99, floor, floor + max(0.04, height)]
    }
  }

  /// Whole powers of two that hold everything.
  private var octaves: ClosedRange<Int> {
    var values = report.levels.flatMap { level in
      [level.stride.side, level.objectRange.low, level.receptiveField.bottomUp.side]
    }
    if let histogram = report.objects?.histogram,
      let first = histogram.firstIndex(where: { $0 > 0 }),
      let last = histogram.lastIndex(where: { $0 > 0 })
    {
      values += [first, last + 1].map { pow(2, Double($0) / Double(ObjectCensus.binsPerOctave)) }
    }
    let lowest = max(1, values.filter { $0 > 0 }.min() ?? 1)
    let highest = max(2 * lowest, values.max() ?? 2)
    return Int(log2(lowest).rounded(.down))...Int(log2(highest).rounded(.up))
  }
}

private func whole(_ value: Double) -> String { String(Int(value.rounded())) }
