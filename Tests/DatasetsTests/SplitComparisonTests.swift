import Datasets
import Foundation
import Images
import RandomNumbers
import TestSupport
import Testing

@Suite struct DistributionsTests {
  /// scipy.stats.chi2.sf(x, k).
  @Test(arguments: [
    (0.1, 1.0, 0.7518296340458492),
    (3.84, 1.0, 0.05004352124870519),
    (10.0, 1.0, 0.001565402258002549),
    (0.5, 4.0, 0.9735009788392561),
    (9.49, 4.0, 0.049953131223294894),
    (40.0, 4.0, 4.328422607120966e-8),
    (60.0, 79.0, 0.9450907301443885),
    (100.0, 79.0, 0.0554635931274298),
    (300.0, 79.0, 1.779036916495678e-27),
    (700.0, 500.0, 7.728992111216604e-9),
  ])
  func chiSquaredTailIsSciPys(x: Double, degrees: Double, expected: Double) {
    let own = Distributions.chiSquaredTail(x, degrees: degrees)
    #expect(abs(own - expected) <= 1e-11 * expected)
  }

  /// scipy.special.kolmogorov(x).
  @Test(arguments: [
    (0.3, 0.9999906941986655),
    (0.5, 0.9639452436648751),
    (0.8, 0.5441424115741981),
    (1.0, 0.26999967167735456),
    (1.17, 0.12939004218561884),
    (1.19, 0.11774229287977166),
    (1.36, 0.049485876755377876),
    (1.63, 0.009846364888486529),
    (2.5, 7.453306344157342e-6),
    (4.0, 2.532833109818835e-14),
  ])
  func kolmogorovTailIsSciPys(x: Double, expected: Double) {
    #expect(abs(Distributions.kolmogorovTail(x) - expected) <= 1e-11 * max(expected, 1e-5))
  }

  /// scipy.stats.t.ppf(p, k).
  @Test(arguments: [
    (0.975, 1.0, 12.706204736174694),
    (0.975, 2.0, 4.302652729749462),
    (0.975, 4.0, 2.7764451051977934),
    (0.975, 9.0, 2.262157162798205),
    (0.9, 30.0, 1.3104150253913955),
    (0.995, 3.0, 5.840909309733355),
    (0.3, 5.0, -0.5594296444693604),
    (0.975, 1000.0, 1.9623390808264083),
  ])
  func studentQuantileIsSciPys(p: Double, degrees: Double, expected: Double) {
    let own = Distributions.studentQuantile(p, degrees: degrees)
    #expect(abs(own - expected) <= 1e-10 * abs(expected))
  }
}

@Suite struct SplitComparisonTests {
  /// One object a picture unless `copies` says more; areas by class.
  private func traits(
    _ split: String, _ counts: [Int], copies: Int = 1, area: (Int) -> Double = { _ in 100 }
  ) -> SplitTraits {
    let objects = counts.enumerated().flatMap { label, count in
      (0..<count).map { index in
        Array(
          repeating: SplitTraits.Object(classIndex: label, area: area(index)), count: copies)
      }
    }
    return SplitTraits(
      split: split, classNames: ["cat", "dog", "ant"], objects: objects,
      pictureAreas: objects.map { _ in 8000 }, brightness: objects.map { _ in 100 })
  }

