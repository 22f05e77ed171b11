import ArgumentParser
import Datasets
import Detectors
import Explanations
import Reports
import Training

struct ExplainCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "explain",
    abstract: "Say of each object that a detector missed which stage lost it.",
    discussion: """
      Pictures are detected in as infer does it. Every missed object stands at the first stage \
      that lost it: under one cell, outside every level's range of sizes, without a positive \
      candidate in training, box of a wrong class, not proposed (by a detector in two stages), badly \
      localized, score too low, suppressed, cut by the most detections, counted for a neighbour.

      With --assigner nothing is detected: it counts what training's assigner gives each object.
      """)

  @Option(help: "Weights file, run folder, or shipped name (shapes, bccd).")
  var weights: String?

  @Option(
    help: """
      Explain only this picture of the data set, by its path or file name, each miss in a line. \
      May be given several times.
      """)
  var image: [String] = []

  @Option(help: "Data set with what is there; 'shapes' is built in.")
  var data = DataLoading.builtIn

  @Option(
    help: "Split (default: val; with --assigner train; with --image the one that has the picture).")
  var split: DataDescription.Split?

  @OptionGroup var detection: DetectionArguments

  @Option(
    help: "Detections with a lower score are left out, 0 … 1 (default: \(Self.usualScore)).")
  var conf: Float?

  @Option(
    name: .customLong("match-iou"),
    help: "IoU from which a detection finds an object, 0 … 1 (default: \(Self.usualIoU)).")
  var matchIoU: Double?

  @Option(help: "Folder for pictures with what was missed; must be new or empty.")
  var out: String?

  @Option(
    help: """
      Pictures to draw into --out, those with the most misses (1 …; default: \(Self.usualPictures)).
      """)
  var pictures: Int?

  @Option(help: "Write everything as JSON to this file, or to standard output (-).")
  var json: String?

  @Flag(help: "Audit training's assigner instead, of --weights or of --model.")
  var assigner = false

  @Option(help: "With --assigner: a preset's name or a model's YAML file (default: nano).")
  var model: String?

  private static let usualScore: Float = 0.25
  private static let usualIoU = 0.5
  private static let usualPictures = 20

  func validate() throws {
    let (conf, matchIoU) = (conf ?? Self.usualScore, matchIoU ?? Self.usualIoU)
    guard (0...1).contains(conf), matchIoU > 0, matchIoU <= 1, pictures ?? 1 > 0 else {
      throw ValidationError(
        "--conf is 0 … 1, --match-iou above 0 and at most 1, --pictures positive; got \(conf), "
          + "\(matchIoU) and \(pictures ?? Self.usualPictures)")
    }
    guard assigner || weights != nil else {
      throw ValidationError("--weights is missing: whose misses are to be explained?")
    }
    guard assigner || model == nil else {
      throw ValidationError("--model is for --assigner; weights carry their model")
    }
    guard model == nil || weights == nil else {
      throw ValidationError("--model and --weights exclude each other: weights carry their model")
    }
    if assigner, let option = detecting.first(where: \.isGiven)?.option {
      throw ValidationError(
        "\(option) is not for --assigner, which detects nothing and counts over a split")
    }
    guard pictures == nil || out != nil else {
      throw ValidationError("--pictures goes with --out, the folder that they are drawn into")
    }
    guard pictures == nil || image.isEmpty else {
      throw ValidationError("--pictures is not for --image: those that it names are drawn")
    }
  }

  /// What only detecting reads.
  private var detecting: [(option: String, isGiven: Bool)] {
    [
      ("--image", !image.isEmpty), ("--out", out != nil), ("--pictures", pictures != nil),
      ("--conf", conf != nil), ("--match-iou", matchIoU != nil), ("--iou", detection.iou != nil),
      ("--max-detections", detection.maxDetections != nil), ("--rect", detection.rect),
    ]
  }

  func run() throws {
    try OutputFiles.check(
      json: json,
      reading: [("--weights", weights.map(WeightsChoice.file)), ("--model", model)]
        + DataLoading.files(data)
        + image.map { ("--image", $0) })
    if assigner {
      try audit()
    } else {
      let precision = try detection.precision.resolved()
      try explain(try WeightsChoice.detector(weights ?? "", precision: precision))
    }
  }

  private func explain(_ detector: Detector) throws {
    try detection.prepare(for: detector)
    let description = try DataLoading.description(data)
    let names = split.map { [$0] } ?? (image.isEmpty ? [.val] : description.splitNames)
    let splits = try names.map { name in
      let dataset = try load(description, name)
      try dataset.requireClasses(detector.names)
      try TrainingInput.check(dataset, for: detector.inputFormat)
      return (name: name.rawValue, dataset: dataset)
    }
    let lookup = PictureLookup(data: data, splits: splits)
    let chosen = try image.map { try lookup.find($0) }
    var session = ExplanationSession(
      detector, splits, options: detection.options(minimumScore: conf ?? Self.usualScore),
      overlap: matchIoU ?? Self.usualIoU,
      data: "\(data), \(splits.map(\.name).joined(separator: " and "))", quiet: json == "-")
    // Before anything is computed: an output that cannot be made is said first.
    let folder = try out.map { try RunFolder.create($0, kind: "explain").path }
    if image.isEmpty { session.explainAll() } else { session.explain(chosen) }
    if let json { try JSONOutput.write(ExplanationDocument(session.report), to: json) }
    if let folder {
      try session.draw(image.isEmpty ? pictures ?? Self.usualPictures : chosen.count, into: folder)
    }
    try session.finish()
  }

  private func load(_ description: DataDescription, _ split: DataDescription.Split) throws
    -> Dataset
  {
    let dataset = try description.dataset(split)
    for line in dataset.report.warnings { Messages.warn(line) }
    return dataset
  }

  private func audit() throws {
    let dataset = try load(DataLoading.description(data), split ?? .train)
    let progress = ProgressLine()
    func show(_ done: Int) {
      progress.show(Double(done) / Double(dataset.count)) {
        "assigning: picture \(done)/\(dataset.count)"
      }
    }
    let audit: AssignerAudit
    if let weights {
      let detector = try WeightsChoice.detector(
        weights, precision: detection.precision.resolved())
      try detection.prepare(for: detector)
      try dataset.requireClasses(detector.names)
      audit = try AssignerAudit(
        detector, dataset, size: detection.size, isTrained: true, progress: show)
    } else {
      let settings = try ModelSettings(named: model ?? Preset.nano.rawValue)
      audit = try AssignerAudit(
        settings, dataset, size: detection.size ?? TrainingSettings().size, progress: show)
    }
    progress.clear()
    for problem in audit.errors { Messages.warn(problem.error) }
    if json != "-" { print(audit.text, terminator: "") }
    if let json { try JSONOutput.write(audit, to: json) }
    if !audit.errors.isEmpty { throw CommandError.someFailed(status: .brokenData) }
  }
}
