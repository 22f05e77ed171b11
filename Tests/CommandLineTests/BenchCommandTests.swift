import Testing

extension BinaryTests {
  /// What bench writes; how long anything takes is not tested.
  @Suite struct BenchCommandTests {
    private static let common = ["model", "size", "batch", "precision", "threads", "peakBytes"]

    @Test func trainingIsSplitAndItsKernelsAreListed() throws {
      let scratch = try Scratch(train: 0)
      let report = try document(
        Binary.run(
          [
            "bench", "train", "--model", "tiny.yaml", "--size", "64", "--batch", "2", "--steps",
            "2",
            "--kernels", "--json", "-",
          ], in: scratch))
      #expect(Self.common.allSatisfy { report[$0] != nil }, "\(report.keys)")
      let spread = try #require(report["millisecondsPerImage"] as? [String: Double])
      let (min, median, max) = (spread["min"]!, spread["median"]!, spread["max"]!)
      #expect(0 < min && min <= median && median <= max)
      let split = try #require(report["split"] as? [String: Any])
      #expect(Set(split.keys) == ["forward", "loss", "backward", "optimizer"])
      let kernels = try #require(report["kernels"] as? [[String: Any]])
      let passes = Set(kernels.compactMap { $0["pass"] as? String })
      #expect(passes.isSuperset(of: ["forward", "backward data", "backward weights"]))
      let times = kernels.compactMap { $0["milliseconds"] as? Double }
      #expect(times == times.sorted(by: >) && times.count == kernels.count)
      #expect((report["growthBytes"] as? Int ?? 0) > (report["arenaBytes"] as? Int ?? .max) / 2)
    }

    @Test func detectionIsSplitByStage() throws {
      let scratch = try Scratch(train: 0)
      let report = try document(
        Binary.run(
          [
            "bench", "infer", "--model", "tiny.yaml", "--size", "64", "--steps", "2", "--json", "-",
          ], in: scratch))
      #expect(Self.common.allSatisfy { report[$0] != nil }, "\(report.keys)")
      let split = try #require(report["split"] as? [String: Any])
      #expect(Set(split.keys) == ["decode", "preprocess", "network", "postprocess"])
    }

    @Test func picturesAreCountedFromDiskAndFromMemory() throws {
      let scratch = try Scratch()
      let report = try document(
        Binary.run(
          [
            "bench", "data", "--data", "data/data.yaml", "--size", "64", "--batch", "2", "--passes",
            "2", "--json", "-",
          ], in: scratch))
      #expect((report["fromDisk"] as? Double ?? 0) > 0)
      #expect(report["cached"] is [String: Double])
      #expect((report["cacheBytes"] as? Int ?? 0) > 0)
    }
  }
}
