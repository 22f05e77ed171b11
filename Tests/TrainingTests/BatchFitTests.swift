import Testing
import Training

@Suite struct BatchFitTests {
  private func budget(_ mebibytes: Int) throws -> MemoryBudget {
    var settings = TrainingSettings()
    settings.memory = mebibytes
    return try MemoryBudget(settings)
  }

  /// 100 MiB and 10 for each picture.
  private func bytes(batch: Int) -> Int { (100 + 10 * batch) << 20 }

  @Test func takesTheLargestThatFits() throws {
    for mebibytes in 110...600 {
      let fit = try BatchFit(budget(mebibytes), pictures: 1000, bytes: bytes)
      #expect(fit.batch == (mebibytes - 100) / 10)
      #expect(fit.bytes == bytes(batch: fit.batch))
    }
  }

  @Test func stopsAtThePicturesAndAtTheBound() throws {
    for pictures in 1...40 {
      let fit = try BatchFit(budget(300), pictures: pictures, bytes: bytes)
      #expect(fit.batch == min(pictures, 20))
      #expect(fit.description.contains("all \(pictures) training pictures") == (pictures <= 20))
    }
    let fit = try BatchFit(budget(300), pictures: 100_000) { _ in 1 }
    #expect(fit.batch == 4096)
    #expect(fit.description.contains("the most there may be"))
  }

  @Test func moreThanThereIsIsRefused() throws {
    let available = try SystemMemory().available >> 20
    #expect(throws: TrainingError.self) { try budget(available * 2) }
    _ = try budget(available / 2)
  }

  @Test func nothingFits() throws {
    #expect(throws: TrainingError.memoryTooSmall(budget: "109 MiB", needed: 110)) {
      try BatchFit(budget(109), pictures: 8, bytes: bytes)
    }
  }

  /// What is tried is laid out, which for far too large a batch may not be possible.
  @Test func triesNothingFarAboveWhatFits() throws {
    for mebibytes in [110, 300, 2000] {
      var tried: [Int] = []
      let fit = try BatchFit(budget(mebibytes), pictures: 4096) {
        tried.append($0)
        return bytes(batch: $0)
      }
      #expect(tried.max()! <= 2 * fit.batch)
      #expect(tried.count < 20 && Set(tried).count == tried.count)
    }
  }

  @Test func takenBatchIsRecordedWithItsReason() throws {
    var settings = try ResolvedSettings(
      recipe: nil, options: [("batch", "auto"), ("memory", "300")])
    settings.take(try BatchFit(MemoryBudget(settings.values), pictures: 50, bytes: bytes))
    #expect(settings.values.batch == 20 && settings.values.memory == nil)
    #expect(settings.source(of: "batch") == .measured(how: "fits 300 MiB"))
    #expect(settings.source(of: "memory").description.hasPrefix("300 were given"))
  }
}
