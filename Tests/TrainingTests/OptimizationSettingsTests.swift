import Testing
import Training

@Suite struct OptimizationSettingsTests {
  private func settings(_ options: [(name: String, value: String)]) throws -> ResolvedSettings {
    try ResolvedSettings(recipe: nil, options: options)
  }

  @Test func whatIsGivenAndNotReadIsSaid() throws {
    let idle = try settings([
      ("optimizer", "sgd"), ("beta2", "0.9"), ("epsilon", "1e-6"), ("momentum", "0"),
      ("nesterov", "true"), ("milestones", "3"), ("plateauPatience", "2"), ("finalFraction", "0.1"),
    ]).idleOptimization
    #expect(
      idle == [
        "nesterov has no effect: momentum is 0", "beta2 has no effect: optimizer is sgd",
        "epsilon has no effect: optimizer is sgd",
        "milestones has no effect: schedule is cosine",
        "plateauPatience has no effect: schedule is cosine",
      ])
  }

  @Test(
    arguments: [
      ("adagrad", "epsilon"), ("rmsprop", "rmspropAlpha"), ("nadam", "momentumDecay"),
      ("lars", "trustCoefficient"), ("lamb", "beta2"), ("lars", "nesterov"), ("adam", "decayKind"),
    ])
  func whatIsReadIsNot(_ optimizer: String, _ name: String) throws {
    let value = name == "nesterov" ? "false" : name == "decayKind" ? "l2" : "0.5"
    #expect(try settings([("optimizer", optimizer), (name, value)]).idleOptimization.isEmpty)
  }

  @Test func defaultsAreNotSaid() throws {
    for kind in OptimizerKind.allCases {
      #expect(try settings([("optimizer", kind.rawValue)]).idleOptimization.isEmpty)
    }
  }

  @Test func lbfgsIsRefusedWithTheReason() {
    do {
      _ = try settings([("optimizer", "lbfgs")])
      Issue.record("it was taken")
    } catch { #expect("\(error)".contains("L-BFGS needs one loss of the whole set")) }
  }

  @Test func oneCycleHasNoWarmUpUnlessGiven() throws {
    #expect(try settings([("schedule", "onecycle")]).values.warmupEpochs == 0)
    let given = try settings([("schedule", "onecycle"), ("warmupEpochs", "1")])
    #expect(given.values.warmupEpochs == 1)
  }

  @Test func momentsAreCounted() throws {
    func moments(_ options: [(name: String, value: String)]) throws -> Int {
      try settings(options).values.optimizerRule.momentCount
    }
    #expect(try moments([("optimizer", "sgd"), ("momentum", "0")]) == 0)
    #expect(try moments([("optimizer", "sgd")]) == 1)
    #expect(try moments([("optimizer", "rmsprop"), ("momentum", "0")]) == 1)
    #expect(try moments([("optimizer", "rmsprop")]) == 2)
    #expect(try moments([("optimizer", "lamb")]) == 2)
  }
}
