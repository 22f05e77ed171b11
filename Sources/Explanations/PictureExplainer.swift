import Boxes
import Detectors
import Evaluation
import Images

/// Says of one picture which objects were found, and of each other the first stage that lost it.
///
/// Every miss gets a stage, since the last three questions have no fourth answer: an object that is
/// free, with a box of its class that lies well and reaches the score, is missed only if that box
/// was suppressed, was one too many, or was counted for a neighbour.
struct PictureExplainer {
  private let rules: ExplanationRules
  private let objects: [ExaminedObject]
  private let fates: CandidateFates
  /// Pixels of the picture; nil in one stage.
  private let proposals: [CocoBox]?
  let pairing: CocoPairing
  /// Best first, pixels of the picture.
  let detections: [CocoDetection]
  /// IoU from which a box lies well.
  private let least: Double

  /// - Parameters:
  ///   - objects: of the picture, ignored ones too.
  ///   - candidates: all of the network's boxes, pixels of its input.
  ///   - proposals: where a second stage looked, likewise.
  init(
    _ objects: [ExaminedObject], candidates: [Detection], proposals: [Box]?, letterbox: Letterbox,
    rules: ExplanationRules
  ) {
    self.rules = rules
    self.objects = objects
    let boxes = Detector.toPicture(letterbox, candidates).map { CocoBox($0.box) }
    let fates = CandidateFates(candidates, boxes: boxes, options: rules.detection)
    self.fates = fates
    self.proposals = proposals.map { boxes in
      let seen = boxes.map { Detection(box: $0, label: 0, score: 0) }
      return Detector.toPicture(letterbox, seen).map { CocoBox($0.box) }
    }
    detections = fates.detected.map {
      CocoDetection(
        image: 0, category: candidates[$0].label, box: boxes[$0],
        score: Double(candidates[$0].score))
    }
    pairing = CocoPairing(objects.map(\.object), detections, overlap: rules.overlap)
    least = CocoPairing.least(rules.overlap)
  }

  /// What was missed, in the order of the objects.
  var misses: [Miss] {
    let missed = objects.indices.filter {
      !objects[$0].object.isIgnored && pairing.detectionOfObject[$0] == nil
    }
    return missed.map { index in
      let shown = shownCause(index)
      return Miss(object: index, cause: structuralCause(objects[index]) ?? shown, shown: shown)
    }
  }

  private func structuralCause(_ object: ExaminedObject) -> MissCause? {
    let side = object.side
    if side < rules.cell { return .underCell(side: side, cell: rules.cell) }
    if let nearest = rules.levels.min(by: { $0.distance(side) < $1.distance(side) }),
      nearest.distance(side) > 0
    {
      return .outsideRange(side: side, nearest: nearest)
    }
    return object.positives == 0 ? .noPositive(alone: object.positivesAlone) : nil
  }

  private func shownCause(_ index: Int) -> MissCause {
    let near = boxes(near: index)
    let label = objects[index].object.category
    let own = near.filter { $0.label == label }
    let placed = own.filter { $0.overlap >= least }
    let confident = placed.filter(reachesScore)
    if !confident.isEmpty { return lostLater(confident, index) }
    // All that follows is about boxes that are not meant for a neighbour.
    let meant = near.filter { reachesScore($0) && !fitsAnother($0, than: index) }
    if let found = best(meant.filter { $0.label != label && $0.overlap >= least }) {
      return .wrongClass(found: found, own: best(placed))
    }
    if placed.isEmpty, let cause = notProposed(index) { return cause }
    let misplaced = closest(
      meant.filter { $0.label == label && $0.overlap >= rules.touchingOverlap })
    if let misplaced { return .badlyLocalized(best: misplaced, reachesScore: true) }
    if let faint = best(placed) {
      return .lowScore(own: faint, least: rules.detection.minimumScore)
    }
    return .badlyLocalized(best: closest(own), reachesScore: false)
  }

  /// What a second stage cannot put right: that nothing it looked at lies well.
  private func notProposed(_ index: Int) -> MissCause? {
    guard let proposals else { return nil }
    let object = objects[index].object
    let closest = proposals.map { $0.overlap(with: object.box, isCrowd: object.isCrowd) }.max() ?? 0
    return closest < least ? .notProposed(closest: closest, of: proposals.count) : nil
  }

