import Detectors
import Execution
import Networks
import Testing

@Suite(.serialized)
struct PresetPlanTests {
  /// oneDNN's plain loops (`ref:`), its way through a matrix product (`gemm:`), and our reference
  /// kernels are many times slower than the rest; none belongs into a preset.
  private func isSlow(_ implementation: String) -> Bool {
    implementation.hasPrefix("ref") || implementation.hasPrefix("gemm")
  }

  @Test(arguments: Preset.allCases, [(1, Mode.inference), (4, .training)])
  func everyKernelIsFast(preset: Preset, run: (batch: Int, mode: Mode)) throws {
    let graph = try preset.settings.graph(classCount: 3)
    let plan = try compile(
      graph, inputs: [Shape(channels: 3, height: 320, width: 320)], batch: run.batch,
      mode: run.mode, variables: Variables(graph))
    let kernels = try #require(plan as? FastPlan).kernelList
    let slow = kernels.filter { isSlow($0.implementation) }
    #expect(slow.isEmpty, "\(slow.map { "\($0.node) \($0.pass): \($0.implementation)" })")
    #expect(kernels.contains { $0.implementation.contains("jit") })
  }
}
