import Foundation
import Testing
import Training

@Suite struct CheckpointFolderTests {
  private func withFolder(_ body: (CheckpointFolder) throws -> Void) throws {
    let path = FileManager.default.temporaryDirectory
      .appendingPathComponent("checkpoint-\(UUID().uuidString)").path
    defer { try? FileManager.default.removeItem(atPath: path) }
    try body(CheckpointFolder(path))
  }

  private func write(_ folder: CheckpointFolder, step: Int, _ files: [(String, Data)]) throws {
    try folder.write(step: step) { path in
      for (name, data) in files { try DurableFiles.write(data, to: "\(path)/\(name)") }
      return files.map(\.0)
    }
  }

  private func bytes(_ seed: UInt8, count: Int = 1000) -> Data {
    Data((0..<count).map { UInt8(truncatingIfNeeded: $0) &* seed })
  }

  @Test func newestGenerationComesBack() throws {
    try withFolder { folder in
      for step in [1, 2, 3] {
        try write(folder, step: step, [("a", bytes(UInt8(step))), ("b", Data())])
      }
      let (files, passedOver) = try folder.readNewest()
      #expect(files == ["a": bytes(3), "b": Data()])
      #expect(passedOver.isEmpty)
      #expect(folder.generations.map(\.step) == [2, 3])
    }
  }

  @Test(arguments: ["flip", "cut", "remove", "manifest"])
  func damagedNewestFallsBack(damage: String) throws {
    try withFolder { folder in
      try write(folder, step: 1, [("a", bytes(1))])
      try write(folder, step: 2, [("a", bytes(2))])
      let newest = folder.generations[1].path
      switch damage {
      case "flip":
        var data = bytes(2)
        data[517] ^= 1
        try data.write(to: URL(fileURLWithPath: newest + "/a"))
      case "cut": try bytes(2, count: 999).write(to: URL(fileURLWithPath: newest + "/a"))
      case "remove": try FileManager.default.removeItem(atPath: newest + "/a")
      default: try Data("{".utf8).write(to: URL(fileURLWithPath: newest + "/manifest.json"))
      }
      let (files, passedOver) = try folder.readNewest()
      #expect(files["a"] == bytes(1))
      #expect(passedOver.count == 1)
      folder.removeAfter(step: 1)
      #expect(folder.generations.map(\.step) == [1])
    }
  }

  @Test func partialGenerationIsNoGeneration() throws {
    try withFolder { folder in
      try write(folder, step: 1, [("a", bytes(1))])
      let partial = folder.path + "/.partial-2"
      try FileManager.default.createDirectory(
        atPath: partial, withIntermediateDirectories: true)
      try bytes(2).write(to: URL(fileURLWithPath: partial + "/a"))
      #expect(try folder.readNewest().files["a"] == bytes(1))
      try write(folder, step: 2, [("a", bytes(3))])
      #expect(try folder.readNewest().files["a"] == bytes(3))
    }
  }

  @Test func emptyFolderIsAnErrorOfItsOwn() throws {
    try withFolder { folder in
      let run = (folder.path as NSString).deletingLastPathComponent
      #expect(throws: TrainingError.noCheckpoint(run: run)) { try folder.readNewest() }
    }
  }

  /// As the Python package xxhash, a wrapper of the reference implementation, computes them.
  @Test func checksumIsXXH64() {
    #expect(Checksum.value(Data()) == 0xEF46_DB37_51D8_E999)
    #expect(Checksum.value(Data("a".utf8)) == 0xD24E_C4F1_A98C_6E5B)
    #expect(Checksum.value(Data("abc".utf8)) == 0x44BC_2CF5_AD77_0999)
    #expect(Checksum.value(Data(0..<100)) == 0x6AC1_E580_3216_6597)
    #expect(Checksum.hexadecimal(Data()) == "ef46db3751d8e999")
  }

  @Test func checksumSeesEveryByte() {
    let data = bytes(7, count: 77)
    let sums = Set(
      (0..<77).map { index in
        var changed = data
        changed[index] ^= 0x80
        return Checksum.value(changed)
      } + [Checksum.value(data), Checksum.value(data.prefix(76))])
    #expect(sums.count == 79)
  }
}
