/// The scores at which a detector reaches what is wanted of it, at one overlap, matched as by COCO:
/// of each class, and of all classes at one common score.
///
/// Everingham et al.: *The PASCAL Visual Object Classes (VOC) Challenge*, IJCV 2010, §4.2 (precision
/// and recall); Dollár, Wojek, Schiele, Perona: *Pedestrian Detection: An Evaluation of the State of
/// the Art*, PAMI 2012, §3.2 (false positives per image).
package struct OperatingPoints: Encodable, Hashable, Sendable {
  package var overlap: Double
  package var targets: [OperatingRow]

  init(_ ranked: RankedClasses, _ targets: [OperatingTarget]) {
    overlap = ranked.overlap
    self.targets = targets.map { OperatingRow(ranked, $0) }
  }

  /// - Parameters:
  ///   - overlap: IoU from which a detection finds an object.
  ///   - limit: detections of one class that count in one image, best first.
  package init(
    _ truth: CocoTruth, _ detections: [CocoDetection], _ targets: [OperatingTarget],
    overlap: Double = 0.5, limit: Int = 100
  ) {
    self.init(RankedClasses(truth, detections, overlap: overlap, limit: limit), targets)
  }

  enum CodingKeys: String, CodingKey {
    case overlap = "iou"
    case targets
  }
}

/// One target, of all classes and of each in the truth's order.
package struct OperatingRow: Encodable, Hashable, Sendable {
  package var name: String
  package var value: Double
  package var all: OperatingPoint
  package var perClass: [OperatingPoint]

  init(_ ranked: RankedClasses, _ target: OperatingTarget) {
    (name, value) = (target.name, target.value)
    all = OperatingPoint(ranked.all, target, imageCount: ranked.imageCount)
    perClass = ranked.perClass.map {
      OperatingPoint($0, target, imageCount: ranked.imageCount)
    }
  }

  enum CodingKeys: String, CodingKey {
    case name = "wanted"
    case value, all, perClass
  }
}

/// The score from which detections are kept, and what that gives; all undefined where the target is
/// not reached or there are no objects.
package struct OperatingPoint: Encodable, Hashable, Sendable {
  /// A class's name, or "all".
  package var label: String
  /// Objects that count.
  package var instances: Int
  package var score: Figure
  package var precision: Figure
  package var recall: Figure
  package var f1: Figure
  package var falsePositivesPerImage: Figure

  package var isReached: Bool { score.value != nil }

  init(_ ranked: RankedClass, _ target: OperatingTarget, imageCount: Int) {
    label = ranked.label
    instances = ranked.instances
    let step = instances > 0 ? target.step(of: ranked, imageCount: imageCount) : nil
    score = Figure(step?.score)
    precision = Figure(step?.precision)
    recall = Figure(step?.recall(of: ranked.instances))
    f1 = Figure(step?.f1(of: ranked.instances))
    falsePositivesPerImage = Figure(step.map { Double($0.misses) / Double(imageCount) })
  }

  enum CodingKeys: String, CodingKey {
    case label, instances, score, precision, recall, f1
    case falsePositivesPerImage = "fppi"
  }
}
