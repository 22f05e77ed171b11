import Execution
import Foundation
import Networks
import TestSupport
import Testing

/// An input of a network in a golden file, which gets the counter formula's values.
struct GoldenInput: Decodable, Sendable {
  let name: String
  private let shape: [Int]

  var inputShape: Shape { Shape(channels: shape[0], height: shape[1], width: shape[2]) }

  func values(batch: Int) -> [Double] {
    counterValues(name: name, count: batch * inputShape.count)
  }
}

/// What `benchmarks/golden/interpret.py` found for a whole network in inference form.
struct NetworkGolden: Decodable, Sendable {
  struct Result: Sendable {
    let name: String
    let digest: Digest
  }

  let batch: Int
  let parameters: Int
  let multiplyAdds: Int
  private let inputs: [GoldenInput]
  let outputs: [Result]

  /// - Parameter name: of a file in `Tests/ExecutionTests/golden`, without `.json`.
  init(named name: String) throws {
    let file = packageRoot().appendingPathComponent("Tests/ExecutionTests/golden/\(name).json")
    self = try JSONDecoder().decode(NetworkGolden.self, from: Data(contentsOf: file))
  }

  var inputShapes: [Shape] { inputs.map(\.inputShape) }

  /// Expects counts of parameters and multiply–adds to be equal, and the outputs of a plan to agree
  /// on the counter formula's weights and inputs.
  ///
  /// - Parameters:
  ///   - compile: makes the plan from input shapes, batch and variables.
  ///   - tolerance: on ``Digest/error(of:)``.
  func expectAgreement<Scalar: BinaryFloatingPoint & Sendable>(
    of graph: Graph, tolerance: Double,
    compile: ([Shape], Int, Variables<Scalar>) throws -> any Plan<Scalar>
  ) rethrows {
    let description = graph.description(inputs: inputShapes)
    #expect(description.parameters == parameters)
    #expect(description.multiplyAdds == multiplyAdds)
    let variables = Variables<Scalar>(graph)
    variables.fillFromCounters()
    let plan = try compile(inputShapes, batch, variables)
    let step = runStep(
      plan, variables: variables,
      inputs: inputs.map { $0.values(batch: batch) })
    #expect(graph.outputs.map { graph.nodes[$0].name } == outputs.map(\.name))
    for (output, values) in zip(outputs, step.outputs) {
      #expect(output.digest.error(of: values) < tolerance, "\(output.name)")
    }
  }
}

extension NetworkGolden.Result: Decodable {
  private enum Key: CodingKey { case name }

  init(from decoder: any Decoder) throws {
    name = try decoder.container(keyedBy: Key.self).decode(String.self, forKey: .name)
    digest = try Digest(from: decoder)
  }
}

@Suite(.serialized) struct ReferenceNetworkGoldenTests {
  /// A small network with what detectors are made of: residual and concatenated branches, squeeze
  /// and excitation, pyramid pooling, a top-down path, a head shared by two levels.
  private let sample: Graph = {
    func block(
      _ x: Value, _ name: String, _ channels: Int, kernel: Extent = 3, stride: Extent = 1,
      groups: Int = 1
    ) -> Value {
      x.scoped(name) { x in
        x.through(
          "conv",
          Convolution(
            channels: channels, kernel: kernel, stride: stride, groups: groups, hasBias: false)
        ).through("norm", BatchNorm()).activated(.silu)
      }
    }
    func excited(_ x: Value, _ name: String) -> Value {
      x.scoped(name) { x in
        let gate = x.spatialMean.through("squeeze", Convolution(channels: 4, kernel: 1))
          .activated(.relu).through("excite", Convolution(channels: x.channels, kernel: 1))
          .activated(.sigmoid)
        return x.gated(by: gate)
      }
    }
    func pyramid(_ x: Value) -> Value {
      let pool = Pooling(.maximum, kernel: 5)
      let (a, b) = (pool(x), pool(pool(x)))
      return block(Value.concatenated([x, a, b, pool(b)]), "pyramid", 16, kernel: 1)
    }
    return Graph.trace { image in
      let stem = block(image, "stem", 8, stride: 2)
      let wide = block(stem, "wide", 12, stride: 2)
      let branch = block(wide, "branch", 12, groups: 12)
      let fine = excited(wide + block(branch, "mix", 12, kernel: 1), "excitation")
      let coarse = pyramid(block(fine, "down", 16, stride: 2))
      let up = coarse.resized(like: fine)
      let merged = block(Value.concatenated([up, fine]), "merged", 16)
      for (name, level) in [("fine", merged), ("coarse", coarse)] {
        level.through("head", Convolution(channels: 16, kernel: 3))
          .scoped("head.\(name)") { $0.through("norm", BatchNorm()) }.activated(.hardSwish)
          .through("predict", Convolution(channels: 6, kernel: 1)).output(name)
      }
    }
  }()

  /// The committed summary, which `interpret.py` read, is still that of the network above; with
  /// `DLDETECT_UPDATE_GOLDEN` set in the environment it is written anew.
  @Test func committedSummaryIsCurrent() throws {
    let description = sample.description(inputs: [Shape(channels: 3, height: 44, width: 36)])
    let file = packageRoot()
      .appendingPathComponent("Tests/ExecutionTests/golden/sample-summary.json")
    if ProcessInfo.processInfo.environment["DLDETECT_UPDATE_GOLDEN"] != nil {
      let encoder = JSONEncoder()
      encoder.outputFormatting = [.sortedKeys]
      try encoder.encode(description).write(to: file)
    }
    let committed = try JSONDecoder().decode(
      NetworkDescription.self, from: Data(contentsOf: file))
    #expect(committed == description)
  }

  @Test func sampleAgreesWithPyTorchInDouble() throws {
    try NetworkGolden(named: "sample").expectAgreement(of: sample, tolerance: 1e-9) {
      shapes, batch, variables -> any Plan<Double> in
      ReferencePlan(
        graph: sample, inputs: shapes, batch: batch, mode: .inference, variables: variables)
    }
  }

  @Test func sampleAgreesWithPyTorchInFloat() throws {
    try NetworkGolden(named: "sample").expectAgreement(of: sample, tolerance: 1e-5) {
      shapes, batch, variables -> any Plan<Float> in
      ReferencePlan(
        graph: sample, inputs: shapes, batch: batch, mode: .inference, variables: variables)
    }
  }
}
