import Foundation
import TestSupport
import Testing
import Training

/// What benchmarks/golden/schedules.py wrote.
private struct ScheduleGolden: Decodable {
  var torch: String
  var rates: [String: [Double]]
  var momenta: [Double]
  var figures: [Double]
  var ap: [Double]
  var loss: [Double]

  static func read() throws -> ScheduleGolden {
    let file = packageRoot().appendingPathComponent("Tests/TrainingTests/golden/schedules.json")
    return try JSONDecoder().decode(ScheduleGolden.self, from: Data(contentsOf: file))
  }
}

@Suite struct ScheduleGoldenTests {
  private let golden: ScheduleGolden

  init() throws { golden = try ScheduleGolden.read() }

  private func schedule(_ name: String) throws -> Schedule {
    let words = name.split(separator: " ")
    var schedule = Schedule(
      kind: try #require(ScheduleKind(rawValue: String(words.last ?? ""))), peak: 0.1,
      finalFraction: 0.01, momentum: 0.9, warmupSteps: words.count == 2 ? 6 : 0, totalSteps: 40)
    schedule.milestones = [8, 30]
    schedule.restartSteps = 5
    schedule.restartFactor = 2
    return schedule
  }

  @Test func ratesAreThoseOfPyTorch() throws {
    for (name, rates) in golden.rates {
      let schedule = try schedule(name)
      for (step, rate) in rates.enumerated() {
        let ours = schedule.learningRate(step: step)
        #expect(abs(ours - rate) < 1e-12 + 1e-12 * rate, "\(name), step \(step)")
      }
    }
  }

  @Test func oneCycleMomentaAreThoseOfPyTorch() throws {
    let schedule = try schedule("onecycle")
    for (step, momentum) in golden.momenta.enumerated() {
      #expect(abs(schedule.momentum(step: step) - momentum) < 1e-12)
    }
  }

  @Test(arguments: PlateauMetric.allCases) func plateauIsThatOfPyTorch(_ metric: PlateauMetric) {
    var settings = Plateau.Settings()
    (settings.metric, settings.factor, settings.patience) = (metric, 0.5, 2)
    (settings.threshold, settings.cooldown, settings.floor) = (1e-3, 2, 0.1)
    var plateau = Plateau()
    let rates = metric == .ap ? golden.ap : golden.loss
    for (figure, rate) in zip(golden.figures, rates) {
      let before = plateau.factor
      let isLowered = plateau.note(figure, settings)
      #expect(abs(0.1 * plateau.factor - rate) < 1e-12)
      #expect(isLowered == (plateau.factor < before))
    }
    #expect(plateau.factor < 1)
  }
}
