import Detectors
import Execution
import Foundation
import Images
import Networks
import TestSupport
import Testing

private func small() -> ModelSettings {
  var backbone = CrossStageBackbone()
  backbone.widths = [16, 16, 16, 16]
  backbone.depths = [1, 1, 1, 1]
  var neck = PathAggregation()
  neck.widths = [16, 16, 16]
  var head = PointHead()
  head.channels = 16
  return ModelSettings(
    name: "small", strides: [8, 16, 32], backbone: .crossStage(backbone),
    neck: .pathAggregation(neck), head: .point(head))
}

private func detector(_ names: [String] = ["cat", "dog \"big\"", "Ŵolf"]) throws -> Detector {
  let description = DetectorDescription(
    settings: small(), names: names, trainingSize: Extent(height: 96, width: 64), origin: "a test")
  let detector = try Detector(description)
  detector.variables.parameters.initialize(seed: 9)
  return detector
}

@Suite struct SafeTensorsTests {
  private func write(_ file: String) throws {
    try [1, -2.5, .infinity, 0.1, 7, 8].withUnsafeBufferPointer { values in
      try SafeTensors.write(
        [
          .init(name: "z", shape: [2, 3], values: values),
          .init(name: "a", shape: [2], values: .init(rebasing: values[0..<2]), format: .f16),
          .init(name: "none", shape: [0], values: .init(rebasing: values[0..<0])),
        ], metadata: ["key": "välue"], to: file)
    }
  }

  @Test func valuesComeBack() throws {
    let folder = try TemporaryFolder()
    try write(folder.file("a.safetensors"))
    let tensors = try SafeTensors(contentsOf: folder.file("a.safetensors"))
    #expect(tensors.metadata == ["key": "välue"])
    #expect(tensors.names == ["z", "a", "none"])
    #expect(tensors["z"]?.shape == [2, 3])
    #expect(tensors.values("z") == [1, -2.5, .infinity, 0.1, 7, 8])
    #expect(tensors.values("a") == [1, -2.5])
    #expect(tensors.values("b") == nil)
  }

  @Test func valuesBeyondHalfPrecisionStayWhole() throws {
    let folder = try TemporaryFolder()
    try [70_000, 1].withUnsafeBufferPointer { values in
      try SafeTensors.write(
        [.init(name: "x", shape: [2], values: values, format: .f16)], metadata: [:],
        to: folder.file("x"))
    }
    #expect(try SafeTensors(contentsOf: folder.file("x")).values("x") == [70_000, 1])
  }

  @Test func everyTruncationIsAnError() throws {
    let folder = try TemporaryFolder()
    try write(folder.file("whole"))
    let whole = try #require(FileManager.default.contents(atPath: folder.file("whole")))
    for count in 0..<whole.count {
      #expect(throws: WeightsError.self) { try SafeTensors(whole.prefix(count), file: "cut") }
    }
    #expect(throws: WeightsError.self) { try SafeTensors(whole + Data([0]), file: "longer") }
  }

  @Test func lyingHeadersAreErrors() {
    func file(_ json: String, body: Int) -> Data {
      var data = Data((0..<8).map { UInt8(truncatingIfNeeded: json.utf8.count >> (8 * $0)) })
      data.append(contentsOf: json.utf8)
      data.append(Data(count: body))
      return data
    }
    for json in [
      "[]", "{\"x\": 3}",
      "{\"x\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[0]}}",
      "{\"x\":{\"dtype\":\"F32\",\"shape\":[3],\"data_offsets\":[0,8]}}",
      "{\"x\":{\"dtype\":\"F32\",\"shape\":[-2],\"data_offsets\":[0,8]}}",
      "{\"x\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[8,0]}}",
      "{\"x\":{\"dtype\":\"F32\",\"shape\":[9223372036854775807,2],\"data_offsets\":[0,8]}}",
      "{\"x\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[-9223372036854775808,8]}}",
      "{\"x\":{\"dtype\":\"I64\",\"shape\":[1],\"data_offsets\":[0,8]}}",
    ] {
      #expect(throws: WeightsError.self) { try SafeTensors(file(json, body: 8), file: "x") }
    }
  }

  @Test func failedWritesSayWhy() {
    let error = #expect(throws: WeightsError.self) {
      try writeAtomically("/nowhere/at/all", [1, 2, 3])
    }
    #expect("\(error!)".contains("cannot be written: No such file or directory"))
  }

  @Test func replacingLeavesNoTemporaryFile() throws {
    let folder = try TemporaryFolder()
    try writeAtomically(folder.file("x"), [1])
    try writeAtomically(folder.file("x"), [2, 3])
    #expect(FileManager.default.contents(atPath: folder.file("x")) == Data([2, 3]))
    #expect(try FileManager.default.contentsOfDirectory(atPath: folder.url.path) == ["x"])
  }
}

@Suite struct DetectorFilesTests {
  @Test func detectorsComeBack() throws {
    let folder = try TemporaryFolder()
    let original = try detector()
    try original.save(folder.file("d.safetensors"))
    let copy = try Detector.load(folder.file("d.safetensors"))
    #expect(copy.description == original.description)
    for index in copy.variables.parameters.specifications.indices {
      #expect(copy.variables.parameters[index].elementsEqual(original.variables.parameters[index]))
    }
  }

  @Test func halfPrecisionRounds() throws {
    let folder = try TemporaryFolder()
    let original = try detector()
    try original.save(folder.file("d"), halfPrecision: true)
    let copy = try Detector.load(folder.file("d"))
    for index in copy.variables.parameters.specifications.indices {
      for (a, b) in zip(copy.variables.parameters[index], original.variables.parameters[index]) {
        #expect(a == Float(Float16(b)))
      }
    }
  }

