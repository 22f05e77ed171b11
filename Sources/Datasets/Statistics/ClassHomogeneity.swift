/// Whether two splits have the same classes in the same shares: a χ² test on their objects.
///
/// Objects of one picture are alike, so that they say less than as many from different pictures, and
/// the plain test would find a difference anywhere. Its statistic is divided by the mean design
/// effect of the class shares, estimated from picture to picture: Rao, Scott: *On Chi-squared Tests
/// for Multiway Contingency Tables with Cell Proportions Estimated from Survey Data*, Annals of
/// Statistics 1984, the first-order correction. The effect's size is Cramér's V of the plain table:
/// Cramér: *Mathematical Methods of Statistics*, 1946, §21.9; 0.1 is small and 0.3 medium by Cohen:
/// *Statistical Power Analysis*, 1988, §7.2.
package struct ClassHomogeneity: Hashable, Sendable, Encodable {
  /// Pearson's statistic, as if objects were independent.
  package var chiSquared: Double
  package var degrees: Int
  /// By how much the statistic is too large for what the objects say; at least 1.
  package var designEffect: Double
  /// Of the corrected statistic.
  package var probability: Double
  /// Cramér's V, 0 … 1.
  package var effect: Double
  /// The class whose share differs most, and its share of each split's objects.
  package var mostDifferent: String
  package var shares: [Double]
  /// Classes too rare for the test, expected in fewer than 5 objects of a split, that were taken for
  /// one.
  package var pooledClasses: Int

  /// Cochran: *The χ² Test of Goodness of Fit*, Annals of Mathematical Statistics 1952: the least
  /// count to be expected in a cell.
  private static let leastExpected = 5.0

  /// Nil where there are no two classes to compare.
  package init?(_ left: SplitTraits, _ right: SplitTraits) {
    let columns = Self.columns(left, right)
    let tables = [left, right].map { Table($0, columns.column, columns.count) }
    let totals = tables.map { $0.total }
    guard columns.count > 1, totals.allSatisfy({ $0 > 0 }) else { return nil }
    let all = totals[0] + totals[1]
    var statistic = 0.0
    for column in 0..<columns.count {
      let both = tables[0].counts[column] + tables[1].counts[column]
      for (table, total) in zip(tables, totals) {
        let expected = both * total / all
        let difference = table.counts[column] - expected
        statistic += difference * difference / expected
      }
    }
    chiSquared = statistic
    degrees = columns.count - 1
    let clustering = zip(tables, totals).reduce(0.0) {
      $0 + (1 - $1.1 / all) * $1.0.clustering
    }
    designEffect = max(1, clustering / Double(degrees))
    probability = Distributions.chiSquaredTail(statistic / designEffect, degrees: Double(degrees))
    effect = (statistic / all).squareRoot()
    pooledClasses = columns.pooled
    let shares = Self.shares(left, right)
    let most =
      shares.indices.max { abs(shares[$0][0] - shares[$0][1]) < abs(shares[$1][0] - shares[$1][1]) }
      ?? 0
    mostDifferent = left.classNames[most]
    self.shares = shares[most]
  }

  /// For each class its share of the objects of both splits.
  private static func shares(_ left: SplitTraits, _ right: SplitTraits) -> [[Double]] {
    let counts = [left, right].map { Self.counts($0) }
    let totals = counts.map { max(1, $0.reduce(0, +)) }
    return left.classNames.indices.map { index in
      zip(counts, totals).map { $0[index] / $1 }
    }
  }

  private static func counts(_ traits: SplitTraits) -> [Double] {
    var counts = [Double](repeating: 0, count: traits.classNames.count)
    for object in traits.objects.joined() { counts[object.classIndex] += 1 }
    return counts
  }

  /// The test's column of each class: rare ones share one, absent ones have none.
  private static func columns(
    _ left: SplitTraits, _ right: SplitTraits
  ) -> (column: [Int?], count: Int, pooled: Int) {
    let counts = [Self.counts(left), Self.counts(right)]
    let totals = counts.map { $0.reduce(0, +) }
    let all = totals[0] + totals[1]
    var column = [Int?](repeating: nil, count: left.classNames.count)
    var rare: [Int] = []
    var count = 0
    for index in column.indices {
      let both = counts[0][index] + counts[1][index]
      if both == 0 { continue }
      if both * (totals.min() ?? 0) / all < leastExpected {
        rare.append(index)
      } else {
        column[index] = count
        count += 1
      }
    }
    let rareCount = rare.reduce(0) { $0 + counts[0][$1] + counts[1][$1] }
    guard rareCount * (totals.min() ?? 0) / max(1, all) >= leastExpected else {
      return (column, count, rare.count)
    }
    for index in rare { column[index] = count }
    return (column, count + 1, rare.count)
  }

  /// One split's objects by column, picture by picture.
  private struct Table {
    private(set) var counts: [Double]
    private(set) var total = 0.0
    /// `Σ_c d_c (1 − p_c)`, d_c the design effect of class c's share p_c.
    private(set) var clustering = 0.0

    init(_ traits: SplitTraits, _ column: [Int?], _ columns: Int) {
      counts = Array(repeating: 0, count: columns)
      let pictures = traits.objects.map { objects in
        objects.compactMap { column[$0.classIndex] }
      }.filter { !$0.isEmpty }
      for index in pictures.joined() { counts[index] += 1 }
      total = counts.reduce(0, +)
      guard pictures.count > 1 else {
        clustering = Double(columns - 1)
        return
      }
      // The share is a ratio of sums over pictures; its variance is that of the residuals.
      let shares = counts.map { $0 / total }
      var squares = [Double](repeating: 0, count: columns)
      for picture in pictures {
        var own = [Double](repeating: 0, count: columns)
        for index in picture { own[index] += 1 }
        for index in 0..<columns {
          let residual = own[index] - shares[index] * Double(picture.count)
          squares[index] += residual * residual
        }
      }
      let count = Double(pictures.count)
      for index in 0..<columns where shares[index] > 0 {
        let variance = count / (count - 1) * squares[index] / (total * total)
        // d (1 − p) with d = variance / (p (1 − p) / n).
        clustering += variance * total / shares[index]
      }
    }
  }
}
