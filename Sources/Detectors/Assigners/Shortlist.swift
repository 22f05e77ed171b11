/// The few candidates of the lowest cost seen so far, best first; among equals those nearer, then the
/// one seen first.
struct Shortlist {
  struct Entry {
    var candidate: Int
    var cost: Float
    /// Decides between equal costs; less is better.
    var distance: Float

    @inline(__always)
    func isWorse(than other: Entry) -> Bool {
      cost > other.cost || cost == other.cost && distance > other.distance
    }
  }

  private(set) var entries: [Entry] = []
  private let capacity: Int

  init(capacity: Int) {
    self.capacity = capacity
    entries.reserveCapacity(capacity + 1)
  }

  mutating func removeAll() { entries.removeAll(keepingCapacity: true) }

  /// Whether an entry of this cost may still get in; those of equal cost may.
  @inline(__always)
  func takes(cost: Float) -> Bool {
    entries.count < capacity || capacity > 0 && cost <= entries[capacity - 1].cost
  }

  @inline(__always)
  mutating func insert(_ candidate: Int, cost: Float, distance: Float = 0) {
    let entry = Entry(candidate: candidate, cost: cost, distance: distance)
    if entries.count == capacity {
      guard capacity > 0, entries[capacity - 1].isWorse(than: entry) else { return }
      entries.removeLast()
    }
    var place = entries.count
    while place > 0, entries[place - 1].isWorse(than: entry) { place -= 1 }
    entries.insert(entry, at: place)
  }
}
