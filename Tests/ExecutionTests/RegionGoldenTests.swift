import Execution
import Foundation
import Networks
import TestSupport
import Testing

/// The Double reference against torchvision in float64 (`benchmarks/golden/regions.py`).
@Suite(.serialized) struct RegionGoldenTests {
  struct Case: Decodable, CustomTestStringConvertible, Sendable {
    let kind: String
    let shapes: [[Int]]
    let strides: [Int]
    let bins: [Int]
    let samples: Int
    let aligned: Bool
    let regions: [[[Double]]]
    let output: Digest
    let gradients: [Digest]

    var testDescription: String { "\(kind) \(bins) of \(shapes), \(samples) samples, \(aligned)" }

    var setting: RegionSetting {
      RegionSetting(
        maps: shapes.map { Shape(channels: $0[0], height: $0[1], width: $0[2]) },
        capacity: regions[0].count,
        pooling: RegionPooling(
          kind == "align" ? .align(samples: samples, isAligned: aligned) : .maximum,
          bins: Extent(height: bins[0], width: bins[1]), strides: strides))
    }
  }

  private static let cases: [Case] = {
    let file = packageRoot().appendingPathComponent("Tests/ExecutionTests/golden/regions.json")
    return try! JSONDecoder().decode([Case].self, from: Data(contentsOf: file))
  }()

  @Test(arguments: cases)
  func agreesWithTorchvision(on golden: Case) {
    let setting = golden.setting
    let variables = Variables<Double>(setting.graph)
    let plan = ReferencePlan(
      graph: setting.graph, inputs: setting.inputs, batch: golden.regions.count, mode: .training,
      variables: variables, gradientInputs: Set(golden.shapes.indices))
    let step = runStep(
      plan, variables: variables,
      inputs: setting.maps.enumerated().map { index, shape in
        counterValues(name: "map\(index)", count: plan.batch * shape.count).map { 8 * $0 }
      } + [setting.plain(golden.regions)],
      outputGradients: [
        counterValues(name: "gradient", count: plan.batch * plan.outputShapes[0].count)
      ])
    #expect(golden.output.error(of: step.outputs[0]) < 1e-9)
    for (digest, gradient) in zip(golden.gradients, step.inputGradients) {
      #expect(digest.error(of: gradient!) < 1e-9)
    }
  }
}
