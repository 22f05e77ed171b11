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

  func validate() throws {
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
