/// Which detection takes which object of one image, by COCO's matching at one overlap.
///
/// Class by class; see ``CellMatcher`` for who comes first. Every area counts.
package struct CocoPairing: Hashable, Sendable {
  /// For each detection the position of the object that it takes, ignored or not; nil: none.
  package let objectOfDetection: [Int?]
  /// For each object the position of the first detection that takes it.
  package let detectionOfObject: [Int?]

  /// - Parameters:
  ///   - objects: of one image.
  ///   - detections: of the same image.
  ///   - overlap: IoU from which a detection may take an object, 0 to 1.
  package init(_ objects: [CocoObject], _ detections: [CocoDetection], overlap: Double) {
    var objectOfDetection = [Int?](repeating: nil, count: detections.count)
    var detectionOfObject = [Int?](repeating: nil, count: objects.count)
    var matcher = CellMatcher(CocoSettings(overlapThresholds: [overlap]))
    for category in Set(detections.map(\.category)).sorted() {
      let own = objects.indices.filter { objects[$0].category == category }
      let found = detections.indices.filter { detections[$0].category == category }
      let order = descendingOrder(of: found.map { detections[$0].score }).map { found[$0] }
      matcher.load(own.map { objects[$0] }[...], order.map { detections[$0] }[...])
      for (detection, pair) in zip(order, matcher.pairs()) {
        guard let object = pair.map({ own[$0] }) else { continue }
        objectOfDetection[detection] = object
        detectionOfObject[object] = detectionOfObject[object] ?? detection
      }
    }
    self.objectOfDetection = objectOfDetection
    self.detectionOfObject = detectionOfObject
  }

  /// The IoU that is compared with: a threshold of 1 survives rounding, as in pycocotools.
  package static func least(_ overlap: Double) -> Double { min(overlap, 1 - 1e-10) }
}
