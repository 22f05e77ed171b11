import Foundation
import FoundationXML
import Reports
import Testing

/// Those that draw need gnuplot, which `make libraries` installs.
@Suite struct PlotTests {
  private static let hostile = [
    "it's", "'; system('touch \(scratch)/a'); x = '", "`touch \(scratch)/b`",
    "\"`touch \(scratch)/c`\"", "@macro $HOME", "50 % %d %s", "{/Bold x}_1^2", "line\nsystem('x')",
    "<svg onload='x'>&amp;", "\\", "ends in \\", "",
  ]
  private static let scratch = FileManager.default.temporaryDirectory
    .appendingPathComponent("dldetect-hostile-\(ProcessInfo.processInfo.processIdentifier)").path

  private func drawn(_ plot: some Plot) throws -> String {
    String(decoding: try Gnuplot().svg(plot), as: UTF8.self)
  }

  /// Names of classes are drawn as they are and do nothing.
  @Test func namesAreTextOnly() throws {
    try FileManager.default.createDirectory(
      atPath: Self.scratch, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(atPath: Self.scratch) }
    for name in Self.hostile {
      let line = try drawn(
        LineChart(
          name, horizontal: name, vertical: name, lines: [.init(name, [(0, 0), (1, 1)])]))
      let counts = [[1, 2, 0], [0, 30, 4], [1, 1, 1]]
      let map = try drawn(
        HeatMap(
          name, vertical: name, horizontal: name, labels: [name, name, "b"], counts: counts))
      for drawing in [line, map] {
        let parser = XMLParser(data: Data(drawing.utf8))
        #expect(parser.parse(), "\(name): \(parser.parserError.map { "\($0)" } ?? "")")
        #expect(!drawing.contains("onload='x'>&amp;\""))
      }
    }
    #expect(try FileManager.default.contentsOfDirectory(atPath: Self.scratch).isEmpty)
    let quote = try drawn(
      LineChart("it's {/Bold x}_1", horizontal: "", vertical: "", lines: [.init("a", [(0, 1)])]))
    #expect(quote.contains("it’s {/Bold x}_1"))
  }

  /// 3 of 4 in a row: its count stands there, and a cell of 0 has none.
  @Test func countsStandInTheirCells() throws {
    let map = HeatMap(
      "", vertical: "", horizontal: "", labels: ["100 %", "b"], counts: [[71, 72], [0, 73]])
    let drawing = try drawn(map)
    for count in [71, 72, 73] { #expect(drawing.contains("<text>\(count)</text>")) }
    #expect(!drawing.contains("<text>0</text></g>"))
    #expect(drawing.contains("<text>100 %</text>"))
  }

  @Test func whatIsNoNumberLeavesAGap() throws {
    let line = LineChart.Line("a", [(0, 1), (1, .nan), (2, .infinity), (3, 2)])
    #expect(
      try drawn(LineChart("t", horizontal: "x", vertical: "y", lines: [line])).contains("svg"))
  }

  @Test func absenceOfGnuplotIsSaidOnceWithTheRemedy() {
    var said: [String] = []
    var charts = DrawnCharts(path: "/nowhere:/nowhere/else") { said.append($0) }
    let chart = LineChart("t", horizontal: "x", vertical: "y", lines: [.init("a", [(0, 0)])])
    for _ in 0..<3 { #expect(charts.figure("a", chart, alternative: "") == nil) }
    #expect(said.count == 1 && said[0].contains("apt install gnuplot-nox"))
    #expect(charts.note != nil)
  }

  /// What gnuplot says stands in the error, and the report goes on.
  @Test func brokenScriptIsAFailure() throws {
    struct Broken: Plot {
      let width = 100
      let height = 100
      let script = "plot 'no such file'\n"
    }
    var said: [String] = []
    var charts = DrawnCharts { said.append($0) }
    #expect(charts.figure("a", Broken(), alternative: "") == nil)
    #expect(said.count == 1 && said[0].hasPrefix("gnuplot drew no chart: "))
  }
}
