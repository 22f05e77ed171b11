import Evaluation

/// A miss as JSON has it; keys that say nothing of its stage are left out.
struct MissEntry: Encodable {
  struct Scored: Encodable {
    var label: String
    var score: Double
    /// IoU with the missed object.
    var iou: Double
    var box: [Double]
  }

  var label: String
  var `class`: Int
  var box: [Double]
  var size: SizeClass
  var side: Double
  var positives: Int
  var positivesAlone: Int
  var stage: MissStage
  var reason: String
  /// What the network's boxes alone say.
  var shown: MissStage
  var shownReason: String
  /// The box of its own class that ``shown`` speaks of.
  var own: Scored?
  /// The box of another class, or the one that suppressed.
  var rival: Scored?
  /// IoU of ``own`` with ``rival``, or with the neighbour that it was counted for; of the closest
  /// proposal with the object.
  var iou: Double?
  var rank: Int?
  var limit: MissCause.Limit?
  var nearestLevel: String?
  var neighbour: [Double]?

  init(_ miss: Miss, in picture: PictureExplanation, _ names: [String]) {
    let object = picture.objects[miss.object]
    let category = object.object.category
    label = names[category]
    `class` = category
    box = Self.numbers(object.object.box)
    size = object.sizeClass
    side = rounded(object.side)
    positives = object.positives
    positivesAlone = object.positivesAlone
    stage = miss.stage
    reason = miss.cause.reason(names)
    shown = miss.shown.stage
    shownReason = miss.shown.reason(names)
    own = miss.shown.own.map { Self.scored($0, names) }
    rival = miss.shown.rival.map { Self.scored($0, names) }
    if case .outsideRange(_, let level) = miss.cause { nearestLevel = level.name }
    switch miss.shown {
    case .notProposed(let closest, _): iou = rounded(closest)
    case .suppressed(_, _, let overlap, _): iou = rounded(overlap)
    case .cut(_, let rank, let limit, _): (self.rank, self.limit) = (rank, limit)
    case .matchedAnother(_, let other, let overlap):
      iou = rounded(overlap)
      neighbour = Self.numbers(picture.objects[other].object.box)
    default: break
    }
  }

  private static func numbers(_ box: CocoBox) -> [Double] {
    [box.x, box.y, box.width, box.height].map(rounded)
  }

  private static func scored(_ box: ScoredBox, _ names: [String]) -> Scored {
    Scored(
      label: names[box.label], score: rounded(Double(box.score)), iou: rounded(box.overlap),
      box: numbers(box.box))
  }
}