  /// Where the last of some boxes that lie well and reach the score got lost.
  private func lostLater(_ boxes: [ScoredBox], _ index: Int) -> MissCause {
    let ends = boxes.sorted(by: isBetter).map { (box: $0, end: fates.end(of: $0.candidate)) }
    for (box, end) in ends {
      if case .detected(let position) = end { return matchedAnother(box, position) }
    }
    for (box, end) in ends {
      if case .behindDetections(let rank) = end {
        return .cut(
          own: box, rank: rank, limit: .detections, allowed: rules.detection.maxDetections)
      }
    }
    for (box, end) in ends {
      if case .suppressed(let rival, let overlap) = end {
        return .suppressed(
          own: box, by: scored(rival, beside: index), overlap: overlap,
          threshold: rules.detection.iouThreshold)
      }
    }
    guard case .behindCandidates(let rank) = ends[0].end else {
      preconditionFailure("a box that is none of detected, cut and suppressed")
    }
    return .cut(
      own: ends[0].box, rank: rank, limit: .candidates, allowed: rules.detection.candidateLimit)
  }

  private func matchedAnother(_ box: ScoredBox, _ detection: Int) -> MissCause {
    guard let object = pairing.objectOfDetection[detection] else {
      preconditionFailure("detection \(detection) took none of the objects within its reach")
    }
    return .matchedAnother(
      own: box, object: object, overlap: overlap(box.candidate, with: object))
  }

  private func reachesScore(_ box: ScoredBox) -> Bool {
    box.score >= rules.detection.minimumScore
  }

  /// Whether a box overlaps another object of its own class more.
  private func fitsAnother(_ box: ScoredBox, than index: Int) -> Bool {
    objects.indices.contains { other in
      other != index && objects[other].object.category == box.label
        && overlap(box.candidate, with: other) > box.overlap
    }
  }

  /// All boxes that touch an object.
  private func boxes(near index: Int) -> [ScoredBox] {
    fates.candidates.indices.map { scored($0, beside: index) }.filter { $0.overlap > 0 }
  }

  private func scored(_ candidate: Int, beside index: Int) -> ScoredBox {
    ScoredBox(
      candidate: candidate, box: fates.boxes[candidate], label: fates.candidates[candidate].label,
      score: fates.candidates[candidate].score, overlap: overlap(candidate, with: index))
  }

  private func overlap(_ candidate: Int, with index: Int) -> Double {
    let object = objects[index].object
    return fates.boxes[candidate].overlap(with: object.box, isCrowd: object.isCrowd)
  }

  private func best(_ boxes: [ScoredBox]) -> ScoredBox? { boxes.min(by: isBetter) }

  private func isBetter(_ first: ScoredBox, _ second: ScoredBox) -> Bool {
    first.score != second.score ? first.score > second.score : first.candidate < second.candidate
  }

  /// That of the largest overlap; of equal ones the best.
  private func closest(_ boxes: [ScoredBox]) -> ScoredBox? {
    boxes.min { $0.overlap != $1.overlap ? $0.overlap > $1.overlap : isBetter($0, $1) }
  }
}

extension PictureExplanation {
  /// Explains a picture of which all of the network's boxes are known.
  ///
  /// - Parameters:
  ///   - objects: of the picture, ignored ones too.
  ///   - candidates: all of the network's boxes, whatever their score; pixels of its input.
  ///   - proposals: where a second stage looked, likewise; nil in one stage.
  package init(
    _ objects: [ExaminedObject], candidates: [Detection], proposals: [Box]? = nil,
    letterbox: Letterbox, rules: ExplanationRules, path: String = ""
  ) {
    let explainer = PictureExplainer(
      objects, candidates: candidates, proposals: proposals, letterbox: letterbox, rules: rules)
    self.init(
      path: path, width: letterbox.pictureWidth, height: letterbox.pictureHeight,
      objects: objects, detections: explainer.detections, pairing: explainer.pairing,
      misses: explainer.misses, proposals: proposals?.count)
  }
}

extension CocoBox {
  /// A box in COCO's terms, pixels of the picture.
  package init(_ box: Box) {
    self.init(
      x: Double(box.left), y: Double(box.top), width: Double(box.width),
      height: Double(box.height))
  }
}
