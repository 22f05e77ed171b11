/// How one detection fares in one area range: bit `t` speaks for overlap threshold `t`. With
/// neither bit set, the detection does not count.
struct Outcome {
  var truePositive: UInt64 = 0
  var falsePositive: UInt64 = 0
}

/// Pairs the detections of one class in one image with its objects.
///
/// Best score first, each detection takes the free object of greatest overlap from the threshold
/// on, at equal overlap the last one; objects that count come before ignored ones, whatever their
/// overlap, and crowds stay free. A detection that takes an ignored object does not count, nor
/// does one that takes nothing and whose area lies outside the range.
///
/// Lin et al.: *Microsoft COCO: Common Objects in Context*, ECCV 2014; `cocoeval.py` of the COCO
/// API, `evaluateImg`. There an annotation of id 0 is never matched; here ids play no role.
struct CellMatcher {
  private let settings: CocoSettings
  private var objects: [CocoObject] = []
  private var detections: [CocoDetection] = []
  /// `[detections, objects]`
  private var overlaps: [Double] = []
  /// Greatest overlap of each detection.
  private var greatest: [Double] = []
  /// Objects that count, then ignored ones, both as they came.
  private var order: [Int] = []
  /// For each object, the thresholds at which it is taken.
  private var taken: [UInt64] = []

  init(_ settings: CocoSettings) {
    self.settings = settings
  }

  /// Takes up a cell; `detections` come best first.
  mutating func load(_ objects: ArraySlice<CocoObject>, _ detections: ArraySlice<CocoDetection>) {
    self.objects.removeAll(keepingCapacity: true)
    self.objects.append(contentsOf: objects)
    self.detections.removeAll(keepingCapacity: true)
    self.detections.append(contentsOf: detections)
    overlaps.removeAll(keepingCapacity: true)
    greatest.removeAll(keepingCapacity: true)
    for detection in detections {
      var most = -Double.infinity
      for object in objects {
        let overlap = detection.box.overlap(with: object.box, isCrowd: object.isCrowd)
        overlaps.append(overlap)
        most = max(most, overlap)
      }
      greatest.append(most)
    }
  }

  /// Appends one outcome a detection; returns how many objects count.
  mutating func match(_ range: AreaRange, into outcomes: inout [Outcome]) -> Int {
    func counts(_ object: CocoObject) -> Bool { !object.isIgnored && range.contains(object.area) }
    order.removeAll(keepingCapacity: true)
    for (index, object) in objects.enumerated() where counts(object) { order.append(index) }
    let counting = order.count
    for (index, object) in objects.enumerated() where !counts(object) { order.append(index) }
    taken.removeAll(keepingCapacity: true)
    taken.append(contentsOf: repeatElement(0, count: objects.count))

    let every = UInt64.max >> UInt64(64 - settings.overlapThresholds.count)
    for (index, detection) in detections.enumerated() {
      let (matched, ignored) = match(index, counting: counting)
      let missed = range.contains(detection.box.area) ? every & ~matched : 0
      outcomes.append(Outcome(truePositive: matched & ~ignored, falsePositive: missed))
    }
    return counting
  }

  /// The thresholds at which a detection takes an object, and at which that object is ignored.
  ///
  /// Thresholds do not see each other, so all are done for one detection before the next.
  private mutating func match(
    _ detection: Int, counting: Int
  ) -> (matched: UInt64, ignored: UInt64) {
    var matched: UInt64 = 0
    var ignored: UInt64 = 0
    for (index, threshold) in settings.overlapThresholds.enumerated() {
      // So that a threshold of 1 survives rounding; pycocotools' constant.
      let least = min(threshold, 1 - 1e-10)
      // Thresholds ascend: what is out of reach here is out of reach at all that follow.
      guard greatest[detection] >= least else { break }
      let bit: UInt64 = 1 << UInt64(index)
      guard let place = choose(for: detection, least: least, bit: bit, counting: counting) else {
        continue
      }
      taken[order[place]] |= bit
      matched |= bit
      if place >= counting { ignored |= bit }
    }
    return (matched, ignored)
  }

  /// The place in `order` of the object that a detection takes.
  private func choose(for detection: Int, least: Double, bit: UInt64, counting: Int) -> Int? {
    var best = least
    var choice: Int?
    for place in order.indices {
      if place == counting && choice != nil { break }
      let object = order[place]
      if taken[object] & bit != 0 && !objects[object].isCrowd { continue }
      let overlap = overlaps[detection * objects.count + object]
      if overlap >= best {
        best = overlap
        choice = place
      }
    }
    return choice
  }
}

extension CellMatcher {
  /// For each loaded detection the position of the object that it takes at the first threshold,
  /// whatever the areas; nil where it takes none.
  mutating func pairs() -> [Int?] {
    let positions = objects.indices
    order = positions.filter { !objects[$0].isIgnored } + positions.filter { objects[$0].isIgnored }
    taken = Array(repeating: 0, count: objects.count)
    let counting = objects.count { !$0.isIgnored }
    let least = CocoPairing.least(settings.overlapThresholds[0])
    return detections.indices.map { detection in
      guard let place = choose(for: detection, least: least, bit: 1, counting: counting) else {
        return nil
      }
      taken[order[place]] |= 1
      return order[place]
    }
  }
}
