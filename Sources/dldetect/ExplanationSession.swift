import Datasets
import Detectors
import Explanations
import Foundation
import Reports

/// Explains one picture after another, and keeps what there is to report.
struct ExplanationSession {
  private(set) var report: ExplanationReport

  private let splits: [(name: String, dataset: Dataset)]
  private let explainers: [Explainer]
  /// Where each of the report's pictures comes from.
  private var sources: [(split: Int, sample: Int)] = []
  private let isQuiet: Bool
  private var status: ExitStatus?

  init(
    _ detector: Detector, _ splits: [(name: String, dataset: Dataset)], options: DetectionOptions,
    overlap: Double, data: String, quiet: Bool
  ) {
    self.splits = splits
    isQuiet = quiet
    explainers = splits.map {
      Explainer(detector, $0.dataset, options: options, overlap: overlap)
    }
    report = ExplanationReport(
      model: detector.settings.name, size: options.size ?? detector.description.trainingSize,
      data: data, classNames: detector.names, options: options, overlap: overlap)
  }

  /// Whole splits: counts are printed.
  mutating func explainAll() {
    let progress = ProgressLine()
    for (split, (_, dataset)) in splits.enumerated() {
      for sample in dataset.samples.indices {
        add((split, sample))
        progress.show(Double(sample + 1) / Double(dataset.count)) {
          "explaining: picture \(sample + 1)/\(dataset.count)"
        }
      }
      let leftOut = dataset.report.count(of: .unreadable)
      if leftOut > 0 {
        Messages.warn("the objects of \(leftOut) unreadable pictures are not in these figures")
        status = .brokenData
      }
    }
    progress.clear()
    if !isQuiet { print(report.text, terminator: "") }
  }

  /// Single pictures: every miss is printed.
  mutating func explain(_ chosen: [(split: Int, sample: Int)]) {
    for source in chosen { add(source) }
    guard !isQuiet else { return }
    for picture in report.pictures { print(picture.text(report.classNames), terminator: "") }
  }

  private mutating func add(_ source: (split: Int, sample: Int)) {
    do {
      report.add(try explainers[source.split].explain(source.sample))
      sources.append(source)
    } catch {
      let failure = Failure(error)
      let line = failure.line ?? "\(error)"
      let path = splits[source.split].dataset.samples[source.sample].path
      report.problems.append(.init(file: path, error: line))
      Messages.error(line)
      // Missing input weighs less than broken input.
      status = status == .brokenData ? status : failure.status
    }
  }

  /// Draws the pictures with the most misses.
  ///
  /// - Parameter limit: of pictures.
  func draw(_ limit: Int, into folder: String) throws {
    let chosen = report.worst.prefix(limit)
    for (number, position) in chosen.enumerated() {
      let explanation = report.pictures[position]
      let source = sources[position]
      let picture = try explainers[source.split].preview(source.sample)
      try MissDrawing.draw(explanation, on: picture, names: report.classNames)
      let stem = ((explanation.path as NSString).lastPathComponent as NSString)
        .deletingPathExtension
      try picture.write(to: "\(folder)/\(String(format: "%03d", number + 1))-\(stem).jpg")
    }
    Messages.note(
      chosen.isEmpty
        ? "nothing was missed: no picture was drawn"
        : "\(chosen.count) pictures with misses in \(folder) (\(MissDrawing.legend))")
  }

  /// - Throws: ``CommandError/someFailed(status:)`` if a picture could not be explained.
  func finish() throws {
    if let status { throw CommandError.someFailed(status: status) }
  }
}
