import Datasets
import Testing

@Suite struct BatchScheduleTests {
  private let side = [CanvasSize(side: 64)]

  @Test func everySampleComesOnceAnEpoch() {
    let schedule = BatchSchedule(
      sampleCount: 103, batchSize: 8, isTraining: true, seed: 3, sizes: side)
    #expect(schedule.stepsPerEpoch == 13)
    for epoch in 0..<3 {
      let order = schedule.order(epoch: epoch)
      let taken = (0..<13).flatMap { schedule.positions(step: $0) }
      #expect(taken == Array(0..<104))
      #expect(order.sorted() == Array(0..<103))
    }
    #expect(schedule.order(epoch: 0) != schedule.order(epoch: 1))
    #expect(schedule.order(epoch: 1) == schedule.order(epoch: 1))
  }

  @Test func validationKeepsOrderAndEndsShort() {
    let schedule = BatchSchedule(
      sampleCount: 10, batchSize: 4, isTraining: false, sizes: side)
    #expect(schedule.order(epoch: 5) == Array(0..<10))
    #expect((0..<3).map { schedule.positions(step: $0) } == [0..<4, 4..<8, 8..<10])
  }

  @Test func sizesAreMultiplesOf32AroundTheBase() {
    let sizes = BatchSchedule.sizes(around: CanvasSize(side: 320), factors: 0.75...1.25)
    // 240 to 400: 256, 288, 320, 352, 384.
    #expect(sizes[0] == CanvasSize(side: 320))
    #expect(Set(sizes.map(\.width)) == [256, 288, 320, 352, 384])
    let flat = BatchSchedule.sizes(
      around: CanvasSize(width: 640, height: 384), factors: 0.9...1.1)
    #expect(Set(flat.map(\.width)) == [576, 608, 640, 672, 704])
    #expect(flat.allSatisfy { $0.height % 32 == 0 })
    let schedule = BatchSchedule(
      sampleCount: 10, batchSize: 1, isTraining: true, seed: 1, sizes: sizes)
    let drawn = (0..<10).flatMap { epoch in
      (0..<10).map { schedule.size(epoch: epoch, step: $0).width }
    }
    #expect(Set(drawn) == [256, 288, 320, 352, 384])
    #expect(schedule.size(epoch: 1, step: 2) == schedule.size(epoch: 1, step: 2))
    #expect(schedule.largestSize == CanvasSize(side: 384))
  }

  @Test func earlyEpochsHaveSizesOfTheirOwn() {
    var schedule = BatchSchedule(
      sampleCount: 4, batchSize: 2, isTraining: true, sizes: [CanvasSize(side: 128)])
    schedule.earlySizes = side
    schedule.earlyEpochs = 3
    let widths = (0..<5).map { schedule.size(epoch: $0, step: 1).width }
    #expect(widths == [64, 64, 64, 128, 128])
    #expect(schedule.largestSize == CanvasSize(side: 128))
    schedule.isTraining = false
    #expect(schedule.size(epoch: 0, step: 0) == CanvasSize(side: 128))
  }

  @Test func onlyNamedSamplesCome() {
    let schedule = BatchSchedule(
      samples: [7, 2, 9], batchSize: 2, isTraining: false, sizes: side)
    #expect(schedule.order(epoch: 0) == [7, 2, 9])
    #expect(schedule.stepsPerEpoch == 2)
  }
}

@Suite struct BatchScheduleBlockTests {
  @Test(arguments: [(11, 5), (1000, 512), (1024, 512), (3001, 512), (7, 1)])
  func blocksCutTheOrderEvenly(count: Int, window: Int) {
    let schedule = BatchSchedule(
      sampleCount: count, batchSize: 4, isTraining: true, sizes: [CanvasSize(side: 32)])
    let blocks = (0..<count).map {
      schedule.mosaicBlock(of: $0, window: window, in: count) ?? 0..<count
    }
    for (position, block) in blocks.enumerated() {
      #expect(block.contains(position))
      #expect(blocks[block.lowerBound] == block && blocks[block.upperBound - 1] == block)
      #expect(block.count >= min(count, window) && block.count < 2 * window || count < 2 * window)
    }
    // The last batch takes the first pictures again.
    #expect(schedule.mosaicBlock(of: count, window: window, in: count) ?? 0..<count == blocks[0])
  }
}
