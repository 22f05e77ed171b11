import ArgumentParser
import Evaluation
import Reports

/// What eval and val compute beside COCO's figures.
struct EvaluationArguments: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "Area ranges instead of COCO's, as small=0-1024,large=1024-inf, square pixels.",
      valueName: "list"),
    transform: AreaList.init(parsing:))
  var areas: AreaList?

  @Flag(help: "Print every class by area range; JSON always has it.")
  var byArea = false

  @Option(
    help: """
      Write precision, recall and F1 by score at IoU 0.5, of every class and of all, as JSON to \
      this file.
      """)
  var curves: String?

  @Flag(help: "Print which classes are taken for which, with background, at IoU 0.5.")
  var confusion = false

  @Option(
    help: "Score from which detections are in --confusion, 0 … 1 (default: \(Self.usualScore)).")
  var confusionScore: Double?

  @Flag(help: "Print average precision by VOC's rules, of 2007 (11 points) and of 2010 on.")
  var voc = false

  @Flag(help: "Print how many errors there are of each kind and what they cost (TIDE).")
  var errors = false

  @Flag(help: "Print how far scores are from the precision that they promise, at IoU 0.5.")
  var calibration = false

  @Option(
    help: """
      Bins of scores in --calibration (1 … 1000; default: \(Calibration.usualBinCount)).
      """)
  var calibrationBins: Int?

  @Option(
    help: ArgumentHelp(
      "Print the scores at which a precision, a recall or so many false positives in a picture are "
        + "reached, as precision=0.9,recall=0.8,fppi=0.1, at IoU 0.5.", valueName: "list"),
    transform: OperatingTargetList.init(parsing:))
  var operatingPoints: OperatingTargetList?

  @Option(
    help: ArgumentHelp(
      "Print 95 % intervals of AP, AP50 and AP75 from so many sets of pictures drawn with "
        + "replacement (2 …), as 1000.", valueName: "samples"))
  var bootstrap: Int?

  @Option(help: "Seed of what is drawn for intervals (default: 0).")
  var bootstrapSeed: UInt64?

  private static let usualScore = 0.25

  func validate() throws {
    if let calibrationBins, !(1...1000).contains(calibrationBins) {
      throw ValidationError("--calibration-bins is \(calibrationBins), expected 1 … 1000")
    }
    if let bootstrap, !(2...1_000_000).contains(bootstrap) {
      throw ValidationError("--bootstrap is \(bootstrap), expected 2 … 1000000")
    }
    if let confusionScore, !(0...1).contains(confusionScore) {
      throw ValidationError("--confusion-score is \(confusionScore), expected 0 … 1")
    }
    guard confusion || confusionScore == nil else {
      throw ValidationError("--confusion-score goes with --confusion")
    }
    guard calibration || calibrationBins == nil else {
      throw ValidationError("--calibration-bins goes with --calibration")
    }
  }

  /// - Parameter drawers: what else than --bootstrap draws, by its option.
  func requireDraws(by drawers: [(option: String, isGiven: Bool)] = []) throws {
    let all = [("--bootstrap", bootstrap != nil)] + drawers
    guard bootstrapSeed == nil || all.contains(where: \.1) else {
      throw ValidationError(
        "--bootstrap-seed goes with \(all.map(\.0).joined(separator: " or "))")
    }
  }

  func options(
    overlaps: OverlapList?, limits: LimitList?, trainingImages: [Int]?
  ) -> EvaluationOptions {
    let coco = CocoSettings()
    var options = EvaluationOptions()
    options.settings = CocoSettings(
      overlapThresholds: overlaps?.thresholds ?? coco.overlapThresholds,
      detectionLimits: limits?.limits ?? coco.detectionLimits,
      areaRanges: areas.map { [.all] + $0.ranges } ?? coco.areaRanges)
    options.includesVOC = voc
    options.confusionScore = confusion ? confusionScore ?? Self.usualScore : nil
    options.includesCurves = curves != nil
    options.includesErrors = errors
    options.calibrationBins = calibration ? calibrationBins ?? Calibration.usualBinCount : nil
    options.operatingTargets = operatingPoints?.targets ?? []
    options.bootstrap = bootstrap.map { Resampling(count: $0, seed: bootstrapSeed ?? 0) }
    options.trainingImages = trainingImages
    return options
  }

  /// Prints and writes what was computed.
  ///
  /// - Parameter json: where the figures go as JSON; nothing is printed for `-`.
  func show(_ report: EvaluationReport, json: String?) throws {
    if json != "-" {
      let text = EvaluationText(
        report, settings: CocoSettings(), showsClassesByArea: byArea)
      print(text.text, terminator: "")
    }
    if let json { try JSONOutput.write(report, to: json) }
    if let curves, let drawn = report.curves { try JSONOutput.write(drawn, to: curves) }
  }
}
