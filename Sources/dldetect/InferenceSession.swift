import Detectors
import Foundation
import Images
import Networks
import Training

/// Detects in one picture after another, and keeps what there is to report.
struct InferenceSession {
  /// As in `infer --json`.
  struct Report: Encodable {
    var model: String
    var size: InputSide
    var images: [Image]
    var errors: [Problem]
  }

  struct Image: Encodable {
    struct Found: Encodable {
      var label: String
      var `class`: Int
      var score: Double
      var box: [Double]
    }
    struct Milliseconds: Encodable {
      var decode: Double
      var preprocess: Double
      var network: Double
      var postprocess: Double

      var stages: [Double] { [decode, preprocess, network, postprocess] }
    }
    var file: String
    var width: Int
    var height: Int
    var detections: [Found]
    var milliseconds: Milliseconds
  }

  struct Problem: Encodable {
    var file: String
    var error: String
  }

  /// Nil: no pictures are written.
  var output: DrawnPictures?
  private(set) var images: [Image] = []
  private(set) var problems: [Problem] = []
  private(set) var status: ExitStatus?
  /// What keeps pictures from being written ends the work.
  private(set) var outputFailure: (any Error)?

  private let detector: Detector
  private let options: DetectionOptions
  private let isQuiet: Bool

  init(_ detector: Detector, _ options: DetectionOptions, quiet: Bool) {
    self.detector = detector
    self.options = options
    isQuiet = quiet
  }

  var detectionCount: Int { images.reduce(0) { $0 + $1.detections.count } }

  var report: Report {
    Report(
      model: detector.settings.name,
      size: InputSide(extent: options.size ?? detector.description.trainingSize), images: images,
      errors: problems)
  }

  mutating func note(_ failure: PictureSources.Failure) {
    fail(failure.source, failure.error)
  }

  mutating func process(_ path: String) {
    guard outputFailure == nil else { return }
    let picture: Picture
    let result: DetectionResult
    let start = ContinuousClock.now
    let decode: Double
    do {
      picture = try Picture.read(path: path, input: detector.inputFormat)
      decode = (ContinuousClock.now - start) / .milliseconds(1)
      let nonFinite = picture.nonFiniteCount
      if nonFinite > 0 {
        Messages.warn(
          "\(path): \(nonFinite) values are NaN or infinite and count as the channel's lowest")
      }
      result = try detector.detect(in: picture, options: options)
    } catch {
      fail(path, error)
      return
    }
    let image = image(path, picture, result, decode: decode)
    images.append(image)
    if !isQuiet { print(line(image)) }
    do { try output?.write(picture, result.detections, detector.names, path: path) } catch {
      outputFailure = error
    }
  }

  private mutating func fail(_ file: String, _ error: any Error) {
    let failure = Failure(error)
    let line = failure.line ?? "\(error)"
    problems.append(Problem(file: file, error: line))
    Messages.error(line)
    // Missing input weighs less than broken input: a script that sees 66 knows nothing was damaged.
    status = status == .brokenData ? status : failure.status
  }

  private func image(_ path: String, _ picture: Picture, _ result: DetectionResult, decode: Double)
    -> Image
  {
    Image(
      file: path, width: picture.originalWidth, height: picture.originalHeight,
      detections: result.detections.map { detection in
        Image.Found(
          label: detector.names[detection.label], class: detection.label,
          score: rounded(detection.score, 1e5),
          box: [
            detection.box.left, detection.box.top, detection.box.width, detection.box.height,
          ].map { rounded($0, 1e3) })
      },
      milliseconds: .init(
        decode: decode, preprocess: result.timings.preprocess, network: result.timings.network,
        postprocess: result.timings.postprocess))
  }

  /// Digits that a float has, not those of its conversion to double.
  private func rounded(_ value: Float, _ scale: Double) -> Double {
    (Double(value) * scale).rounded() / scale
  }

  private func line(_ image: Image) -> String {
    let counts = detector.names.enumerated().compactMap { label, name in
      let count = image.detections.count { $0.class == label }
      return count > 0 ? "\(count) \(name)" : nil
    }
    let found = counts.isEmpty ? "nothing" : counts.joined(separator: ", ")
    return
      "\(image.file)  \(image.width)×\(image.height)  \(found)  \(times(image.milliseconds.stages))"
  }

  private func times(_ stages: [Double]) -> String {
    let names = ["decode", "preprocess", "network", "postprocess"]
    let parts = zip(names, stages).map { "\($0) \(String(format: "%.1f", $1))" }
    return "(\(parts.joined(separator: ", ")) ms)"
  }

  /// Medians over all pictures, and where the drawn ones lie.
  func summarize() {
    guard !isQuiet, !images.isEmpty else { return }
    let medians = (0..<4).map { stage in
      images.map { $0.milliseconds.stages[stage] }.sorted()[images.count / 2]
    }
    let total = String(format: "%.1f", medians.reduce(0, +))
    print(
      "\(images.count) pictures, \(detectionCount) detections; median \(total) ms a picture "
        + times(medians))
    if let folder = output?.folder { print("pictures with boxes in \(folder.path)") }
  }
}
