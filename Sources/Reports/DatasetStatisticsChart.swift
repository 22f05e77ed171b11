import Boxes
import Datasets
import Foundation
import Images

/// A data set's histograms as a picture: sizes of objects in their pictures and at the training
/// size, their aspect, and how many stand in one picture.
package struct DatasetStatisticsChart {
  private let statistics: DatasetStatistics

  private static let colours: [Colour] = [.suited, .missed, .range]
  private static let width: Float = 1280
  private static let margin: Float = 40
  private static let top: Float = 84
  private static let panelHeight: Float = 330

  package static func picture(of statistics: DatasetStatistics) throws -> Picture {
    let chart = DatasetStatisticsChart(statistics: statistics)
    let picture = try Picture(
      width: Int(width), height: Int(top + 2 * panelHeight), filledWith: .white)
    try chart.drawHeading(picture)
    for (index, panel) in chart.panels.enumerated() {
      try panel.draw(into: picture, in: frame(index), colours: colours)
    }
    return picture
  }

  private static func frame(_ index: Int) -> Box {
    let panelWidth = (width - 3 * margin) / 2
    let left = margin + Float(index % 2) * (panelWidth + margin)
    let top = top + Float(index / 2) * panelHeight
    return Box(left: left, top: top, right: left + panelWidth, bottom: top + panelHeight - 20)
  }

  private func drawHeading(_ picture: Picture) throws {
    let name = (statistics.source as NSString).lastPathComponent
    try picture.drawText("\(name): objects", at: (Self.margin, 36), scale: 0.9, colour: .ink)
    var x = Self.margin
    for (split, colour) in zip(statistics.splits, Self.colours) {
      let text = "\(split.split): \(split.objects) objects in \(split.pictures) pictures"
      try picture.drawRectangle(
        Box(left: x, top: 52, right: x + 16, bottom: 68), colour: colour, thickness: nil)
      try picture.drawText(text, at: (x + 24, 66), scale: 0.55, colour: .ink)
      x += 52 + 11 * Float(text.count)
    }
  }

  private var panels: [HistogramPanel] {
    let splits = statistics.splits
    let size = statistics.size
    let extent = size[0] == size[1] ? "\(size[0])" : "\(size[0])x\(size[1])"
    return [
      sizes("sides (square root of area), pixels of the pictures", splits.map(\.shapes.native)),
      sizes("sides at training size \(extent)", splits.map(\.shapes.training)),
      logarithmic("width / height", splits.map(\.shapes.aspectHistogram)),
      crowding,
    ]
  }

  /// With lines at 32 and 96 pixels, where COCO's small and medium objects end.
  private func sizes(_ title: String, _ sizes: [SizeStatistics]) -> HistogramPanel {
    logarithmic(title, sizes.map(\.sideHistogram), bounds: [32, 96])
  }

  private func logarithmic(
    _ title: String, _ histograms: [LogHistogram], bounds: [Double] = []
  ) -> HistogramPanel {
    let perOctave = Double(LogHistogram.binsPerOctave)
    func index(_ edge: Double) -> Int { Int((perOctave * log2(edge)).rounded()) }
    let all = histograms.flatMap(\.bins)
    guard let first = all.map({ index($0.low) }).min(), let last = all.map({ index($0.low) }).max()
    else { return HistogramPanel(title: title, shares: [], ticks: []) }
    let shares = histograms.map { histogram in
      var counts = Array(repeating: 0, count: last - first + 1)
      for bin in histogram.bins { counts[index(bin.low) - first] = bin.count }
      return Self.shares(counts)
    }
    let ticks = (first...last + 1).filter { $0 % LogHistogram.binsPerOctave == 0 }.map {
      HistogramPanel.Tick(
        place: Double($0 - first), label: Self.power($0 / LogHistogram.binsPerOctave))
    }
    return HistogramPanel(
      title: title, shares: shares, ticks: ticks,
      bounds: bounds.map { perOctave * log2($0) - Double(first) })
  }

  /// Pictures by their number of objects, at most forty bins.
  private var crowding: HistogramPanel {
    let histograms = statistics.splits.map(\.crowding.pictureHistogram)
    let most = histograms.map(\.count).max() ?? 1
    let width = (most + 39) / 40
    let shares = histograms.map { histogram in
      var counts = Array(repeating: 0, count: (most + width - 1) / width)
      for (objects, pictures) in histogram.enumerated() { counts[objects / width] += pictures }
      return Self.shares(counts)
    }
    let step = max(1, (most + 9) / 10)
    let ticks = stride(from: 0, to: most, by: step).map {
      HistogramPanel.Tick(place: (Double($0) + 0.5) / Double(width), label: "\($0)")
    }
    return HistogramPanel(title: "objects in a picture", shares: shares, ticks: ticks)
  }

  private static func shares(_ counts: [Int]) -> [Double] {
    let total = max(1, counts.reduce(0, +))
    return counts.map { Double($0) / Double(total) }
  }

  /// 2 to a power, fractions as such.
  private static func power(_ exponent: Int) -> String {
    exponent < 0 ? "1/\(1 << -exponent)" : "\(1 << exponent)"
  }
}
