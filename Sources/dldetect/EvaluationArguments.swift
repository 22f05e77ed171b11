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

  @Option(help: "Score from which detections are in --confusion, 0 … 1.")
  var confusionScore = 0.25

  @Flag(help: "Print average precision by VOC's rules, of 2007 (11 points) and of 2010 on.")
  var voc = false

  @Flag(help: "Print how many errors there are of each kind and what they cost (TIDE).")
  var errors = false

  @Flag(help: "Print how far scores are from the precision that they promise, at IoU 0.5.")
  var calibration = false

  @Option(help: "Bins of scores in --calibration (1 … 1000).")
  var calibrationBins = Calibration.usualBinCount

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

  @Option(help: "Seed of --bootstrap.")
  var bootstrapSeed: UInt64 = 0

  func validate() throws {
    guard (1...1000).contains(calibrationBins) else {
      throw ValidationError("--calibration-bins is \(calibrationBins), expected 1 … 1000")
    }
    if let bootstrap, !(2...1_000_000).contains(bootstrap) {
      throw ValidationError("--bootstrap is \(bootstrap), expected 2 … 1000000")
    }
    guard (0...1).contains(confusionScore) else {
      throw ValidationError("--confusion-score is \(confusionScore), expected 0 … 1")
    }
    guard curves != "-" else {
      throw ValidationError("--curves needs a file's name, standard output is for the figures")
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
    options.confusionScore = confusion ? confusionScore : nil
    options.includesCurves = curves != nil
    options.includesErrors = errors
    options.calibrationBins = calibration ? calibrationBins : nil
    options.operatingTargets = operatingPoints?.targets ?? []
    options.bootstrap = bootstrap.map { Resampling(count: $0, seed: bootstrapSeed) }
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
