/// Everything that average precision at one overlap is computed from, by class, with the reason of
/// each error.
struct ErrorLedger: Sendable {
  /// A detection that takes an object.
  struct Hit: Sendable {
    var category: Int
    var score: Double
    /// Place among all detections that were judged: images in order, best score first in each.
    var place: Int
  }

  /// A detection that takes none.
  struct Mistake: Sendable {
    var kind: ErrorKind
    var category: Int
    var score: Double
    var place: Int
    /// On a crowd or an ignored object: it does not count as it stands.
    var isIgnored: Bool
    /// The class of the object that it would take if it were right; nil where it would take none.
    var mendedCategory: Int?
  }

  /// In the order of ``Hit/place``; ``rank()`` orders them by score.
  var hits: [Hit] = []
  var mistakes: [Mistake] = []
  /// By class: objects that count, those that nothing takes, and of these the ones at which no
  /// mistake points.
  var instances: [Int]
  var untaken: [Int]
  var missed: [Int]

  init(classCount: Int) {
    instances = Array(repeating: 0, count: classCount)
    untaken = instances
    missed = instances
  }

  var classCount: Int { instances.count }

  /// Brings detections into falling order of score, equal scores as they came.
  mutating func rank() {
    hits = descendingOrder(of: hits.map(\.score)).map { hits[$0] }
    mistakes = descendingOrder(of: mistakes.map(\.score)).map { mistakes[$0] }
  }
}
