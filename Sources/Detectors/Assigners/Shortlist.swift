/// The few candidates of the lowest cost seen so far, best first; among equals the one seen first.
struct Shortlist {
  private(set) var entries: [(cost: Float, candidate: Int)] = []
  private let capacity: Int

  init(capacity: Int) {
    self.capacity = capacity
    entries.reserveCapacity(capacity + 1)
  }

  mutating func removeAll() { entries.removeAll(keepingCapacity: true) }

  @inline(__always)
  mutating func insert(_ candidate: Int, cost: Float) {
    if entries.count == capacity, capacity == 0 || cost >= entries[capacity - 1].cost { return }
    if entries.count == capacity { entries.removeLast() }
    var place = entries.count
    while place > 0, entries[place - 1].cost > cost { place -= 1 }
    entries.insert((cost, candidate), at: place)
  }
}
