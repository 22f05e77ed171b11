import Boxes
import Detectors
import Execution
import Images
import Networks
import Testing

@Suite(.serialized) struct DetectorTests {
  private func detector() throws -> Detector {
    let detector = try Detector(
      DetectorDescription(
        settings: Preset.nano.settings, names: ["a", "b"], trainingSize: Extent(64)))
    // Scores around ½, so that something is found.
    let parameters = detector.variables.parameters
    for specification in parameters.specifications
    where specification.name.hasSuffix("class.predict.bias") {
      parameters[specification.name]!.update(repeating: 0)
    }
    detector.reloadVariables()
    return detector
  }

  private func picture(_ width: Int, _ height: Int) throws -> Picture {
    let pixels = (0..<3 * width * height).map { UInt8(truncatingIfNeeded: $0 &* 37 ^ $0 >> 5) }
    return try Picture(pixels: pixels, width: width, height: height)
  }

  @Test func detectionsLieInsideThePicture() throws {
    let result = try detector().detect(in: picture(100, 50))
    #expect(!result.detections.isEmpty && result.detections.count <= 100)
    for detection in result.detections {
      #expect(detection.box.left >= 0 && detection.box.right <= 100)
      #expect(detection.box.top >= 0 && detection.box.bottom <= 50)
    }
    #expect(result.detections.map(\.score) == result.detections.map(\.score).sorted(by: >))
    #expect(result.timings.network > 0)
  }

  @Test func batchesGiveWhatSinglePicturesGive() throws {
    let detector = try detector()
    let pictures = [try picture(100, 50), try picture(40, 80)]
    let together = try detector.detect(in: pictures)
    for (picture, batch) in zip(pictures, together) {
      let alone = try detector.detect(in: picture)
      #expect(alone.detections.count == batch.detections.count)
      for (one, other) in zip(alone.detections, batch.detections) {
        #expect(abs(one.score - other.score) < 1e-4)
      }
    }
  }

  @Test func rectangularCanvasesAreAsSmallAsStridesAllow() throws {
    var options = DetectionOptions()
    #expect(
      options.canvas(pictureWidth: 640, pictureHeight: 200, size: Extent(320), multiple: 32)
        == Extent(320))
    options.isRectangular = true
    // 640×200 shrinks to 320×100, which needs 128 rows.
    #expect(
      options.canvas(pictureWidth: 640, pictureHeight: 200, size: Extent(320), multiple: 32)
        == Extent(height: 128, width: 320))
    _ = try detector().detect(in: picture(100, 30), options: options)
  }

  @Test func wrongSizesAreRefused() throws {
    var options = DetectionOptions()
    options.size = Extent(100)
    #expect(throws: SettingsError.self) {
      try detector().detect(in: picture(10, 10), options: options)
    }
  }

  @Test func onlyTheBestCandidatesEnterSuppression() {
    var options = DetectionOptions()
    options.candidateLimit = 2
    let detections = (0..<4).map { index in
      Detection(
        box: Box(centerX: Float(100 * index), centerY: 0, width: 10, height: 10), label: 0,
        score: [0.1, 0.9, 0.5, 0.7][index])
    }
    #expect(options.suppressed(detections).map(\.score) == [0.9, 0.7])
  }

  /// Norms and RepVGG's branches summed into one convolution each, against the layers one by one.
  @Test(
    arguments: Preset.allCases.map {
      "preset: \($0.rawValue)\nbackbone: {scale: {width: 0.25, depth: 0.3}}"
    }
      + ["preset: nano", "preset: nano\nbackbone: {type: repvggA0, scale: {width: 0.25}}"])
  func foldingKeepsDetections(_ yaml: String) throws {
    let settings = try ModelSettings(yaml: yaml, file: "model.yaml")
    let folded = try Detector(
      DetectorDescription(settings: settings, names: ["a", "b"], trainingSize: Extent(64)))
    // As after training: norms that do something.
    for store in [folded.variables.parameters, folded.variables.buffers] {
      for specification in store.specifications where specification.name.contains("norm") {
        let values = store[specification.name]!
        for index in values.indices { values[index] += 0.2 * Float(index * 7 % 11 - 5) / 11 }
      }
    }
    for specification in folded.variables.parameters.specifications
    where specification.name.hasSuffix("class.predict.bias") {
      folded.variables.parameters[specification.name]!.update(repeating: 0)
    }
    folded.reloadVariables()
    let plain = try Detector(folded.description, variables: folded.variables, folds: false)
    let picture = try picture(64, 64)
    let found = try folded.detect(in: picture).detections
    let expected = try plain.detect(in: picture).detections
    #expect(found.count == expected.count && found.count > 10)
    for one in expected {
      #expect(
        found.contains {
          $0.label == one.label && abs($0.score - one.score) < 1e-4
            && zip($0.box.corners, one.box.corners).allSatisfy { abs($0 - $1) < 64 * 1e-4 }
        })
    }
  }
}

extension Box {
  fileprivate var corners: [Float] { [left, top, right, bottom] }
}
