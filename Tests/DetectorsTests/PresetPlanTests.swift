import Detectors
import Execution
import Networks
import Testing

@Suite(.serialized)
struct PresetPlanTests {
  /// oneDNN's plain loops (`ref:`), its way through a matrix product (`gemm:`), and our reference
  /// kernels are many times slower than the rest; none belongs into any preset.
  private func isSlow(_ implementation: String) -> Bool {
    implementation.hasPrefix("ref") || implementation.hasPrefix("gemm")
  }

  /// Sizes down to which a preset's coarsest level has at least 4 cells a side; at fewer, oneDNN's
  /// AVX2 kernels give up.
  private static let narrow: [(Int, Mode, Precision)] =
    Precision.isBFloat16Supported ? [(1, .inference, .bf16), (4, .training, .bf16)] : []

  private static let cases: [(Preset, Extent)] =
    Preset.allCases.filter { $0 != .fasterResNet18 }.map { ($0, 320) } + [
      (.nano, 192), (.nano, Extent(height: 128, width: 160)),
      (.tinyRetina, Extent(height: 256, width: 320)), (.mobile, 192),
    ]

  @Test(arguments: cases, [(1, Mode.inference, .f32), (4, .training, .f32)] + narrow)
  func everyKernelIsFast(
    one: (preset: Preset, size: Extent), run: (batch: Int, mode: Mode, precision: Precision)
  ) throws {
    let preset = one.preset
    let graph = try preset.settings.graph(classCount: 3)
    let plan = try compile(
      graph, inputs: [Shape(channels: 3, height: one.size.height, width: one.size.width)],
      batch: run.batch, mode: run.mode, precision: run.precision, variables: Variables(graph))
    let kernels = try #require(plan as? FastPlan).kernelList
    let slow = kernels.filter { isSlow($0.implementation) }
    #expect(slow.isEmpty, "\(slow.map { "\($0.node) \($0.pass): \($0.implementation)" })")
    #expect(kernels.contains { $0.implementation.contains("jit") })
  }

  @Test(arguments: [(1, Mode.inference, Precision.f32), (4, .training, .f32)] + narrow)
  func everyKernelOfTwoStagesIsFast(batch: Int, mode: Mode, precision: Precision) throws {
    let settings = Preset.fasterResNet18.settings
    let graph = try settings.graph(classCount: 3)
    for stage in settings.stages(of: graph, size: 320, mode: mode) {
      let plan = try compile(
        stage.graph, inputs: stage.inputs, batch: batch, mode: mode, precision: precision,
        variables: Variables(graph), gradientInputs: stage.gradientInputs)
      let slow = try #require(plan as? FastPlan).kernelList.filter { isSlow($0.implementation) }
      #expect(slow.isEmpty, "\(slow.map { "\($0.node) \($0.pass): \($0.implementation)" })")
    }
  }

  /// nano's bottlenecks add after the activation, ResNet's before it.
  @Test func inferenceSumsInsideConvolutions() throws {
    let graphs = [
      (try Preset.nano.settings.graph(classCount: 3), 6, "silu, sum"),
      (Classifier.resnet50.graph(classCount: 3), 16, "sum, relu"),
    ]
    for (graph, sums, operations) in graphs {
      let plan = try compile(
        graph, inputs: [Shape(channels: 3, height: 128, width: 128)], batch: 2, mode: .inference,
        variables: Variables(graph, seed: nil))
      let kernels = try #require(plan as? FastPlan).kernelList
      #expect(!kernels.contains { $0.implementation == "add" })
      #expect(kernels.count { $0.details.hasSuffix(operations) } == sums)
    }
  }

  @Test(arguments: [1, 3], [(Mode.inference, Precision.f32), (.training, .f32)] + types)
  func plannedMemoryIsTheCompiledPlans(batch: Int, run: (mode: Mode, precision: Precision)) throws {
    let graph = try Preset.nano.settings.graph(classCount: 3)
    let inputs = [Shape(channels: 3, height: 96, width: 128)]
    let variables = Variables<Float>(graph)
    let memory = try planMemory(
      graph, inputs: inputs, batch: batch, mode: run.mode, precision: run.precision,
      variables: variables)
    let plan = try compile(
      graph, inputs: inputs, batch: batch, mode: run.mode, precision: run.precision,
      variables: variables)
    #expect(memory.arenaBytes == plan.arenaBytes)
    let results = batch * plan.outputShapes.map(\.count).reduce(0, +) * MemoryLayout<Float>.stride
    if run.mode == .training {
      #expect(memory.ownBytes == 2 * results)
    } else {
      // Folded weights, whose channels are padded to whole blocks, and an element for each gradient.
      let weights = graph.parameters.reduce(0) { $0 + $1.count } * MemoryLayout<Float>.stride
      #expect((results + weights / 2...results + weights * 2).contains(memory.ownBytes))
    }
  }

  private static let types: [(Mode, Precision)] =
    Precision.isBFloat16Supported ? [(.training, .bf16)] : []
}
