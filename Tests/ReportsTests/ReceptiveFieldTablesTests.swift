import Networks
import ReceptiveFields
import Reports
import Testing

@Suite struct ReceptiveFieldTablesTests {
  private func report(objects: [ObjectSize]?) -> ReceptiveFieldReport {
    let graph = Graph.trace { image in
      var x = image
      for level in 1...5 {
        x = x.through("conv\(level)", Convolution(channels: 2, kernel: 5, stride: 2))
        if level > 2 { x.output("p\(level).box") }
      }
    }
    let picture = Shape(channels: 3, height: 320, width: 320)
    let analysis = FieldAnalysis(graph, inputs: [picture])
    return ReceptiveFieldReport(model: "five strides", analysis: analysis, objects: objects)
  }

  private var objects: [ObjectSize] {
    (1...400).map { ObjectSize(width: Double($0 % 90) + 2, height: Double($0 % 70) + 3) }
  }

  @Test func textHasALineForEachLevelAndFinding() {
    let report = report(objects: objects)
    let lines = report.text.split(separator: "\n")
    for level in report.levels {
      #expect(lines.contains { $0.hasPrefix(level.name + " ") && $0.hasSuffix("%") })
    }
    // 1 + 4·(1 + 2 + 4) pixels at stride 8.
    #expect(lines.contains { $0.hasPrefix("p3") && $0.contains("29") })
    #expect(report.findings.allSatisfy { report.text.contains($0.message) })
  }

  @Test func alignmentStandsInTextAndMarkdown() {
    let report = report(objects: nil)
    // 5×5 kernels of stride 2 with padding 2 leave one cell of padding unused at even inputs:
    // 1 + 2 + 4 pixels at p3, 31 at p5; 2·159 − 2 + 5 = 321 of 322.
    for text in [report.text, document(report).text] {
      #expect(text.contains("strided layer"))
      #expect(text.contains("p5 31 px"))
    }
    let rows = report.text.split(separator: "\n").filter { $0.hasPrefix("conv") }
    #expect(rows.count == 5)
    #expect(report.levels.map(\.alignment.unusedPadding.vertical) == [7, 15, 31])
  }

  @Test func columnsStandBelowTheirHeadings() {
    var table = TextTable([("name", .left), ("count", .right)])
    table.add(["a|b", "7"])
    #expect(table.text == "name  count\na|b       7\n")
    #expect(table.markdown == "| name | count |\n| --- | ---: |\n| a\\|b | 7 |\n")
  }

  private func document(_ report: ReceptiveFieldReport) -> MarkdownWriter {
    var charts = DrawnCharts { Issue.record("\($0)") }
    let environment = RunEnvironment(version: "1", began: nil)
    return MarkdownWriter(
      ReceptiveFieldSections(report).document(environment, &charts), pictures: "pictures")
  }

  @Test func documentShowsTheChartAndEveryLayer() {
    let report = report(objects: objects)
    let text = document(report).text
    #expect(text.contains("(pictures/receptive-field.svg)"))
    #expect(report.layers.allSatisfy { text.contains("| \($0.name) |") })
    #expect(report.findings.allSatisfy { text.contains(MarkdownWriter.escaped($0.message)) })
  }

  /// Levels of 8, 16 and 32 pixels a cell; the largest bar is as high as its room.
  @Test func chartGrowsWithLevelsAndData() throws {
    let plain = ReceptiveFieldPlot(report(objects: nil))
    let full = ReceptiveFieldPlot(report(objects: objects))
    #expect(full.height > plain.height && full.width == plain.width)
    #expect(!plain.script.contains("objects in"))
    let drawing = String(decoding: try Gnuplot().svg(full), as: UTF8.self)
    for text in ["p3, stride 8", "p4, stride 16", "p5, stride 32", "objects in a level’s range"] {
      #expect(drawing.contains(text), "\(text)")
    }
  }

  @Test func chartOfNoObjectsAndOfOneLevelCanBeDrawn() throws {
    let gnuplot = try Gnuplot()
    #expect(try !gnuplot.svg(ReceptiveFieldPlot(report(objects: []))).isEmpty)
    let graph = Graph.trace { $0.spatialMean.output("class") }
    let analysis = FieldAnalysis(graph, inputs: [Shape(channels: 3, height: 32, width: 32)])
    let report = ReceptiveFieldReport(model: "mean", analysis: analysis)
    #expect(try !gnuplot.svg(ReceptiveFieldPlot(report)).isEmpty)
  }
}
