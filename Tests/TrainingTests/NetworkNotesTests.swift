import Detectors
import Execution
import Networks
import Testing
import Training

@Suite struct NetworkNotesTests {
  private func graph(_ yaml: String) throws -> Graph {
    try ModelSettings(yaml: yaml, file: "model.yaml").graph(classCount: 2)
  }

  @Test func rampsThatEndBeyondTheRunAreSaidOnce() throws {
    let dropouts = try graph(
      "backbone: {drop: {type: dropout, rate: 0.5, rampSteps: 2000, after: [8, 16]}}")
    #expect(
      dropouts.unfinishedRamps(steps: 200) == [
        "rampSteps 2000 is more than the run's 200 steps: dropouts end at 0.05 in place of 0.5"
      ])
    #expect(dropouts.unfinishedRamps(steps: 2000).isEmpty)
    let norms = try graph("neck: {norm: {type: batchRenorm, firstStep: 100, lastStep: 300}}")
    #expect(norms.unfinishedRamps(steps: 100).map { $0.prefix(22) } == ["batchRenorm stays plai"])
    // Half the way from 1 to 3 and from 0 to 5.
    #expect(norms.unfinishedRamps(steps: 200).first?.hasSuffix("bounds end at 2.0 and 2.5") == true)
    #expect(norms.unfinishedRamps(steps: 300).isEmpty)
  }

  @Test func frozenNormsWantWeights() throws {
    let graph = try graph("backbone: {norm: {type: frozenBatch}}")
    let variables = Variables<Float>(graph, seed: 0)
    let line = try #require(graph.unlearnedNorms(variables))
    #expect(line.contains("start from --weights"))
    variables.buffers.fill(0.5)
    #expect(graph.unlearnedNorms(variables) == nil)
    let learning = try self.graph("")
    #expect(learning.unlearnedNorms(Variables<Float>(learning, seed: 0)) == nil)
  }

  /// A block's branch: two convolutions and the first norm; its last norm has a gradient.
  @Test func zeroedBranchesLearnLater() throws {
    let yaml = "preset: tiny-retina\n"
    #expect(try graph(yaml).parametersBehindZeroScales.isEmpty)
    let zeroed = try graph(yaml + "initialization: {zeroesResiduals: true}\n")
    let names = zeroed.parametersBehindZeroScales.map { zeroed.parameters[$0].name }
    let expected = (1...4).flatMap { stage in
      ["conv1.conv.weight", "conv1.norm.weight", "conv1.norm.bias", "conv2.conv.weight"].map {
        "backbone.stage\(stage).0.\($0)"
      }
    }
    #expect(Set(names) == Set(expected))
  }
}
