import Foundation
import Networks
import ReceptiveFields
import Testing

@Suite struct ReceptiveFieldReportTests {
  /// Fields of 40 and 400 pixels at strides 4 and 32, no drift.
  private let graph = Graph.trace { image in
    let fine = image.through(
      "fine", Convolution(channels: 2, kernel: 40, stride: 4, padding: 18))
    fine.through("class", Convolution(channels: 2, kernel: 1)).output("p2.class")
    fine.output("p2.box")
    image.through("coarse", Convolution(channels: 2, kernel: 400, stride: 32, padding: 184))
      .output("p5.box")
  }

  private func report(_ objects: [ObjectSize]? = nil) -> ReceptiveFieldReport {
    let picture = Shape(channels: 3, height: 64, width: 64)
    let analysis = FieldAnalysis(graph, inputs: [picture])
    return ReceptiveFieldReport(model: "two levels", analysis: analysis, objects: objects)
  }

  @Test func outputsOfOneNameAreOneLevelMeasuredAtItsBox() {
    let levels = report().levels
    #expect(levels.map(\.name) == ["p2", "p5"])
    #expect(levels[0].outputs == ["p2.class", "p2.box"])
    #expect(levels[0].measured == "p2.box")
    #expect(levels.map(\.stride) == [AxisPair(4, 4), AxisPair(32, 32)])
    #expect(levels.map(\.objectRange) == [ClosedInterval(4, 20), ClosedInterval(40, 200)])
    #expect(levels.map(\.offset) == [AxisPair(2, 2), AxisPair(16, 16)])
  }

  @Test func sharesCountObjectsByTheirSide() {
    let objects = [
      ObjectSize(width: 8, height: 8), ObjectSize(width: 2, height: 50),
      ObjectSize(width: 30, height: 30), ObjectSize(width: 100, height: 100),
      ObjectSize(width: 3, height: 3), ObjectSize(width: 300, height: 300),
      ObjectSize(width: 450, height: 10), ObjectSize(width: 500, height: 500),
      ObjectSize(width: 0, height: 9),
    ]
    let report = report(objects)
    // Sides: 8, 10 | 30 | 100, √4500 = 67 | 3 | 300, 500.
    #expect(report.levels.map(\.objectShare) == [0.25, 0.25])
    #expect(report.objects?.count == 8 && report.objects?.empty == 1)
    #expect(report.objects?.shareInNone == 0.5)
    #expect(report.objects?.shareBelow == 0.125)
    #expect(report.objects?.shareAbove == 0.25)
    #expect(report.objects?.shareUnderCell == 0.125)
    #expect(report.objects?.shareBeyondFields == 0.25)
    #expect(report.objects?.histogram.reduce(0, +) == 8)
    // log₂ 8 = 3: bin 12.
    #expect(report.objects?.histogram[12] == 1)
  }

  @Test func classesAreCountedApart() throws {
    let picture = Shape(channels: 3, height: 64, width: 64)
    // Sides 10 and 50 suit p2 and p5; 30 suits neither, 3 is under a cell, 0 has no area.
    let report = ReceptiveFieldReport(
      model: "m", analysis: FieldAnalysis(graph, inputs: [picture]),
      objects: [
        ObjectSize(width: 10, height: 10), ObjectSize(width: 50, height: 50, label: 1),
        ObjectSize(width: 30, height: 30, label: 1), ObjectSize(width: 3, height: 3, label: 1),
        ObjectSize(width: 0, height: 3, label: 1), ObjectSize(width: 12, height: 12, label: 1),
      ], classNames: ["fits", "mixed", "absent"])
    let classes = try #require(report.objects?.perClass)
    #expect(classes.map(\.label) == ["fits", "mixed", "absent"])
    #expect(classes.map(\.count) == [1, 4, 0])
    #expect(classes.map(\.shareInNone) == [0, 0.5, 0])
    #expect(classes[1].shareBelow == 0.25 && classes[1].shareUnderCell == 0.25)
    #expect(classes[1].levelShares == [0.25, 0.25] && classes[0].levelShares == [1, 0])
    // Of 3, 12, 30, 50 the upper middle.
    #expect(classes[1].medianSide == 30 && classes[2].medianSide == nil)
    #expect(report.objects?.shareInNone == 0.4)
  }

