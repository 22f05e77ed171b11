import Execution
import Testing
import Training

extension EngineTests {
  @Suite struct MemoryEstimateTests {
    private func estimate(_ run: TinyRun, _ options: [(name: String, value: String)] = []) throws
      -> MemoryEstimate
    {
      let parts = try run.parts("run")
      var estimate = try MemoryEstimate(
        TinyRun.settings(options).values, parts.model, training: parts.training,
        validation: parts.validation)
      // Other tests' memory is no part of the comparison.
      estimate.heldBytes = 0
      return estimate
    }

    @Test func halfTheRoomHoldsFewerAndNoneIsLeft() throws {
      let run = try TinyRun(train: 100)
      defer { run.remove() }
      let estimate = try estimate(run)
      let one = try estimate.bytes(batch: 1)
      var fitted: [Int] = []
      for mebibytes in [24, 12, 6] {
        var settings = TrainingSettings()
        settings.memory = (one >> 20) + mebibytes
        let budget = try MemoryBudget(settings)
        let fit = try BatchFit(budget, pictures: 100, bytes: estimate.bytes)
        #expect(fit.bytes <= budget.bytes)
        #expect(try estimate.bytes(batch: fit.batch + 1) > budget.bytes)
        fitted.append(fit.batch)
      }
      #expect(fitted[0] < 100 && fitted[0] > fitted[1] && fitted[1] > fitted[2])
    }

    /// By how much batches of two pictures more take more: their share of the arena, of results and
    /// gradients, of the loader, of the loss.
    @Test func growsByThePlanAndTheLoader() throws {
      let run = try TinyRun(train: 100)
      defer { run.remove() }
      let estimate = try estimate(run)
      let graph = try run.parts("run").model.graph
      func plan(_ batch: Int) throws -> PlanMemory {
        try planMemory(
          graph, inputs: [.init(channels: 3, height: 64, width: 64)], batch: batch,
          mode: .training, precision: PrecisionChoice.auto.resolved(),
          variables: Variables(graph, seed: nil))
      }
      let (few, many) = (try plan(4), try plan(6))
      let results = (many.ownBytes - few.ownBytes) / 2
      // Training's results and gradients, validation's results, the loss's copies of both.
      let expected =
        many.arenaBytes - few.arenaBytes + 5 * results + 3 * 2 * (3 * 64 * 64) * 4
      #expect(try estimate.bytes(batch: 6) - estimate.bytes(batch: 4) == expected)
    }

    @Test func countsTheLargestSize() throws {
      let run = try TinyRun(train: 100)
      defer { run.remove() }
      func bytes(_ options: [(name: String, value: String)]) throws -> Int {
        try estimate(run, options).bytes(batch: 4)
      }
      let plain = try bytes([])
      // Up to 96, where there are 2¼ times the pixels.
      let scaled = try bytes([("multiScale", "0.5")])
      let large = try bytes([("size", "96")])
      #expect(scaled > large && large > plain)
    }
  }
}
