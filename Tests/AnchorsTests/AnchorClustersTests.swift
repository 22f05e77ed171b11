import Anchors
import RandomNumbers
import ReceptiveFields
import Testing

private func size(_ width: Double, _ height: Double) -> ObjectSize {
  ObjectSize(width: width, height: height)
}

private let objects: [ObjectSize] = {
  var generator = KeyedGenerator(seed: 3, purpose: "objects")
  return (0..<300).map { _ in size(generator.uniform(4, 90), generator.uniform(4, 60)) }
}()

@Suite struct AnchorClustersTests {
  @Test func overlapOfOneCentreByHand() {
    // 10×20 and 20×10 have 10×10 in common: 100 / (200 + 200 − 100).
    #expect(abs(size(10, 20).overlap(with: size(20, 10)) - 1.0 / 3) < 1e-12)
    // The smaller lies inside: 6 / 12.
    #expect(size(2, 3).overlap(with: size(4, 3)) == 0.5)
  }

  @Test func groupsApartAreFound() throws {
    let objects = [size(40, 20), size(10, 10), size(10, 10), size(40, 20), size(10, 10)]
    let clusters = try AnchorClusters(objects, count: 2, seed: 0)
    #expect(clusters.sizes == [size(10, 10), size(40, 20)])
    #expect(clusters.meanOverlap == 1)
  }

  @Test(arguments: [0, 1, 2, 3] as [UInt64]) func centreIsTheMedian(_ seed: UInt64) throws {
    // Medians 12 and 12, the size of no object, where means would be 12.4 and 16.8.
    let objects = [size(10, 12), size(12, 20), size(12, 30), size(16, 12), size(12, 10)]
    let clusters = try AnchorClusters(objects, count: 1, seed: seed)
    #expect(clusters.sizes == [size(12, 12)])
    let overlaps = 10.0 / 12 + 12.0 / 20 + 12.0 / 30 + 12.0 / 16 + 10.0 / 12
    #expect(abs(clusters.meanOverlap - overlaps / 5) < 1e-12)
  }

  @Test func orderOfObjectsDoesNotMatter() throws {
    var generator = KeyedGenerator(seed: 9, purpose: "order")
    let shuffled = generator.permutation(objects.count).map { objects[$0] }
    #expect(
      try AnchorClusters(objects, count: 7, seed: 1)
        == AnchorClusters(shuffled, count: 7, seed: 1))
  }

  @Test func seedDecides() throws {
    let found = try (0..<4).map { try AnchorClusters(objects, count: 9, seed: UInt64($0)) }
    #expect(try AnchorClusters(objects, count: 9, seed: 0) == found[0])
    #expect(Set(found).count > 1)
  }

  @Test func moreCentresComeNearer() throws {
    let overlaps = try [1, 3, 9, 27].map {
      try AnchorClusters(objects, count: $0, seed: 0).meanOverlap
    }
    #expect(zip(overlaps, overlaps.dropFirst()).allSatisfy { $0 < $1 })
  }

  @Test func everyObjectMayHaveItsOwnSize() throws {
    let few = Array(objects.prefix(6))
    let clusters = try AnchorClusters(few, count: 6, seed: 0)
    #expect(clusters.meanOverlap == 1)
    #expect(Set(clusters.sizes) == Set(few))
  }

  @Test func fewerSizesThanAnchorsAreAnError() {
    #expect(throws: AnchorError.fewSizes(different: 2, wanted: 3)) {
      try AnchorClusters([size(1, 2), size(1, 2), size(2, 1)], count: 3, seed: 0)
    }
    #expect("\(AnchorError.fewSizes(different: 2, wanted: 3))".contains("ask for 2 at most"))
  }

  @Test func manyObjectsAreRepresented() throws {
    let many = (0..<AnchorClusters.largestSample + 5).map { size(10 + Double($0 % 7), 10) }
    let clusters = try AnchorClusters(many, count: 2, seed: 0)
    #expect(clusters.objectCount == AnchorClusters.largestSample)
    #expect(clusters.meanOverlap > 0.9)
  }
}
