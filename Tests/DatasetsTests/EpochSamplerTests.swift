import Datasets
import RandomNumbers
import Testing

@Suite struct EpochSamplerTests {
  private let samples: [Int32] = Array(100..<150)

  /// What a run of an earlier version saw: one permutation, keyed by "order".
  @Test func randomIsThePermutationOfItsKey() {
    for epoch in [0, 3] {
      var generator = KeyedGenerator(seed: 7, purpose: "order", epoch)
      let expected = generator.permutation(samples.count).map { samples[$0] }
      #expect(EpochSampler.random.order(of: samples, seed: 7, epoch: epoch) == expected)
    }
    #expect(!EpochSampler.random.repeats && EpochSampler.random.length(of: 50) == 50)
  }

  @Test func sequentialKeepsTheOrder() {
    #expect(EpochSampler.sequential.order(of: samples, seed: 1, epoch: 4) == samples)
  }

  @Test func ratesHoldOnAverageAndTheirWholePartsAlways() {
    let rates = (0..<50).map { [0.25, 1, 1.5, 3.1, 0][$0 % 5] }
    let sampler = EpochSampler.repeating(rates)
    // 10 · (0.25 + 1 + 1.5 + 3.1) = 58.5.
    #expect(sampler.length(of: 50) == 59)
    var visits = [Int](repeating: 0, count: 50)
    let epochs = 4000
    for epoch in 0..<epochs {
      let order = sampler.order(of: samples, seed: 3, epoch: epoch)
      #expect(order.count == 58 || order.count == 59)
      var own = [Int](repeating: 0, count: 50)
      for sample in order { own[Int(sample) - 100] += 1 }
      for (index, rate) in rates.enumerated() {
        let low = Int(rate)
        #expect(own[index] == low || own[index] == low + (Double(low) < rate ? 1 : 0))
        visits[index] += own[index]
      }
    }
    // The deviation of a mean over 4000 epochs is below 0.008.
    for (index, rate) in rates.enumerated() {
      #expect(abs(Double(visits[index]) / Double(epochs) - rate) < 0.04, "picture \(index)")
    }
  }

  @Test func repeatedPicturesAreShuffledAndKeyedBySeedAndEpoch() {
    let sampler = EpochSampler.repeating(Array(repeating: 2, count: 50))
    let order = sampler.order(of: samples, seed: 3, epoch: 0)
    #expect(order == sampler.order(of: samples, seed: 3, epoch: 0))
    #expect(order != sampler.order(of: samples, seed: 3, epoch: 1))
    #expect(order != sampler.order(of: samples, seed: 4, epoch: 0))
    #expect(order != order.sorted() && order.sorted() == (samples + samples).sorted())
  }

  @Test func weightsAreChancesWithReplacement() {
    let weights = (0..<50).map { $0 == 0 ? 49.0 : $0 == 1 ? 0 : 1 }
    let sampler = EpochSampler.weighted(weights)
    var first = 0
    for epoch in 0..<400 {
      let order = sampler.order(of: samples, seed: 1, epoch: epoch)
      #expect(order.count == 50)
      #expect(!order.contains(101))
      first += order.count { $0 == 100 }
    }
    // 20000 draws of chance 49/97: 10103 ± 71.
    #expect(abs(first - 10103) < 300)
    let expected = sampler.expectedVisits(of: 50)
    #expect(abs(expected[0] - 50 * 49 / 97) < 1e-9 && expected[1] == 0)
  }

  @Test func scheduleTakesTheSamplersLength() {
    var schedule = BatchSchedule(
      sampleCount: 10, batchSize: 4, isTraining: true, sizes: [CanvasSize(side: 64)])
    #expect(schedule.stepsPerEpoch == 3)
    schedule.dropsLast = true
    #expect(schedule.stepsPerEpoch == 2)
    schedule.sampler = .repeating(Array(repeating: 1.25, count: 10))
    // 12.5 pictures: 13 at most.
    #expect(schedule.epochLength == 13 && schedule.stepsPerEpoch == 3)
    schedule.dropsLast = false
    #expect(schedule.stepsPerEpoch == 4)
    schedule.isTraining = false
    #expect(schedule.stepsPerEpoch == 3 && schedule.order(epoch: 2) == Array(0..<10))
  }
}

@Suite struct SamplingRatesTests {
  /// Pictures with a, a, a and b, none; classes a, b and c, of which nothing is there.
  private let presence = ClassPresence([[0], [0, 0], [0, 1], []], classCount: 3)

  @Test func presenceCountsPicturesNotObjects() {
    #expect(presence.classes == [[0], [0], [0, 1], [3]])
    #expect(presence.pictureCounts == [3, 1, 0, 1])
  }

  @Test func balancedIsTheRootOfTheThresholdOverTheShare() {
    // a is in ¾ of the pictures, above ½; b in ¼: √(½ / ¼).
    let rates = SamplingRates.balanced(presence, threshold: 0.5)
    #expect(rates == [1, 1, 2.0.squareRoot(), 1])
  }

  @Test func oversamplingLiftsTheRareToTheRatio() {
    #expect(SamplingRates.oversampled(presence, ratio: 1) == [1, 1, 3, 1])
    #expect(SamplingRates.oversampled(presence, ratio: 2) == [1, 1, 1.5, 1])
    #expect(SamplingRates.oversampled(presence, ratio: 3) == [1, 1, 1, 1])
  }

  @Test func undersamplingKeepsPicturesWithTheRarest() {
    for ratio in [1.0, 2] {
      let expected: [Double] = [ratio / 3, ratio / 3, 1, 1]
      #expect(SamplingRates.undersampled(presence, ratio: ratio) == expected)
    }
    let empty = ClassPresence([[], []], classCount: 2)
    #expect(SamplingRates.undersampled(empty, ratio: 1) == [1, 1])
  }

  @Test func inverseFrequencyGivesEachClassOneInAll() {
    let weights = SamplingRates.inverseFrequency(presence)
    let third = 1.0 / 3
    let expected: [Double] = [third, third, third + 1, 1]
    #expect(weights == expected)
    #expect(abs(weights.reduce(0, +) - 3) < 1e-12)
  }
}
