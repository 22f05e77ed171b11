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
    for text in [report.text, document(report).text] {
      #expect(text.contains("strided layer"))
      #expect(text.contains("p5 31 px"))
    }
    let rows = report.text.split(separator: "\n").filter { $0.hasPrefix("conv") }
    #expect(rows.count == 5)
    #expect(report.levels.map(\.alignment.unusedPadding.vertical) == [7, 15, 31])
  }

  @Test func objectsAreScaledAsLetterboxesDo() {
    for (width, height) in [(640, 480), (333, 1000), (50, 20)] {
      let picture = DataObjects.Picture(
        width: width, height: height, objects: [ObjectSize(width: 10, height: 7)])
      let letterbox = Letterbox(
        pictureWidth: width, pictureHeight: height, canvasWidth: 320, canvasHeight: 256)
      let data = DataObjects(pictures: [picture], classNames: [])
      #expect(
        data.sizes(on: Extent(height: 256, width: 320))
          == [ObjectSize(width: 10 * letterbox.scale, height: 7 * letterbox.scale)])
    }
  }

  @Test func adviceStandsInTextAndMarkdown() {
    let graph = Graph.trace { image in
      image.through("only", Convolution(channels: 2, kernel: 40, stride: 8, padding: 16))
        .output("p3.box")
    }
    let size = Extent(64)
    let objects = DataObjects(
      pictures: [
        DataObjects.Picture(
          width: 128, height: 128,
          objects: [ObjectSize(width: 6, height: 6), ObjectSize(width: 50, height: 50, label: 1)])
      ], classNames: ["small", "large"])
    var report = ReceptiveFieldReport(
      model: "m", analysis: FieldAnalysis(graph, inputs: [graph.pictureShape(size)]),
      objects: objects.sizes(on: size), classNames: objects.classNames)
    report.advice =
      Advisor(
        Advisor.Networks(present: PricedGraph(graph), multiple: 16, largestSide: 8192),
        size: size, objects: objects
      ).advice
    for (text, escaped) in [(report.text, false), (document(report).text, true)] {
      #expect(text.contains("small") && text.contains("large"))
      #expect(text.contains("64×64 (now)") && text.contains("192×192"))
      // 50 goes up to 56: a step of 8 is left.
      #expect(text.contains("56×56") && !text.contains("left out"))
      #expect(report.advice?.remedies.isEmpty == false)
      for remedy in report.advice?.remedies ?? [] {
        #expect(text.contains(escaped ? MarkdownWriter.escaped(remedy.message) : remedy.message))
      }
    }
  }

  @Test func networksStandSideBySideByLevel() throws {
    func network(_ name: String, _ size: Int, levels: ClosedRange<Int>)
      -> ReceptiveFieldComparison.Network
    {
      let graph = Graph.trace { image in
        var x = image
        for level in 1...5 {
          x = x.through("conv\(level)", Convolution(channels: 2, kernel: 5, stride: 2))
          if levels.contains(level) { x.output("p\(level).box") }
        }
      }
      let report = ReceptiveFieldReport(
        model: "strides",
        analysis: FieldAnalysis(graph, inputs: [Shape(channels: 3, height: size, width: size)]),
        objects: objects, classNames: ["thing"])
      return ReceptiveFieldComparison.Network(
        name: name, report: report, figures: FieldFigures(report))
    }
    let comparison = ReceptiveFieldComparison([
      network("a", 320, levels: 3...5), network("b", 640, levels: 2...4),
    ])
    func row(_ name: String) throws -> ReceptiveFieldComparison.Row {
      try #require(comparison.rows.first { $0.name == name })
    }
    #expect(comparison.names == ["a", "b"])
    #expect(try row("input").texts == ["320×320", "640×640"])
    // 1 + 4·(1 + 2 + … ) pixels.
    #expect(try row("p2 field").texts == ["–", "13"] && row("p5 field").texts == ["125", "–"])
    #expect(try row("p3 field").texts == ["29", "29"])
    let costs = try #require(row("multiply-adds").values)
    #expect(costs[1] == 4 * costs[0]!)
    #expect(try row("uncovered").values == row("uncovered[thing]").values)
    #expect(!comparison.rows.contains { $0.name == "unassigned" })
    // Half of 125 px bounds a, half of 61 px b.
    #expect(try row("above").values![0]! < row("above").values![1]!)
    var charts = DrawnCharts { Issue.record("\($0)") }
    let document = MarkdownWriter(
      comparison.document(RunEnvironment(version: "1", began: nil), &charts), pictures: "pictures")
    for text in [comparison.text, document.text] { #expect(text.contains("p4 object sides")) }
    #expect(document.text.contains("(pictures/receptive-field-2.svg)"))
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
    #expect(drawing.contains("five strides at 320×320, pixels; √area of objects"))
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
