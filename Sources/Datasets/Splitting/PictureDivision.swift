import RandomNumbers

/// Divides pictures into parts of given shares, at random or stratified by class; a function of the
/// seed.
package struct PictureDivision: Sendable {
  /// Of each part, adding up to 1.
  package var shares: [Double]
  package var seed: UInt64

  package init(shares: [Double], seed: UInt64) {
    precondition(
      shares.allSatisfy { $0 > 0 } && abs(shares.reduce(0, +) - 1) < 1e-9,
      "shares are positive and add up to 1")
    (self.shares, self.seed) = (shares, seed)
  }

  /// `count` parts of one size.
  package init(folds count: Int, seed: UInt64) {
    self.init(shares: Array(repeating: 1 / Double(count), count: count), seed: seed)
  }

  /// Any picture may come into any part; sizes are as near to the shares as whole pictures, and
  /// groups that stay together, allow.
  ///
  /// - Returns: the pictures of each part, in their order.
  package func random(_ groups: PictureGroups) -> [[Int]] {
    let groups = groups.groups
    let total = groups.reduce(0) { $0 + $1.count }
    var wanted = apportioned(total)
    var parts: [[Int]] = Array(repeating: [], count: shares.count)
    var generator = KeyedGenerator(seed: seed, purpose: "division")
    for index in generator.permutation(groups.count) {
      let part = wanted.indices.max { wanted[$0] < wanted[$1] } ?? 0
      parts[part] += groups[index]
      wanted[part] -= groups[index].count
    }
    return parts.map { $0.sorted() }
  }

  /// Each class has its share of pictures in each part, as near as can be; a picture without targets
  /// counts as one of a class of its own.
  ///
  /// Iterative stratification: the label with the fewest examples left is dealt out first, each
  /// example to the part that wants most of this label, then to the one that wants most pictures,
  /// then by lot. Sechidis, Tsoumakas, Vlahavas: *On the Stratification of Multi-label Data*, ECML
  /// PKDD 2011, algorithm 1. Here an example may be a group of pictures, which counts once for each.
  ///
  /// - Returns: the pictures of each part, in their order.
  package func stratified(_ groups: PictureGroups, _ presence: ClassPresence) -> [[Int]] {
    var dealer = Dealer(groups.groups, presence, shares)
    var generator = KeyedGenerator(seed: seed, purpose: "stratification")
    dealer.deal(&generator)
    var parts: [[Int]] = Array(repeating: [], count: shares.count)
    for (group, part) in zip(groups.groups, dealer.parts) { parts[part] += group }
    return parts.map { $0.sorted() }
  }

  /// Whole numbers in these shares that add up to `total`: the largest remainders are rounded up.
  package func apportioned(_ total: Int) -> [Int] {
    let exact = shares.map { $0 * Double(total) }
    // Rounding in a share must not cost a part its last picture.
    var counts = exact.map { Int(($0 + 1e-9).rounded(.down)) }
    let byRemainder = exact.indices.sorted {
      let (left, right) = (exact[$0] - Double(counts[$0]), exact[$1] - Double(counts[$1]))
      return abs(left - right) < 1e-9 ? $0 < $1 : left > right
    }
    for index in byRemainder.prefix(total - counts.reduce(0, +)) { counts[index] += 1 }
    return counts
  }

  /// The state of iterative stratification.
  private struct Dealer {
    /// Each group's part; −1 until it is dealt.
    private(set) var parts: [Int]
    private let groups: [[Int]]
    private let presence: ClassPresence
    /// The paper's c_j: pictures that a part still wants.
    private var wanted: [Double]
    /// The paper's c_j^i, by label and part.
    private var wantedOf: [[Double]]
    /// Pictures with a label that are not dealt.
    private var remaining: [Int]

    init(_ groups: [[Int]], _ presence: ClassPresence, _ shares: [Double]) {
      (self.groups, self.presence) = (groups, presence)
      parts = Array(repeating: -1, count: groups.count)
      let total = Double(presence.classes.count)
      wanted = shares.map { $0 * total }
      remaining = presence.pictureCounts
      wantedOf = remaining.map { count in shares.map { $0 * Double(count) } }
    }

    mutating func deal(_ generator: inout KeyedGenerator) {
      let order = generator.permutation(groups.count)
      while let label = rarest {
        for group in order where parts[group] < 0 && holds(group, label) {
          let part = choice(label, &generator)
          parts[group] = part
          for picture in groups[group] {
            wanted[part] -= 1
            for label in presence.classes[picture] {
              wantedOf[label][part] -= 1
              remaining[label] -= 1
            }
          }
        }
      }
    }

    private var rarest: Int? {
      remaining.indices.filter { remaining[$0] > 0 }.min { remaining[$0] < remaining[$1] }
    }

    private func holds(_ group: Int, _ label: Int) -> Bool {
      groups[group].contains { presence.classes[$0].contains(label) }
    }

    private func choice(_ label: Int, _ generator: inout KeyedGenerator) -> Int {
      let byLabel = most(wantedOf[label], among: Array(wanted.indices))
      let byCount = byLabel.count > 1 ? most(wanted, among: byLabel) : byLabel
      return byCount.count > 1 ? byCount[generator.index(below: byCount.count)] : byCount[0]
    }

    /// Those of the greatest value, but for rounding.
    private func most(_ values: [Double], among indices: [Int]) -> [Int] {
      let greatest = indices.map { values[$0] }.max() ?? 0
      return indices.filter { values[$0] >= greatest - 1e-9 }
    }
  }
}
