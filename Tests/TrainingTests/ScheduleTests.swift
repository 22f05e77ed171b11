import Testing
import Training

@Suite struct ScheduleTests {
  private func schedule(_ kind: ScheduleKind, warmup: Int = 4, total: Int = 15) -> Schedule {
    Schedule(
      kind: kind, peak: 0.1, finalFraction: 0.1, momentum: 0.9, warmupSteps: warmup,
      totalSteps: total)
  }

  private func isClose(_ a: Double, _ b: Double) -> Bool { abs(a - b) < 1e-12 }

  /// Fifths of the peak for four steps, then the peak itself.
  @Test func warmUpRisesLinearly() {
    let rates = (0..<5).map { schedule(.cosine).learningRate(step: $0) }
    #expect(zip(rates, [0.02, 0.04, 0.06, 0.08, 0.1]).allSatisfy(isClose))
  }

  /// Steps 4 … 14: in the middle, at 9, half way between 0.1 and 0.01.
  @Test func cosineFallsToItsFraction() {
    #expect(isClose(schedule(.cosine).learningRate(step: 9), 0.055))
    #expect(isClose(schedule(.cosine).learningRate(step: 14), 0.01))
  }

  @Test func constantStaysAtThePeak() {
    #expect(isClose(schedule(.constant).learningRate(step: 14), 0.1))
    #expect(isClose(schedule(.constant).momentum(step: 3), 0.9))
  }

  /// torch.optim.lr_scheduler.OneCycleLR(max_lr=0.1, total_steps=20): 0.004 at 0, 0.1 at 5 (the
  /// end of 30 %), 4e-7 at 19.
  @Test func oneCycleRisesAndFalls() {
    let cycle = schedule(.onecycle, warmup: 0, total: 20)
    #expect(isClose(cycle.learningRate(step: 0), 0.004))
    #expect(isClose(cycle.learningRate(step: 5), 0.1))
    #expect(isClose(cycle.learningRate(step: 19), 4e-7))
    #expect(isClose(cycle.momentum(step: 0), 0.9))
    #expect(isClose(cycle.momentum(step: 5), 0.8))
    #expect(isClose(cycle.momentum(step: 19), 0.9))
  }

  @Test func warmUpComesBeforeTheCycle() {
    let (plain, warm) = (
      schedule(.onecycle, warmup: 0, total: 20), schedule(.onecycle, warmup: 4, total: 24)
    )
    #expect(isClose(warm.learningRate(step: 1), 0.4 * plain.learningRate(step: 0)))
    #expect((0..<20).allSatisfy { warm.learningRate(step: $0 + 4) == plain.learningRate(step: $0) })
    #expect((0..<20).allSatisfy { warm.momentum(step: $0 + 4) == plain.momentum(step: $0) })
  }

  @Test func noWarmUpStartsAtThePeak() {
    #expect(isClose(schedule(.cosine, warmup: 0).learningRate(step: 0), 0.1))
  }
}

@Suite struct MilestonesTests {
  @Test func standAtTwoThirdsAndEightNinths() {
    #expect(Milestones().steps(epochs: 90, stepsPerEpoch: 10) == [600, 800])
    #expect(Milestones([1.5, 60]).steps(epochs: 90, stepsPerEpoch: 10) == [15, 600])
  }

  @Test(arguments: ["60,80", "auto", "0.5"]) func readAsTheyAreWritten(_ word: String) {
    #expect(Milestones(setting: word)?.setting == (word == "60,80" ? "60.0,80.0" : word))
  }

  @Test(arguments: ["", "80,60", "0,3", "3,,4", "a", "3,3"]) func otherWordsAreNone(_ word: String)
  {
    #expect(Milestones(setting: word) == nil)
  }
}