  @Test func classesThatFareWorseAreNamed() {
    let objects =
      (0..<18).map { _ in ObjectSize(width: 10, height: 10) }
      + [ObjectSize(width: 3, height: 3, label: 1), ObjectSize(width: 10, height: 10, label: 1)]
    let report = ReceptiveFieldReport(
      model: "m",
      analysis: FieldAnalysis(graph, inputs: [Shape(channels: 3, height: 64, width: 64)]),
      objects: objects, classNames: ["cell", "speck"])
    let named = report.findings.map(\.message).filter { $0.contains("speck") }
    #expect(
      named == [
        "in no level's range, against 5.0 % of all objects: 50.0 % of speck (1 of 2)"
      ])
    #expect(!report.findings.contains { $0.message.contains(" of cell (") })
  }

  @Test func findingsSayWhatIsMissed() {
    let messages = report([
      ObjectSize(width: 30, height: 30), ObjectSize(width: 500, height: 500),
      ObjectSize(width: 3, height: 3), ObjectSize(width: 10, height: 0),
    ]).findings.map(\.message)
    #expect(messages.contains { $0.hasPrefix("sides from 20 to 40 px suit neither p2 nor p5") })
    #expect(messages.contains { $0.contains("(1) are higher or wider than every field") })
    #expect(messages.contains { $0.contains("(1) are smaller than one cell") })
    #expect(messages.contains { $0.contains("(1) fall between") })
    #expect(messages.contains { $0.hasPrefix("no object is in the range of p2") })
    #expect(messages.contains { $0.hasPrefix("1 objects without area") })
  }

  @Test func driftAndGatesAreFound() {
    let graph = Graph.trace { image in
      let x = image.through(
        "shift", Convolution(channels: 2, kernel: 3, stride: 2, padding: 0)
      )
      x.gated(by: x.spatialMean).output("p1.box")
      image.through("slight", Convolution(channels: 2, kernel: 3, stride: 4, padding: 0))
        .output("p2.box")
    }
    let analysis = FieldAnalysis(graph, inputs: [Shape(channels: 3, height: 33, width: 33)])
    let report = ReceptiveFieldReport(model: "m", analysis: analysis)
    #expect(report.levels.map(\.gated) == [true, false])
    // 1½ − 1 = ½ px of 2 px; 1½ − 2 = −½ px of 4 px.
    #expect(report.levels.map(\.drift) == [AxisPair(0.5, 0.5), AxisPair(-0.5, -0.5)])
    let drifts = report.findings.filter { $0.message.contains("centred") }
    #expect(drifts.map(\.level) == ["p1", "p2"])
    #expect(report.findings.contains { $0.level == "p1" && $0.message.contains("gated") })
  }

  @Test func jsonHasTheKeysOfTheContract() throws {
    let data = try JSONEncoder().encode(report([ObjectSize(width: 8, height: 8)]))
    let json = try #require(try JSONSerialization.jsonObject(with: data) as? [String: Any])
    let levels = try #require(json["levels"] as? [[String: Any]])
    #expect(levels[0]["name"] as? String == "p2")
    #expect(levels[0]["stride"] as? [Double] == [4, 4])
    #expect(levels[0]["offset"] as? [Double] == [2, 2])
    #expect(levels[0]["gated"] as? Bool == false)
    #expect(levels[0]["objectRange"] as? [Double] == [4, 20])
    let field = try #require(levels[0]["receptiveField"] as? [String: [Double]])
    #expect(
      field["bottomUp"] == [40, 40] && field["min"] == [40, 40] && field["max"] == [40, 40])
    #expect((json["layers"] as? [[String: Any]])?.count == graph.nodes.count)
    let findings = try #require(json["findings"] as? [[String: Any]])
    #expect(findings.allSatisfy { $0["severity"] is String && $0["message"] is String })
    let decoded = try JSONDecoder().decode(ReceptiveFieldReport.self, from: data)
    #expect(decoded == report([ObjectSize(width: 8, height: 8)]))
  }
}
