/// Lines over one axis.
package struct LineChart: Plot {
  package struct Line: Sendable {
    package var name: String
    package var points: [(x: Double, y: Double)]
    /// Drawn in ink and thicker: what the others are parts of.
    package var isWhole: Bool

    package init(_ name: String, _ points: [(x: Double, y: Double)], isWhole: Bool = false) {
      self.name = name
      self.points = points
      self.isWhole = isWhole
    }
  }

  package var title: String
  package var horizontal: String
  package var vertical: String
  package var lines: [Line]
  /// Of both axes; nil: from the data.
  package var xRange: ClosedRange<Double>?
  package var yRange: ClosedRange<Double>?
  /// Points marked with a circle, none of a line.
  package var marks: [(x: Double, y: Double)] = []
  /// Between tics of the horizontal axis; nil: as suits.
  package var xStep: Double?
  package var width = 620
  package var height = 380

  package init(
    _ title: String, horizontal: String, vertical: String, lines: [Line],
    xRange: ClosedRange<Double>? = nil, yRange: ClosedRange<Double>? = nil
  ) {
    self.title = title
    self.horizontal = horizontal
    self.vertical = vertical
    self.lines = lines
    self.xRange = xRange
    self.yRange = yRange
  }

  /// So few points are shown as such.
  private static let fewPoints = 40

  package var script: String {
    var text = lines.enumerated().map {
      PlotScript.block("line\($0)", $1.points.map { [$0.x, $0.y] })
    }
    .joined()
    text += PlotScript.block("marks", marks.map { [$0.x, $0.y] })
    text += PlotScript.titles(title, horizontal: horizontal, vertical: vertical)
    if let xRange { text += "set xrange [\(xRange.lowerBound):\(xRange.upperBound)]\n" }
    if let yRange { text += "set yrange [\(yRange.lowerBound):\(yRange.upperBound)]\n" }
    if let xStep { text += "set xtics \(xStep)\n" }
    // One line is what the title says.
    text +=
      lines.count == 1
      ? "unset key\n"
      : "set key outside right top vertical Left reverse samplen 1.5 textcolor '#1f2328'\n"
    let shown = lines.enumerated().map { index, line in command(index, line) }
    let circles =
      marks.isEmpty
      ? [] : ["$marks using 1:2 with points pointtype 6 pointsize 1 linecolor '#1f2328' notitle"]
    return text + "plot " + (shown + circles).joined(separator: ", \\\n  ") + "\n"
  }

  private func command(_ index: Int, _ line: Line) -> String {
    let coloured = lines.prefix(index).count { !$0.isWhole }
    let colours = PlotScript.colours
    let colour = line.isWhole ? "#1f2328" : colours[coloured % colours.count]
    // Colours come round again with another dash.
    let dash = line.isWhole ? 1 : 1 + coloured / colours.count % 4
    let size = line.points.count == 1 ? 0.9 : 0.35
    let style =
      line.points.count <= Self.fewPoints
      ? "linespoints pointtype 7 pointsize \(size)" : "lines"
    return "$line\(index) using 1:2 with \(style) linecolor '\(colour)' "
      + "linewidth \(line.isWhole ? 2.4 : 1.6) dashtype \(dash) "
      + "title \(PlotScript.quoted(line.name))"
  }
}
