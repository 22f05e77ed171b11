/// Shares in rows and columns as shades, with the counts they are of.
package struct HeatMap: Plot {
  package var title: String
  /// Of rows and of columns.
  package var vertical: String
  package var horizontal: String
  /// Of both.
  package var labels: [String]
  /// `[row][column]`; a shade is a count's share of its row.
  package var counts: [[Int]]

  package init(
    _ title: String, vertical: String, horizontal: String, labels: [String], counts: [[Int]]
  ) {
    self.title = title
    self.vertical = vertical
    self.horizontal = horizontal
    self.labels = labels
    self.counts = counts
  }

  /// Of the square of cells, pixels; a cell has 28 at least.
  private var side: Int { max(240, min(46 * labels.count, 600), 28 * labels.count) }
  /// Room for names, by their longest.
  private var margin: Int { 9 * min(24, labels.map(\.count).max() ?? 0) }
  private static let top = 40
  private var left: Int { margin + 50 }
  package var width: Int { left + side + 110 }
  package var height: Int { Self.top + side + margin * 3 / 4 + 60 }

  private var margins: String {
    func place(_ pixels: Int, of all: Int) -> String {
      String(format: "%.4f", Double(pixels) / Double(all))
    }
    return """
      set lmargin at screen \(place(left, of: width))
      set rmargin at screen \(place(left + side, of: width))
      set tmargin at screen \(place(height - Self.top, of: height))
      set bmargin at screen \(place(height - Self.top - side, of: height))
      """
  }

  package var script: String {
    let cells = counts.enumerated().flatMap { row, counts in
      let sum = Double(max(1, counts.reduce(0, +)))
      return counts.enumerated().map { column, count in
        (column: Double(column), row: Double(row), share: Double(count) / sum, count: count)
      }
    }
    let numbers = [false, true].map { isDark in
      cells.filter { ($0.share > 0.5) == isDark && $0.count > 0 }.map {
        [$0.column, $0.row, Double($0.count)]
      }
    }
    let last = Double(labels.count) - 0.5
    var text = PlotScript.block("shades", cells.map { [$0.column, $0.row, $0.share] })
    // No block may be empty; nothing is drawn outside the axes.
    for (name, rows) in zip(["onlight", "ondark"], numbers) {
      text += PlotScript.block(name, rows + [[-9, -9, 0]])
    }
    text += """
      \(PlotScript.titles(title, horizontal: horizontal, vertical: vertical))unset grid
      unset key
      set palette defined (0 '#ffffff', 0.25 '#c6dbef', 0.6 '#4292c6', 1 '#08306b')
      set cbrange [0:1]
      set cblabel 'share of the row'
      set xrange [-0.5:\(last)]
      set yrange [\(last):-0.5]
      \(margins)
      set xtics rotate by -40 scale 0 \(PlotScript.tics(labels))
      set ytics scale 0 \(PlotScript.tics(labels))
      plot $shades using 1:2:3 with image pixels, \\
        $onlight using 1:2:(sprintf('%d', $3)) with labels textcolor '#1f2328', \\
        $ondark using 1:2:(sprintf('%d', $3)) with labels textcolor '#ffffff'

      """
    return text
  }
}
