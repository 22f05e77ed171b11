import Evaluation

/// A report as JSON has it; boxes are `[x, y, width, height]` in pixels of the picture, sides √area
/// in pixels of the network's input.
package struct ExplanationDocument: Encodable {
  struct Counts: Encodable {
    var name: String
    var objects: Int
    var found: Int
    var missed: Int
    var stages: [Stage]
  }

  struct Stage: Encodable {
    var stage: MissStage
    var count: Int
  }

  struct Image: Encodable {
    var file: String
    var width: Int
    var height: Int
    var objects: Int
    var found: Int
    var falsePositives: Int
    var ignored: Int
    /// Of a detector in two stages.
    var proposals: Int?
    var misses: [MissEntry]
  }

  var model: String
  /// Height and width of the network's input.
  var size: [Int]
  var data: String
  var confidence: Double
  var matchIoU: Double
  var suppressionIoU: Double
  var maxDetections: Int
  var objects: Int
  var found: Int
  var missed: Int
  var falsePositives: Int
  var ignored: Int
  var ignoredDetections: Int
  var stages: [Stage]
  /// By what the network's boxes alone say.
  var shown: [Stage]
  var bySize: [Counts]
  var perClass: [Counts]
  var images: [Image]
  var errors: [ExplanationReport.Problem]

  package init(_ report: ExplanationReport) {
    model = report.model
    size = [report.size.height, report.size.width]
    data = report.data
    confidence = decimal(report.options.minimumScore)
    matchIoU = report.overlap
    suppressionIoU = decimal(report.options.iouThreshold)
    maxDetections = report.options.maxDetections
    let total = report.total
    (objects, found, missed) = (total.objects, total.found, total.missed)
    falsePositives = report.falsePositives
    ignored = report.ignored
    ignoredDetections = report.ignoredDetections
    let known = report.stages
    stages = Self.stages(known, total)
    shown = Self.stages(known, report.shownCounts)
    bySize = SizeClass.allCases.map { Self.counts($0.rawValue, known, report.counts(of: $0)) }
    perClass = report.classNames.enumerated().map {
      Self.counts($1, known, report.counts(ofClass: $0))
    }
    images = report.pictures.map { picture in
      Image(
        file: picture.path, width: picture.width, height: picture.height,
        objects: picture.counted, found: picture.found, falsePositives: picture.falsePositives,
        ignored: picture.ignored, proposals: picture.proposals,
        misses: picture.misses.map { MissEntry($0, in: picture, report.classNames) })
    }
    errors = report.problems
  }

  private static func stages(_ known: [MissStage], _ counts: MissCounts) -> [Stage] {
    known.map { Stage(stage: $0, count: counts[$0]) }
  }

  private static func counts(_ name: String, _ known: [MissStage], _ counts: MissCounts) -> Counts {
    Counts(
      name: name, objects: counts.objects, found: counts.found, missed: counts.missed,
      stages: stages(known, counts))
  }
}

/// The decimal number that a float was written as.
func decimal(_ value: Float) -> Double { Double("\(value)") ?? Double(value) }

/// At most three decimals.
func rounded(_ value: Double) -> Double { (value * 1000).rounded() / 1000 }