  /// scipy.stats.chi2_contingency([[60, 30, 10], [30, 30, 20]], correction=False).
  @Test func classesAreTestedAsSciPyDoes() throws {
    let own = try #require(
      ClassHomogeneity(traits("train", [60, 30, 10]), traits("val", [30, 30, 20])))
    #expect(abs(own.chiSquared - 11.25) < 1e-10)
    #expect(own.degrees == 2)
    // One object a picture: n / (n − 1) is all the clustering there is.
    #expect(own.designEffect > 1 && own.designEffect < 1.02)
    #expect(abs(own.probability - 0.0036065631360157305) < 0.0005)
    // V = √(χ² / 180).
    #expect(abs(own.effect - (own.chiSquared / 180).squareRoot()) < 1e-12)
    #expect(own.mostDifferent == "cat" && own.shares == [0.6, 0.375])
  }

  /// Five equal objects in a picture say what one does: χ² grows, its probability does not.
  @Test func clustersCountAsOne() throws {
    let one = try #require(
      ClassHomogeneity(traits("train", [60, 30, 10]), traits("val", [30, 30, 20])))
    let five = try #require(
      ClassHomogeneity(
        traits("train", [60, 30, 10], copies: 5), traits("val", [30, 30, 20], copies: 5)))
    #expect(abs(five.chiSquared - 5 * one.chiSquared) < 1e-9)
    #expect(abs(five.designEffect - 5 * one.designEffect) < 1e-9)
    #expect(abs(five.probability - one.probability) < 1e-12)
    #expect(abs(five.effect - one.effect) < 1e-12)
  }

  @Test func rareClassesArePooledAndAbsentOnesLeftOut() throws {
    let own = try #require(
      ClassHomogeneity(traits("train", [60, 38, 2]), traits("val", [30, 29, 1])))
    // 3 ants in 160 are too few even together: they enter no column.
    #expect(own.degrees == 1 && own.pooledClasses == 1)
    #expect(ClassHomogeneity(traits("train", [60, 0, 0]), traits("val", [9, 0, 0])) == nil)
  }

  /// scipy.stats.ks_2samp of i² for i < 40 and 1.3 i² for i < 30, method "exact".
  @Test func valuesAreTestedAsSciPyDoes() throws {
    let own = try #require(
      SampleDifference(
        (0..<40).map { Double($0 * $0) }, (0..<30).map { 1.3 * Double($0 * $0) }))
    #expect(abs(own.effect - 1.0 / 6) < 1e-12)
    #expect(abs(own.probability - 0.677132831390203) < 0.02)
    // The middle two are 19² and 20², 14² and 15².
    #expect(own.medians[0] == 380.5 && abs(own.medians[1] - 1.3 * 210.5) < 1e-9)
    #expect(own.designEffects == [1, 1])
  }

  @Test func tiesAreCountedOnBothSidesAtOnce() throws {
    // Up to 1: 2/4 and 1/4; up to 2: 4/4 and 4/4.
    let own = try #require(SampleDifference([1, 1, 2, 2], [1, 2, 2, 2]))
    #expect(own.effect == 0.25 && own.shift == 0.25)
    #expect(SampleDifference([], [1]) == nil)
    #expect(try #require(SampleDifference([3, 3], [3])).effect == 0)
  }

  @Test func shiftIsTheAreaBetweenTheShares() throws {
    #expect(try #require(SampleDifference([0, 1], [3, 2])).shift == 2)
    // From 1 to 3 a half of the values lies elsewhere.
    #expect(try #require(SampleDifference([1, 5], [3, 5])).shift == 1)
  }

  @Test func repeatedValuesInClustersAreNoEvidence() throws {
    func clusters(_ factor: Double, _ copies: Int) -> [[Double]] {
      (1...40).map { Array(repeating: factor * Double($0), count: copies) }
    }
    let one = try #require(SampleDifference(clusters: clusters(1, 1), clusters(1.5, 1)))
    let ten = try #require(SampleDifference(clusters: clusters(1, 10), clusters(1.5, 10)))
    #expect(one.effect == ten.effect)
    #expect(ten.designEffects.allSatisfy { abs($0 - 10.2) < 0.3 })
    #expect(abs(one.probability - ten.probability) < 0.02)
  }

  @Test func onlyLargeAndUnlikelyDifferencesAreSaid() {
    let same = SplitComparison(traits("train", [60, 30, 10]), traits("val", [62, 28, 10]))
    #expect(same.differences.isEmpty)
    // 100,000 objects make 1 % significant, and it is small all the same.
    let large = SplitComparison(
      traits("train", [50_000, 50_000, 0]), traits("val", [48_500, 51_500, 0]))
    #expect(large.classes.map { $0.probability < 1e-6 } == true && large.differences.isEmpty)
    // Few pictures say nothing, however different.
    let few = SplitComparison(traits("train", [10, 0, 0]), traits("val", [0, 10, 0]))
    #expect(few.differences.isEmpty)
    let classes = SplitComparison(traits("train", [60, 30, 10]), traits("val", [20, 70, 10]))
    #expect(classes.differences.count == 1)
    #expect(
      classes.differences[0].hasPrefix(
        "classes come in other shares, most so cat: 60.0 % of the objects in train, 20.0 % in val"))
    let sizes = SplitComparison(
      traits("train", [60, 30, 10]) { Double(100 + $0) },
      traits("val", [60, 30, 10]) { Double(400 + $0) })
    #expect(sizes.differences.count == 1)
    #expect(sizes.differences[0].hasPrefix("objects are of other sizes, 11 pixels in train, 20"))
  }

  /// Of 200 divisions of one crowded set about 1 in 100 may look like different ones.
  @Test func randomHalvesAreSeldomDifferent() {
    var generator = KeyedGenerator(seed: 2, purpose: "pictures")
    let pictures = (0..<200).map { _ -> [SplitTraits.Object] in
      // Each picture has a favourite class and scale of its own.
      let favourite = generator.index(below: 3)
      let scale = 100 * exp(generator.standardNormal())
      return (0..<(1 + generator.index(below: 20))).map { _ in
        let label = generator.chance(0.7) ? favourite : generator.index(below: 3)
        return .init(classIndex: label, area: scale * (1 + generator.uniform()))
      }
    }
    var classes = 0
    var areas = 0
    for seed in 0..<200 {
      let halves = PictureDivision(folds: 2, seed: UInt64(seed))
        .random(PictureGroups(count: 200, joining: []))
      let traits = zip(["train", "val"], halves).map { name, part in
        SplitTraits(
          split: name, classNames: ["a", "b", "c"], objects: part.map { pictures[$0] },
          pictureAreas: [], brightness: [])
      }
      let comparison = SplitComparison(traits[0], traits[1])
      if let found = comparison.classes, found.probability < 0.05 { classes += 1 }
      if let found = comparison.objectAreas, found.probability < 0.05 { areas += 1 }
    }
    // 10 in expectation of an exact test; without regard to clusters it would be half of all.
    #expect(classes <= 24 && areas <= 24, "\(classes) and \(areas)")
  }

  @Test func checkWarnsOfASplitOfAnotherBrightness() throws {
    let folder = try TemporaryFolder()
    defer { withExtendedLifetime(folder) {} }
    func description(_ name: String, _ dark: Int) throws -> DataDescription {
      for index in 0..<60 {
        try folder.writeGray(
          "\(name)/images/\(index < 30 ? "train" : "val")/\(index).png",
          index < 30 ? 100 + index : 100 + index - 30 - dark)
      }
      return try DataDescription.load(
        folder.write(
          "path: .\ntrain: images/train\nval: images/val\nnames: [a]\n", to: "\(name)/d.yaml"))
    }
    let dark = try DatasetCheck().report(on: CheckedData(description("dark", 25)))
    let places = try #require(dark.findings.first { $0.kind == .splitDifference }).places
    #expect(places.count == 1 && places[0].split == .val && !dark.isBroken)
    #expect(
      places[0].detail.hasPrefix("pictures are of another brightness, 114 in train, 90 in val")
        || places[0].detail.hasPrefix("pictures are of another brightness, 114 in train, 89 in val")
    )
    let same = try DatasetCheck().report(on: CheckedData(description("same", 0)))
    #expect(same.count(of: .splitDifference) == 0)
  }
}

extension TemporaryFolder {
  /// A picture of one gray.
  fileprivate func writeGray(_ name: String, _ level: Int) throws {
    let file = appending(name)
    try FileManager.default.createDirectory(
      at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
    let gray = UInt8(level)
    try Picture(
      width: 40, height: 32, filledWith: Colour(red: gray, green: gray, blue: gray)
    ).write(to: file.path)
  }
}
