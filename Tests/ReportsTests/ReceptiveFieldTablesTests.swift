import Images
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
    for text in [report.text, report.markdown(picture: nil)] {
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

  @Test func markdownShowsTheChartAndEveryLayer() {
    let report = report(objects: nil)
    let text = report.markdown(picture: "receptive-field.png")
    #expect(text.contains("(receptive-field.png)"))
    #expect(report.layers.allSatisfy { text.contains("| \($0.name) |") })
  }

  @Test func chartGrowsWithLevelsAndData() throws {
    let plain = try ReceptiveFieldChart.picture(of: report(objects: nil))
    let full = try ReceptiveFieldChart.picture(of: report(objects: objects))
    #expect(full.height > plain.height && full.width == plain.width)
    let colours = full.withPixels { pixels in
      Set(stride(from: 0, to: pixels.count, by: 3).map { [pixels[$0], pixels[$0 + 1]] })
    }
    // Bars, lines and text over white, not an empty page.
    #expect(colours.count > 8)
  }

  @Test func chartOfNoObjectsAndOfOneLevelCanBeDrawn() throws {
    #expect(try ReceptiveFieldChart.picture(of: report(objects: [])).height > 0)
    let graph = Graph.trace { $0.spatialMean.output("class") }
    let analysis = FieldAnalysis(graph, inputs: [Shape(channels: 3, height: 32, width: 32)])
    let report = ReceptiveFieldReport(model: "mean", analysis: analysis)
    #expect(try ReceptiveFieldChart.picture(of: report).height > 0)
  }
}
