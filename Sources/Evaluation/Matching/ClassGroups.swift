/// What has a place in an image and a class.
protocol CocoEntry: Sendable {
  var image: Int { get }
  var category: Int { get }
}

extension CocoObject: CocoEntry {}
extension CocoDetection: CocoEntry {}

/// Entries ordered by class, within it by the rank of their image, within it as they came.
///
/// Two counting sorts, so the order is stable and the cost linear.
struct ClassGroups<Entry: CocoEntry>: Sendable {
  let entries: [Entry]
  /// Rank of each entry's image.
  let ranks: [Int]
  /// Class `k` holds `entries[starts[k] ..< starts[k + 1]]`.
  let starts: [Int]

  init(_ entries: [Entry], imageRanks: [Int], classCount: Int) {
    let ranks = entries.map { entry in
      precondition(
        imageRanks.indices.contains(entry.image) && (0..<classCount).contains(entry.category),
        "image \(entry.image) of \(imageRanks.count), class \(entry.category) of \(classCount)")
      return imageRanks[entry.image]
    }
    let byImage = stableOrder(of: entries.indices, below: imageRanks.count) { ranks[$0] }
    let order = stableOrder(of: byImage.order, below: classCount) { entries[$0].category }
    self.entries = order.order.map { entries[$0] }
    self.ranks = order.order.map { ranks[$0] }
    starts = order.starts
  }
}

/// `items` by ascending key, equal keys as they came, and where each key's run starts.
private func stableOrder(
  of items: some Collection<Int>, below bound: Int, by key: (Int) -> Int
) -> (order: [Int], starts: [Int]) {
  var starts = [Int](repeating: 0, count: bound + 1)
  for item in items { starts[key(item) + 1] += 1 }
  for index in 0..<bound { starts[index + 1] += starts[index] }
  var next = starts
  var order = [Int](repeating: 0, count: items.count)
  for item in items {
    order[next[key(item)]] = item
    next[key(item)] += 1
  }
  return (order, starts)
}
