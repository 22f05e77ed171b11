import Foundation
import Images
import Networks
import ReceptiveFields
import Reports
import Testing

@Suite struct EffectiveFieldReportTests {
  private let graph = Graph.trace(channels: 1) { x in
    x.through("c", Convolution(channels: 1, kernel: 3, hasBias: false)).output("p0.box")
  }

  private var plain: ReceptiveFieldReport {
    ReceptiveFieldReport(
      model: "m", analysis: FieldAnalysis(graph, inputs: [graph.pictureShape(8)]),
      objects: [ObjectSize(width: 1, height: 1)])
  }

  /// One pixel of 8×8, at row 3 and column 5, has all of the gradient.
  private let map: GradientMap = {
    var map = GradientMap(height: 8, width: 8, center: AxisPair(3.5, 5.5))
    var values = [Float](repeating: 0, count: 64)
    values[3 * 8 + 5] = -2
    values.withUnsafeBufferPointer { map.add($0.baseAddress!, channels: 1) }
    return map
  }()

  private var measured: ReceptiveFieldReport {
    var report = plain
    let field = EffectiveField(map, cell: [3, 5], bottomUp: AxisPair(3, 3))!
    report.take(
      ["p0": field],
      ReceptiveFieldReport.EffectiveMeasurement(weights: "weights w", pictures: "1 picture"),
      objects: [ObjectSize(width: 0.5, height: 0.5)])
    return report
  }

  @Test func measuredFieldsStandInTheText() {
    let text = measured.text
    // All in one pixel: a square of side s holds s² of it.
    for part in [
      "Effective fields of weights w, from gradients on 1 picture.", "p0             3      0.7",
      "0.2 to 0.9", "0.0 % of objects in no level's effective range",
    ] {
      #expect(text.contains(part), "\(part) is not in \(text)")
    }
    #expect(!plain.text.contains("ffective"))
  }

  @Test func documentsShowTheHeatMaps() throws {
    var charts = DrawnCharts { _ in }
    let figure = try EffectiveFieldPicture.illustration(of: map, measured.levels[0], model: "m")
    let document = ReceptiveFieldSections(measured).document(
      RunEnvironment(version: "0", began: Date()), &charts, heatMaps: [figure])
    #expect(document.sections.contains { $0.title == "Effective fields" })
    #expect(document.illustrations.contains { $0.name == "effective-p0" && $0.format == .png })
    let plainDocument = ReceptiveFieldSections(plain).document(
      RunEnvironment(version: "0", began: Date()), &charts)
    #expect(!plainDocument.sections.contains { $0.title == "Effective fields" })
  }

  @Test func heatLiesWhereTheGradientIs() throws {
    let picture = try EffectiveFieldPicture.picture(of: map, measured.levels[0], model: "m")
    // Enlarged 70 times below a heading of 58 pixels.
    #expect(picture.width == 560)
    func colour(row: Int, column: Int) -> [UInt8] {
      let pixel = (58 + row * 70 + 35) * 560 + column * 70 + 35
      return picture.withPixels { Array($0[3 * pixel..<3 * pixel + 3]) }
    }
    #expect(colour(row: 3, column: 5) == [253, 231, 37])
    #expect(colour(row: 7, column: 1) == [68, 1, 84])
  }
}
