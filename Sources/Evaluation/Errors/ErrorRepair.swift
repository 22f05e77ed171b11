extension ErrorLedger {
  /// One class's detections that count, best first, and how many objects it has.
  struct Ranked: Sendable {
    var isHit: [Bool] = []
    var instances: Int

    /// Mean over the recalls 0, 0.01, … 1 of the highest precision at this recall or beyond; nil
    /// without objects.
    var averagePrecision: Double? {
      guard instances > 0 else { return nil }
      var precisions: [Double] = []
      for (index, isHit) in isHit.enumerated() where isHit {
        precisions.append(Double(precisions.count + 1) / Double(index + 1))
      }
      raiseToEnvelope(&precisions)
      var sum = 0.0
      var hit = 0
      for step in 0...100 {
        // The division, not a product with 0.01: the two differ in the last bit.
        let recall = Double(step) / 100
        while hit < precisions.count && Double(hit + 1) / Double(instances) < recall { hit += 1 }
        guard hit < precisions.count else { break }
        sum += precisions[hit]
      }
      return sum / 101
    }

    /// Neither objects nor detections: such a class is in no mean.
    var isEmpty: Bool { instances == 0 && isHit.isEmpty }
  }

  /// Every class as it stands; ``rank()`` must have been called.
  var asFound: [Ranked] {
    var classes = instances.map { Ranked(instances: $0) }
    mergeRanked(mistakesFirst: false) { hit in
      classes[hit.category].isHit.append(true)
    } mistake: { mistake in
      if !mistake.isIgnored { classes[mistake.category].isHit.append(false) }
    }
    return classes
  }

  /// Every class once some errors are mended; ``rank()`` must have been called.
  ///
  /// Of equal scores mistakes come first, mended or not: tidecv ranks so.
  func mended(_ repair: Repair) -> [Ranked] {
    var classes = instances.map { Ranked(instances: $0) }
    if repair == .kind(.missed) { subtract(missed, from: &classes) }
    if repair == .falseNegatives { subtract(untaken, from: &classes) }
    if repair == .falsePositives {
      for hit in hits { classes[hit.category].isHit.append(true) }
      for mistake in mistakes where !mistake.isIgnored {
        classes[mistake.category].isHit.append(false)
      }
      return classes
    }
    mergeRanked(mistakesFirst: true) { hit in
      classes[hit.category].isHit.append(true)
    } mistake: { mistake in
      if repair == .kind(mistake.kind) {
        if let category = mistake.mendedCategory { classes[category].isHit.append(true) }
      } else if !mistake.isIgnored {
        classes[mistake.category].isHit.append(false)
      }
    }
    return classes
  }

  private func subtract(_ counts: [Int], from classes: inout [Ranked]) {
    for (category, count) in counts.enumerated() { classes[category].instances -= count }
  }

  /// Goes through all detections by falling score, equal ones by place or mistakes first.
  private func mergeRanked(
    mistakesFirst: Bool, hit: (Hit) -> Void, mistake: (Mistake) -> Void
  ) {
    var (nextHit, nextMistake) = (0, 0)
    while nextHit < hits.count || nextMistake < mistakes.count {
      let isHit: Bool
      if nextHit == hits.count || nextMistake == mistakes.count {
        isHit = nextHit < hits.count
      } else {
        let (right, wrong) = (hits[nextHit], mistakes[nextMistake])
        let (own, other) = (rankable(right.score), rankable(wrong.score))
        isHit = own != other ? own > other : !mistakesFirst && right.place < wrong.place
      }
      if isHit {
        hit(hits[nextHit])
        nextHit += 1
      } else {
        mistake(mistakes[nextMistake])
        nextMistake += 1
      }
    }
  }
}

extension [ErrorLedger.Ranked] {
  /// Mean over classes with objects or detections; a class with detections alone is at 0 (COCO
  /// leaves it out).
  var meanAveragePrecision: Double? {
    let values = filter { !$0.isEmpty }.map { $0.averagePrecision ?? 0 }
    return values.isEmpty ? nil : values.reduce(0, +) / Double(values.count)
  }
}
