/// Pictures that are, or look like, an earlier one of the set.
struct PictureMatches {
  struct Match: Hashable {
    var picture: Int
    /// The first that it is like.
    var earlier: Int
    /// The files are equal, byte by byte.
    var isExact: Bool
  }

  /// In the order of ``Match/picture``; of several like pictures all but the first have one.
  let matches: [Match]

  init(_ facts: [PictureFacts]) {
    var earlier = [Int32](repeating: -1, count: facts.count)
    let usable = facts.indices.filter { facts[$0].isUsable }
    Self.matchExact(usable, facts, &earlier)
    let distinct = usable.filter { earlier[$0] < 0 }
    let isExact = earlier.map { $0 >= 0 }
    for band in 0..<Self.bands { Self.matchLooks(distinct, facts, band, &earlier) }
    matches = earlier.indices.filter { earlier[$0] >= 0 }.map {
      Match(picture: $0, earlier: Int(earlier[$0]), isExact: isExact[$0])
    }
  }

  /// Two hashes that differ in at most 3 bits agree in at least one of 4 bands.
  private static let bands = PictureLook.mostBits + 1
  /// Pictures of equal bands that one is compared with, at most: a set of one picture over and over
  /// must not cost the square of its size.
  private static let mostCompared = 2048

  private static func matchExact(
    _ pictures: [Int], _ facts: [PictureFacts], _ earlier: inout [Int32]
  ) {
    let sorted = pictures.sorted { (facts[$0].checksum, $0) < (facts[$1].checksum, $1) }
    var first = 0
    for (position, picture) in sorted.enumerated() {
      if facts[picture].checksum != facts[sorted[first]].checksum { first = position }
      if position > first { earlier[picture] = Int32(sorted[first]) }
    }
  }

  /// Compares the pictures whose hashes agree in a band.
  private static func matchLooks(
    _ pictures: [Int], _ facts: [PictureFacts], _ band: Int, _ earlier: inout [Int32]
  ) {
    let bits = UInt64.bitWidth / bands
    func key(_ picture: Int) -> UInt64 {
      facts[picture].look.hash >> UInt64(band * bits) & (1 << UInt64(bits) - 1)
    }
    let sorted = pictures.sorted { (key($0), $0) < (key($1), $1) }
    var first = 0
    for (position, picture) in sorted.enumerated() {
      if key(picture) != key(sorted[first]) { first = position }
      for other in sorted[max(first, position - mostCompared)..<position]
      where facts[picture].look.isLike(facts[other].look) {
        if earlier[picture] < 0 || other < Int(earlier[picture]) { earlier[picture] = Int32(other) }
        break
      }
    }
  }
}
