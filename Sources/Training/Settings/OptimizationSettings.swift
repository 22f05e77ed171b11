extension Setting {
  static let optimization = [
    Setting(
      "optimizer", choice: \.optimizer, "How gradients change weights.",
      problem: { word in
        word.lowercased() == "lbfgs" || word.lowercased() == "l-bfgs"
          ? "another: L-BFGS needs one loss of the whole set, which batches, drawn variations and "
            + "batch norm do not give (for small problems there is LimitedMemoryBFGS in Swift)"
          : nil
      }),
    Setting(
      "learningRate", \.learningRate,
      "Its peak. Where not given: " + following("learningRate") + ".", unit: "", in: 0...100),
    Setting(
      "momentum", \.momentum, "Of sgd, rmsprop and lars; β₁ of the Adam family.", unit: "",
      in: 0...0.9999),
    Setting(
      "nesterov", \.nesterov, "Nesterov's momentum in sgd and lars, else plain.",
      range: "true | false"),
    Setting(
      "beta2", \.beta2, "β₂ of the Adam family: how much of the mean of squares stays.", unit: "",
      in: 0...0.999999),
    Setting(
      "epsilon", \.epsilon,
      "ε in the divisor of all but sgd. Where not given: 1e-10 for adagrad, 1e-06 for lamb, else "
        + "1e-08.", unit: "", in: 1e-30...1),
    Setting(
      "rmspropAlpha", \.rmspropAlpha, "α of rmsprop: how much of the mean of squares stays.",
      unit: "", in: 0...0.999999),
    Setting(
      "momentumDecay", \.momentumDecay, "ψ of nadam: how fast its momentum comes up.", unit: "",
      in: 0...1),
    Setting(
      "trustCoefficient", \.trustCoefficient,
      "η of lars: the step's norm as a part of the weights', at a rate of 1.", unit: "",
      in: 1e-6...1),
    Setting(
      "weightDecay", \.weightDecay,
      "On convolutions' weights only. Where not given: " + following("weightDecay") + ".",
      unit: "", in: 0...10),
    Setting(
      "l1Decay", \.l1Decay, "λ of λ·‖w‖₁, whose gradient is added, on the same weights.", unit: "",
      in: 0...10),
    Setting(
      "decayKind", choice: \.decayKind,
      "Whether weightDecay is a part of the gradient or apart from it; auto: apart in adamw and "
        + "lamb."),
    Setting(
      "groups", structured: \.groups,
      "Settings of parameters by name: freeze, rateFactor, weightDecay, l1Decay, decayKind.",
      range: "'PATTERN: KEY=VALUE, …; …' as in 'backbone.*: freeze', or in YAML a map of maps"),
    Setting(
      "accumulation", \.accumulation, "Batches whose mean gradient makes one step.",
      unit: "batches", in: 1...4096),
    Setting(
      "clipNorm", \.clipNorm, "Longer gradients are scaled down to this norm; 0: never.",
      unit: "", in: 0...1e9),
    Setting(
      "clipValue", \.clipValue,
      "Then each gradient is held between this and its negative; 0: never.", unit: "", in: 0...1e9),
    Setting(
      "flooding", \.flooding,
      "Below this loss of a batch the gradient is turned round (Ishida 2020); 0: never.", unit: "",
      in: 0...1e6),
    Setting(
      "emaDecay", \.emaDecay, "Of the moving average of weights; 0: none.", unit: "",
      in: 0...0.999999),
    Setting(
      "emaTau", \.emaTau, "Steps over which that decay is ramped up.", unit: "steps", in: 0...1e9),
  ]

  static let schedules = [
    Setting(
      "schedule", choice: \.schedule, "The learning rate's course over the run after the warm-up."),
    Setting(
      "warmupEpochs", \.warmupEpochs,
      "The learning rate rises linearly for so long. Where not given: 0 for onecycle.",
      unit: "epochs", in: 0...1000),
    Setting(
      "finalFraction", \.finalFraction,
      "Where cosine, linear and each restart end, and plateau at the latest, as a part of the peak.",
      unit: "", in: 0...1),
    Setting(
      "milestones", \.milestones, "Epochs after which schedule step lowers the rate.",
      range: "epochs between commas, as in 60,80; auto: two thirds and eight ninths of the run"),
    Setting("stepFactor", \.stepFactor, "By this factor.", unit: "", in: 0...1),
    Setting(
      "restartEpochs", \.restartEpochs, "Until the first restart of schedule restarts.",
      unit: "epochs", in: 0.01...1_000_000),
    Setting(
      "restartFactor", \.restartFactor, "How many times longer each period is than the last.",
      unit: "", in: 1...100),
    Setting(
      "plateauMetric", choice: \.plateauMetric,
      "What schedule plateau looks at: each validation's AP, or each epoch's training loss."),
    Setting(
      "plateauFactor", \.plateauFactor, "Times which it lowers the rate …", unit: "", in: 0...0.999),
    Setting(
      "plateauPatience", \.plateauPatience, "… after more than so many without a better one.",
      unit: "validations or epochs", in: 0...1_000_000),
    Setting(
      "plateauThreshold", \.plateauThreshold, "Better by this part of the best, that is.", unit: "",
      in: 0...1),
    Setting(
      "plateauCooldown", \.plateauCooldown, "So many after lowering do not count.",
      unit: "validations or epochs", in: 0...1_000_000),
  ]

  /// Each optimizer's default, as help has it.
  private static func following(_ name: String) -> String {
    OptimizerKind.allCases.map { kind in
      "\(kind.standards.first { $0.name == name }?.value ?? named(name: name)) for \(kind.rawValue)"
    }.joined(separator: ", ")
  }

  private static func named(name: String) -> String {
    let standard = TrainingSettings()
    return (name == "learningRate" ? standard.learningRate : standard.weightDecay).setting
  }
}
