/// Computes ``ErrorBreakdown``.
package struct ErrorEvaluator: Sendable {
  /// IoU from which a detection finds an object.
  package var foreground = 0.5
  /// IoU up to which a detection lies on background.
  package var background = 0.1
  /// Detections that count in one image, best first, whatever their classes.
  package var limit = 100

  package init() {}

  package func evaluate(_ truth: CocoTruth, _ detections: [CocoDetection]) -> ErrorBreakdown {
    var ledger = judge(truth, detections)
    ledger.rank()
    return ErrorBreakdown(ledger, labels: truth.categories.map(\.label), evaluator: self)
  }

  /// Images go in the order of the truth.
  private func judge(_ truth: CocoTruth, _ detections: [CocoDetection]) -> ErrorLedger {
    let imageCount = truth.imageIDs.count
    let objects = ImageGroups(truth.objects, imageCount: imageCount)
    let found = ImageGroups(detections, imageCount: imageCount)
    var judge = ErrorJudge(
      classCount: truth.categories.count, foreground: foreground, background: background)
    for image in 0..<imageCount {
      let own = found[image]
      let order = descendingOrder(of: own.map(\.score)).prefix(limit)
      judge.add(objects[image], order.map { own[own.startIndex + $0] }[...])
    }
    return judge.ledger
  }
}

/// Entries side by side by image, within one as they came.
private struct ImageGroups<Entry: CocoEntry> {
  private var entries: [Entry] = []
  private var starts: [Int]

  init(_ entries: [Entry], imageCount: Int) {
    starts = Array(repeating: 0, count: imageCount + 1)
    for entry in entries { starts[entry.image + 1] += 1 }
    for image in 0..<imageCount { starts[image + 1] += starts[image] }
    var next = starts
    var order = Array(repeating: 0, count: entries.count)
    for (index, entry) in entries.enumerated() {
      order[next[entry.image]] = index
      next[entry.image] += 1
    }
    self.entries = order.map { entries[$0] }
  }

  subscript(image: Int) -> ArraySlice<Entry> { entries[starts[image]..<starts[image + 1]] }
}
