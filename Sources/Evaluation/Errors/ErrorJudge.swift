/// Finds out of each detection in an image whether it is right, and if not why, and which objects
/// were missed: classes are looked at together.
///
/// Best score first, each detection takes the free object of its class of greatest IoU, from
/// ``foreground`` on; at equal IoU the first one (COCO takes the last). One that takes none is
/// ignored where it shares more than ``foreground`` with a crowd or an ignored object of its class.
///
/// Bolya et al.: *TIDE*, ECCV 2020; `quantify.py` of tidecv 1.0.1, `TIDEExample` and
/// `TIDERun._eval_image`. There every ignored object is a crowd; here one that is none, as VOC's
/// difficult ones, is held against by IoU.
struct ErrorJudge {
  let foreground: Double
  let background: Double
  private(set) var ledger: ErrorLedger

  private var objects: [CocoObject] = []
  private var ignored: [CocoObject] = []
  private var isTaken: [Bool] = []
  /// Whether a mistake points at an object.
  private var isClaimed: [Bool] = []
  /// Of the detection in hand with each object.
  private var overlaps: [Double] = []
  private var place = 0

  init(classCount: Int, foreground: Double, background: Double) {
    self.foreground = foreground
    self.background = background
    ledger = ErrorLedger(classCount: classCount)
  }

  /// Judges one image; `detections` come best first.
  mutating func add(_ all: ArraySlice<CocoObject>, _ detections: ArraySlice<CocoDetection>) {
    objects = all.filter { !$0.isIgnored }
    ignored = all.filter(\.isIgnored)
    isTaken = Array(repeating: false, count: objects.count)
    isClaimed = isTaken
    let table = detections.map { detection in
      objects.map { detection.box.overlap(with: $0.box, isCrowd: false) }
    }
    let isHit = zip(detections, table).map { takes($0, $1) }
    for ((detection, overlaps), isHit) in zip(zip(detections, table), isHit) {
      self.overlaps = overlaps
      enter(detection, isHit: isHit)
      place += 1
    }
    for (index, object) in objects.enumerated() {
      ledger.instances[object.category] += 1
      if isTaken[index] { continue }
      ledger.untaken[object.category] += 1
      if !isClaimed[index] { ledger.missed[object.category] += 1 }
    }
  }

  private mutating func takes(_ detection: CocoDetection, _ overlaps: [Double]) -> Bool {
    let best = greatest(overlaps) { !isTaken[$0] && objects[$0].category == detection.category }
    guard let best, best.overlap >= foreground else { return false }
    isTaken[best.object] = true
    return true
  }

  private mutating func enter(_ detection: CocoDetection, isHit: Bool) {
    if isHit {
      ledger.hits.append(
        ErrorLedger.Hit(category: detection.category, score: detection.score, place: place))
      return
    }
    let (kind, object) = reason(detection)
    var mistake = ErrorLedger.Mistake(
      kind: kind, category: detection.category, score: detection.score, place: place,
      isIgnored: isIgnored(detection))
    // Best first, so that of several that point at an object the best one would take it.
    if let object, !isTaken[object], !isClaimed[object] {
      isClaimed[object] = true
      mistake.mendedCategory = objects[object].category
    }
    ledger.mistakes.append(mistake)
  }

  /// Why a detection takes nothing, and the object that it would take if it were right.
  private func reason(_ detection: CocoDetection) -> (ErrorKind, object: Int?) {
    func isOwn(_ object: Int) -> Bool { objects[object].category == detection.category }
    if let own = greatest(overlaps, where: isOwn), own.overlap >= background,
      own.overlap <= foreground
    {
      return (.localisation, own.object)
    }
    if let other = greatest(overlaps, where: { !isOwn($0) }), other.overlap >= foreground {
      return (.classification, other.object)
    }
    if let taken = greatest(overlaps, where: { isOwn($0) && isTaken[$0] }),
      taken.overlap >= foreground
    {
      return (.duplicate, nil)
    }
    let most = greatest(overlaps) { _ in true }?.overlap ?? 0
    return (most <= background ? .background : .both, nil)
  }

  private func isIgnored(_ detection: CocoDetection) -> Bool {
    ignored.contains {
      $0.category == detection.category
        && detection.box.overlap(with: $0.box, isCrowd: $0.isCrowd) > foreground
    }
  }

  /// The greatest of some overlaps, of equal ones the first.
  private func greatest(
    _ overlaps: [Double], where isIncluded: (Int) -> Bool
  ) -> (overlap: Double, object: Int)? {
    var best: (overlap: Double, object: Int)?
    for (object, overlap) in overlaps.enumerated()
    where overlap > best?.overlap ?? -.infinity && isIncluded(object) {
      best = (overlap, object)
    }
    return best
  }
}
