/// In which proportion pictures go to train, val and, where there are three, test.
public struct SplitRatios: Hashable, Sendable, CustomStringConvertible {
  /// Positive, two or three.
  public let parts: [Double]

  /// Nil for fewer than two, more than three, or one that is not positive.
  public init?(_ parts: [Double]) {
    guard (2...3).contains(parts.count), parts.allSatisfy({ $0 > 0 && $0.isFinite }) else {
      return nil
    }
    self.parts = parts
  }

  /// E.g. `8:2` or `6:2:2`.
  public init?(_ text: String) {
    let words = text.split(separator: ":", omittingEmptySubsequences: false)
    let numbers = words.compactMap { Double($0) }
    guard numbers.count == words.count else { return nil }
    self.init(numbers)
  }

  /// What `auto` takes for so many pictures: 8:2 under 1,000, where a third part would leave each too
  /// small to measure on; 98:1:1 from 100,000 on, where a hundredth is enough; 6:2:2 between.
  ///
  /// The three are the customary ones, e.g. in Ng: *Machine Learning Yearning*, 2018, chapter 7.
  public static func automatic(pictures: Int) -> SplitRatios {
    let parts: [Double] =
      pictures < 1_000 ? [8, 2] : pictures < 100_000 ? [6, 2, 2] : [98, 1, 1]
    return SplitRatios(parts)!
  }

  /// Adding up to 1.
  public var shares: [Double] {
    let sum = parts.reduce(0, +)
    return parts.map { $0 / sum }
  }

  public var splits: [DataDescription.Split] {
    Array(DataDescription.Split.allCases.prefix(parts.count))
  }

  public var description: String { parts.map(LayoutText.number).joined(separator: ":") }
}
