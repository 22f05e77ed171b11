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

  @Test(arguments: [
    ("mosaic", ["mosaicTiles", "mosaicWindow"]), ("mixUp", ["mixUpAlpha"]),
    (
      "paste",
      ["pasteFrom", "pasteCopies", "pasteSize", "pasteScale", "pasteOverlap", "pasteFeather"]
    ),
    ("crop", ["cropMinimum"]), ("jpeg", ["jpegQuality"]), ("cutout", ["cutouts", "cutoutSize"]),
    ("hide", ["hideShare"]), ("gridMask", ["gridMaskPeriod", "gridMaskRatio"]),
    ("randAugment", ["randAugmentMagnitude"]),
  ])
  func partsOfAVariationThatIsOffAreSaid(_ whole: String, _ parts: [String]) throws {
    let values = [
      "mosaicTiles": "9", "mosaicWindow": "64", "pasteFrom": "any", "pasteCopies": "2",
      "pasteSize": "40", "pasteFeather": "1", "pasteOverlap": "0.2", "jpegQuality": "50",
      "cutouts": "1",
    ]
    let given = parts.map { (name: $0, value: values[$0] ?? "0.25") }
    #expect(
      try settings([(whole, "0")] + given).idleInput
        == parts.map { "\($0) has no effect: \(whole) is 0" })
    #expect(try settings([(whole, "1")] + given).idleInput.isEmpty)
  }

  @Test func sizesAndPercentilesThatAreNotUsedAreSaid() throws {
    #expect(
      try settings([("earlyShare", "0.25"), ("percentiles", "2,98")]).idleInput == [
        "percentiles has no effect: normalization is linear",
        "earlyShare has no effect: earlyScale is 1",
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
