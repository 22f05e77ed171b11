import Evaluation

/// Which pictures a detector does best and worst on.
///
/// A picture's errors are the objects that it missed and its false detections: those from ``score`` on
/// that take no object, by COCO's matching at ``overlap``, a class at a time. Crowds and ignored
/// objects count for nothing, nor do detections that take one. The worst have the most errors, among
/// equals the fewest found objects; the best have the fewest errors, among equals the most found
/// objects, and are none of the worst. Pictures equal in both stay in the data's order.
package struct PictureRanking: Sendable {
  package struct Entry: Hashable, Sendable {
    /// Position of the picture.
    package var image: Int
    package var objects: [CocoObject]
    /// From the score on, best first.
    package var detections: [CocoDetection]
    /// Positions among ``objects`` of those missed.
    package var missed: Set<Int>
    /// Positions among ``detections`` of those that take nothing.
    package var wrong: Set<Int>
    package var found: Int

    package var errors: Int { missed.count + wrong.count }
  }

  package let score: Double
  package let overlap: Double
  /// Of every picture.
  package private(set) var entries: [Entry] = []

  package init(
    _ truth: CocoTruth, _ detections: [CocoDetection], score: Double, overlap: Double = 0.5
  ) {
    self.score = score
    self.overlap = overlap
    var objects = [[CocoObject]](repeating: [], count: truth.imageIDs.count)
    var kept = [[CocoDetection]](repeating: [], count: truth.imageIDs.count)
    for object in truth.objects { objects[object.image].append(object) }
    for detection in detections where detection.score >= score {
      kept[detection.image].append(detection)
    }
    for image in objects.indices {
      entries.append(entry(image, objects[image], kept[image].sorted { $0.score > $1.score }))
    }
  }

  private func entry(
    _ image: Int, _ objects: [CocoObject], _ detections: [CocoDetection]
  ) -> Entry {
    let pairing = CocoPairing(objects, detections, overlap: overlap)
    let counting = objects.indices.filter { !objects[$0].isIgnored }
    let missed = counting.filter { pairing.detectionOfObject[$0] == nil }
    return Entry(
      image: image, objects: objects, detections: detections, missed: Set(missed),
      wrong: Set(detections.indices.filter { pairing.objectOfDetection[$0] == nil }),
      found: counting.count - missed.count)
  }

  /// - Parameter count: at most so many; pictures without an error are none of them.
  package func worst(_ count: Int) -> [Entry] {
    let candidates = entries.filter { $0.errors > 0 }.sorted {
      (-$0.errors, $0.found, $0.image) < (-$1.errors, $1.found, $1.image)
    }
    return Array(candidates.prefix(count))
  }

  /// - Parameters:
  ///   - count: at most so many; pictures in which nothing was found are none of them.
  ///   - others: pictures to leave out.
  package func best(_ count: Int, without others: [Entry] = []) -> [Entry] {
    let left = Set(others.map(\.image))
    let candidates = entries.filter { $0.found > 0 && !left.contains($0.image) }.sorted {
      ($0.errors, -$0.found, $0.image) < ($1.errors, -$1.found, $1.image)
    }
    return Array(candidates.prefix(count))
  }
}
