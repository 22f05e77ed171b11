extension ConfusionMatrix {
  /// Counts over all pictures.
  ///
  /// - Parameters:
  ///   - overlap: IoU, 0 … 1.
  ///   - score: detections below it are not looked at, 0 … 1.
  package init(
    _ truth: CocoTruth, _ detections: [CocoDetection], overlap: Double = 0.5, score: Double = 0.25
  ) {
    self.init(labels: truth.categories.map(\.label), overlap: overlap, score: score)
    let imageCount = truth.imageIDs.count
    let objects = perImage(truth.objects, imageCount)
    let kept = perImage(detections.filter { $0.score >= score }, imageCount)
    for image in 0..<imageCount { add(objects[image], kept[image]) }
  }

  private mutating func add(_ objects: [CocoObject], _ detections: [CocoDetection]) {
    let counting = objects.filter { !$0.isIgnored }
    let ignored = objects.filter(\.isIgnored)
    var isFound = Array(repeating: false, count: counting.count)
    var isUsed = Array(repeating: false, count: detections.count)
    for pair in pairs(counting, detections) where !isFound[pair.object] && !isUsed[pair.detection] {
      isFound[pair.object] = true
      isUsed[pair.detection] = true
      counts[counting[pair.object].category][detections[pair.detection].category] += 1
    }
    for (object, isFound) in zip(counting, isFound) where !isFound {
      counts[object.category][background] += 1
    }
    for (detection, isUsed) in zip(detections, isUsed)
    where !isUsed && !lies(detection, on: ignored) {
      counts[background][detection.category] += 1
    }
  }

  private struct Pair {
    var overlap: Double
    var score: Double
    var detection: Int
    var object: Int
  }

  /// Those that may match, in the order in which they do.
  private func pairs(_ objects: [CocoObject], _ detections: [CocoDetection]) -> [Pair] {
    var pairs: [Pair] = []
    for (index, detection) in detections.enumerated() {
      for (object, truth) in objects.enumerated() {
        let shared = detection.box.overlap(with: truth.box, isCrowd: false)
        guard shared >= overlap else { continue }
        pairs.append(
          Pair(overlap: shared, score: detection.score, detection: index, object: object))
      }
    }
    return pairs.sorted {
      (-$0.overlap, -$0.score, $0.detection, $0.object)
        < (-$1.overlap, -$1.score, $1.detection, $1.object)
    }
  }

  private func lies(_ detection: CocoDetection, on ignored: [CocoObject]) -> Bool {
    ignored.contains { detection.box.overlap(with: $0.box, isCrowd: $0.isCrowd) >= overlap }
  }
}

/// Entries of each image, as they came.
private func perImage<Entry: CocoEntry>(_ entries: [Entry], _ imageCount: Int) -> [[Entry]] {
  var images = [[Entry]](repeating: [], count: imageCount)
  for entry in entries { images[entry.image].append(entry) }
  return images
}
