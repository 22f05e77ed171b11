import Datasets
import RandomNumbers
import Testing

@Suite struct PictureDivisionTests {
  private func single(_ count: Int) -> PictureGroups { PictureGroups(count: count, joining: []) }

  @Test func ratiosAreRead() {
    #expect(SplitRatios("8:2")?.shares == [0.8, 0.2])
    #expect(SplitRatios("98:1:1")?.splits == [.train, .val, .test])
    #expect(SplitRatios("6:2:2")?.description == "6:2:2")
    for text in ["8", "8:0", "1:1:1:1", "a:b", "8:-2", "", "8:2:"] {
      #expect(SplitRatios(text) == nil, "\(text)")
    }
  }

  @Test func automaticRatiosGoByTheNumberOfPictures() {
    let words = [1, 999, 1_000, 99_999, 100_000].map {
      SplitRatios.automatic(pictures: $0).description
    }
    #expect(words == ["8:2", "8:2", "6:2:2", "6:2:2", "98:1:1"])
  }

  @Test func sizesAddUpByLargestRemainders() {
    // 5.6, 0.7, 0.7: two go to the largest remainders, the earlier of equals first.
    #expect(PictureDivision(shares: [0.8, 0.1, 0.1], seed: 0).apportioned(7) == [5, 1, 1])
    #expect(PictureDivision(shares: [0.6, 0.2, 0.2], seed: 0).apportioned(364) == [218, 73, 73])
    #expect(PictureDivision(folds: 3, seed: 0).apportioned(11) == [4, 4, 3])
  }

  @Test func randomPartsAreOfTheSizesAskedForAndKeyedByTheSeed() {
    let division = PictureDivision(shares: [0.7, 0.2, 0.1], seed: 5)
    let parts = division.random(single(100))
    #expect(parts.map(\.count) == [70, 20, 10])
    #expect(parts.joined().sorted() == Array(0..<100))
    #expect(parts.allSatisfy { $0 == $0.sorted() })
    #expect(division.random(single(100)) == parts)
    #expect(PictureDivision(shares: [0.7, 0.2, 0.1], seed: 6).random(single(100)) != parts)
  }

  @Test func groupsJoinWhateverIsLinked() {
    let groups = PictureGroups(count: 6, joining: [(4, 1), (1, 5), (2, 3)])
    #expect(groups.groups == [[0], [1, 4, 5], [2, 3]])
    #expect(groups.repeats == 3)
  }

  @Test func groupsStayTogether() {
    let pairs = stride(from: 0, to: 60, by: 3).flatMap { [($0, $0 + 1), ($0 + 1, $0 + 2)] }
    let groups = PictureGroups(count: 100, joining: pairs)
    let presence = ClassPresence((0..<100).map { [$0 % 4] }, classCount: 4)
    let division = PictureDivision(shares: [0.5, 0.5], seed: 2)
    for parts in [division.random(groups), division.stratified(groups, presence)] {
      #expect(parts.joined().sorted() == Array(0..<100))
      #expect(parts.allSatisfy { abs($0.count - 50) <= 2 })
      for group in groups.groups {
        #expect(parts.count { !Set($0).isDisjoint(with: group) } == 1)
      }
    }
  }

  /// One class a picture: each part has its share of each class to within one picture.
  @Test func stratifiedPartsHaveTheirShareOfEachClass() {
    let classes = (0..<211).map { $0 < 150 ? 0 : $0 < 200 ? 1 : 2 }
    let presence = ClassPresence(classes.map { [$0] }, classCount: 3)
    let shares = [0.6, 0.2, 0.2]
    let parts = PictureDivision(shares: shares, seed: 1).stratified(single(211), presence)
    for (label, count) in [150, 50, 11].enumerated() {
      for (part, share) in zip(parts, shares) {
        let own = part.count { classes[$0] == label }
        #expect(abs(Double(own) - share * Double(count)) < 1, "class \(label)")
      }
    }
  }

  /// Many classes a picture, one of them rare, and pictures without any.
  @Test func manyLabelsAreStratifiedBetterThanByChance() {
    var generator = KeyedGenerator(seed: 1, purpose: "labels")
    let objects = (0..<500).map { index -> [Int] in
      if index % 10 == 0 { return [] }
      let common = (0..<6).filter { generator.chance(0.1 + 0.12 * Double($0)) }
      return index % 50 == 1 ? common + [6] : common
    }
    let presence = ClassPresence(objects, classCount: 7)
    let division = PictureDivision(folds: 5, seed: 3)
    func error(_ parts: [[Int]]) -> Double {
      presence.pictureCounts.indices.map { label in
        let wanted = Double(presence.pictureCounts[label]) / 5
        return parts.map { part in
          abs(Double(part.count { presence.classes[$0].contains(label) }) - wanted)
        }.max() ?? 0
      }.max() ?? 0
    }
    let parts = division.stratified(single(500), presence)
    #expect(parts.joined().sorted() == Array(0..<500))
    #expect(parts.allSatisfy { (95...105).contains($0.count) })
    // Of the ten rare ones two each.
    #expect(parts.map { $0.count { presence.classes[$0].contains(6) } } == [2, 2, 2, 2, 2])
    #expect(error(parts) <= 3)
    #expect(error(parts) < error(division.random(single(500))))
    #expect(parts == division.stratified(single(500), presence))
    #expect(
      parts != PictureDivision(folds: 5, seed: 4).stratified(single(500), presence))
  }
}
