/// Computes ``VocMetrics``.
package struct VocEvaluator: Sendable {
  /// IoU from which a detection finds an object.
  package var overlap = 0.5

  package init() {}

  package func evaluate(_ truth: CocoTruth, _ detections: [CocoDetection]) -> VocMetrics {
    let classCount = truth.categories.count
    let objects = ClassGroups(
      truth.objects, imageRanks: Array(truth.imageIDs.indices), classCount: classCount)
    var ranked = [[CocoDetection]](repeating: [], count: classCount)
    for detection in detections { ranked[detection.category].append(detection) }
    return VocMetrics(
      overlap: overlap,
      perClass: truth.categories.indices.map { category in
        evaluate(
          truth.categories[category].label,
          Array(objects.entries[objects.starts[category]..<objects.starts[category + 1]]),
          ranked[category])
      })
  }

  /// - Parameter objects: of one class, those of an image side by side.
  private func evaluate(
    _ label: String, _ objects: [CocoObject], _ detections: [CocoDetection]
  ) -> VocClassMetrics {
    let instances = objects.count { !$0.isIgnored }
    var metrics = VocClassMetrics(
      label: label, instances: instances, difficult: objects.count - instances,
      elevenPoints: Figure(nil), allPoints: Figure(nil))
    guard instances > 0 else { return metrics }
    let precisions = precisions(objects, detections)
    metrics.elevenPoints = Figure(elevenPoints(precisions, instances))
    // Every hit is one step of recall.
    metrics.allPoints = Figure(precisions.reduce(0, +) / Double(instances))
    return metrics
  }

  /// For each hit in the ranking, the highest precision reached there or further down.
  private func precisions(_ objects: [CocoObject], _ detections: [CocoDetection]) -> [Double] {
    let places = Dictionary(grouping: objects.indices) { objects[$0].image }
    var isFound = Array(repeating: false, count: objects.count)
    var precisions: [Double] = []
    var misses = 0
    for index in descendingOrder(of: detections.lazy.map(\.score)) {
      let best = best(for: detections[index], places[detections[index].image] ?? [], objects)
      if let best, objects[best].isIgnored { continue }
      guard let best, !isFound[best] else {
        misses += 1
        continue
      }
      isFound[best] = true
      let hits = precisions.count + 1
      precisions.append(Double(hits) / Double(hits + misses))
    }
    raiseToEnvelope(&precisions)
    return precisions
  }

  /// The object of greatest overlap, if it is enough.
  private func best(
    for detection: CocoDetection, _ places: [Int], _ objects: [CocoObject]
  ) -> Int? {
    var best = (overlap: -Double.infinity, place: 0)
    for place in places {
      let shared = detection.box.overlap(with: objects[place].box, isCrowd: false)
      if shared > best.overlap { best = (shared, place) }
    }
    return best.overlap >= overlap ? best.place : nil
  }

  private func elevenPoints(_ precisions: [Double], _ instances: Int) -> Double {
    (0...10).map { tenths in
      // The first hit at which recall is enough: hits / instances ≥ tenths / 10, in whole numbers.
      let hits = max(1, (tenths * instances + 9) / 10)
      return hits <= precisions.count ? precisions[hits - 1] : 0
    }.reduce(0, +) / 11
  }
}