  @Test func theSameWeightsGiveTheSameBytes() throws {
    let folder = try TemporaryFolder()
    try detector().save(folder.file("a"))
    try detector().save(folder.file("b"))
    #expect(
      FileManager.default.contents(atPath: folder.file("a"))
        == FileManager.default.contents(atPath: folder.file("b")))
  }

  @Test func weightsOfAnotherModelAreCounted() throws {
    let folder = try TemporaryFolder()
    try detector(["a", "b"]).save(folder.file("two"))
    let tensors = try SafeTensors(contentsOf: folder.file("two"))
    let three = try detector(["a", "b", "c"])
    let report = three.variables.load(tensors)
    // Weight and bias of the class prediction of three levels.
    #expect(report.new.count == 6 && report.skipped.count == 6)
    #expect(report.skipped.allSatisfy { $0.contains("class.predict") })
    let error = WeightsError.otherModel(file: "two", report: report)
    #expect("\(error)".contains("6 of the file do not, 6 of the model are missing"))
  }

  @Test func otherFilesAreNamed() throws {
    let folder = try TemporaryFolder()
    #expect(throws: WeightsError.notFound(file: "/none")) { try Detector.load("/none") }
    try SafeTensors.write([], metadata: [:], to: folder.file("empty"))
    #expect(
      throws: WeightsError.notADetector(file: folder.file("empty"), key: "dldetect.model")
    ) { try Detector.load(folder.file("empty")) }
  }
}

@Suite(.serialized) struct NormalizationOfWeightsTests {
  private func picture() throws -> Picture {
    let pixels = (0..<3 * 80 * 60).map { UInt8(truncatingIfNeeded: $0 &* 37 ^ $0 >> 5) }
    return try Picture(pixels: pixels, width: 80, height: 60)
  }

  private func found(_ detector: Detector) throws -> [[UInt32]] {
    var options = DetectionOptions()
    options.minimumScore = 0
    return try detector.detect(in: picture(), options: options).detections.map {
      [$0.score, $0.box.left, $0.box.top, $0.box.right, $0.box.bottom].map(\.bitPattern)
    }
  }

  @Test func weightsThatDoNotSayAreLinearAndDetectTheSame() throws {
    let folder = try TemporaryFolder()
    let detector = try detector()
    try detector.save(folder.file("new"))
    let new = try SafeTensors(contentsOf: folder.file("new"))
    var metadata = new.metadata
    #expect(metadata.removeValue(forKey: "dldetect.normalization") != nil)
    // Models of files from before name no channels either.
    metadata["dldetect.model"] = metadata["dldetect.model"]?.replacing(
      "inputChannels: 3\n", with: "")
    #expect(metadata["dldetect.model"]?.contains("inputChannels") == false)
    try SafeTensors.write(detector.variables.sources(), metadata: metadata, to: folder.file("old"))
    let old = try Detector.load(folder.file("old"))
    #expect(old.inputFormat == InputFormat())
    let wanted = try found(detector)
    #expect(!wanted.isEmpty)
    #expect(try found(old) == wanted)
  }

  @Test func normalizationComesBackAndCounts() throws {
    let folder = try TemporaryFolder()
    let plain = try detector()
    var description = plain.description
    description.normalization = .standard(
      mean: [120.3, 99.1, 80.7], deviation: [60.1, 50.2, 40.3], minimum: [0, 0, 0],
      maximum: [255, 255, 255], bits: 8)
    let normalized = try Detector(description, variables: plain.variables)
    try normalized.save(folder.file("w"))
    let loaded = try Detector.load(folder.file("w"))
    #expect(loaded.description.normalization == description.normalization)
    #expect(try found(loaded) == found(normalized))
    #expect(try found(normalized) != found(plain))
    // Sixteen bits are another depth than was measured.
    let wide = try Picture(pixels: [UInt16](repeating: 9, count: 12), width: 2, height: 2)
    #expect(throws: ImageError.self) { try loaded.detect(in: wide) }
  }

  @Test func damagedNormalizationIsAnError() throws {
    let folder = try TemporaryFolder()
    let detector = try detector()
    for text in ["{", "{\"kind\":\"standard\",\"bits\":8,\"channels\":[]}"] {
      var metadata = detector.description.metadata
      metadata["dldetect.normalization"] = text
      try SafeTensors.write(
        detector.variables.sources(), metadata: metadata, to: folder.file("bad"))
      #expect(throws: WeightsError.self) { try Detector.load(folder.file("bad")) }
    }
  }

  @Test func fiveChannelsOfFloatsAreTaken() throws {
    var settings = small()
    settings.inputChannels = 5
    let normalization = Normalization.percentile(
      low: [0, 1, 2, 3, 4], high: [10, 11, 12, 13, 14], bits: 32)
    let detector = try Detector(
      DetectorDescription(
        settings: settings, names: ["a"], trainingSize: Extent(64), normalization: normalization))
    var pixels = (0..<5 * 64 * 64).map { Float($0 % 17) }
    pixels[3] = .nan
    let picture = try Picture(pixels: pixels, width: 64, height: 64, channels: 5)
    let result = try detector.detect(in: picture)
    #expect(result.detections.allSatisfy { $0.score.isFinite })
    #expect(throws: ImageError.otherChannels(source: "the picture", has: 3, wanted: 5)) {
      try detector.detect(in: Picture(width: 8, height: 8, filledWith: .black))
    }
    settings.inputChannels = 17
    #expect(throws: SettingsError.self) { try settings.graph(classCount: 1) }
  }
}
