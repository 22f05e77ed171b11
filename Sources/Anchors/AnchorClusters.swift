import RandomNumbers
import ReceptiveFields

/// A few sizes that stand for those of many objects: k-means with the distance 1 − IoU of two boxes
/// of one centre.
///
/// A centre moves to the median width and the median height of its objects: unlike means, which
/// YOLO9000's program takes, medians are not drawn away by a few large objects. Neither makes the
/// mean IoU grow with certainty, so the best centres of all rounds and starts are kept.
///
/// Redmon, Farhadi: *YOLO9000: Better, Faster, Stronger*, CVPR 2017, §2, "Dimension Clusters";
/// starts: Arthur, Vassilvitskii: *k-means++: The Advantages of Careful Seeding*, SODA 2007, §2.2.
package struct AnchorClusters: Hashable, Sendable {
  /// By area, ascending.
  package private(set) var sizes: [ObjectSize]
  /// Mean over the objects of the IoU with the nearest size.
  package private(set) var meanOverlap: Double
  /// Objects that were looked at.
  package let objectCount: Int

  /// More objects than these are represented by so many of them, drawn by the seed.
  package static let largestSample = 20_000
  /// Starts, of which the best counts.
  static let starts = 8
  private static let mostRounds = 100

  /// The result does not depend on the order of the objects.
  ///
  /// - Parameter objects: of positive area.
  /// - Throws: ``AnchorError/fewSizes(different:wanted:)``.
  package init(_ objects: [ObjectSize], count: Int, seed: UInt64) throws {
    precondition(count > 0, "k-means needs at least one cluster, got \(count)")
    let different = Set(objects).count
    guard different >= count else {
      throw AnchorError.fewSizes(different: different, wanted: count)
    }
    let objects = Self.sample(objects.sorted(by: Self.ascends), seed)
    objectCount = objects.count
    sizes = []
    meanOverlap = -1
    for start in 0..<Self.starts {
      var generator = KeyedGenerator(seed: seed, purpose: "anchors", start)
      improve(from: Self.seeds(objects, count, &generator), objects)
    }
    sizes.sort(by: Self.ascends)
  }

  /// By area, then width: an order that leaves nothing to chance.
  private static func ascends(_ one: ObjectSize, _ other: ObjectSize) -> Bool {
    (one.width * one.height, one.width) < (other.width * other.height, other.width)
  }

  private static func sample(_ objects: [ObjectSize], _ seed: UInt64) -> [ObjectSize] {
    guard objects.count > largestSample else { return objects }
    var generator = KeyedGenerator(seed: seed, purpose: "anchors sample")
    return generator.permutation(objects.count).prefix(largestSample).sorted().map { objects[$0] }
  }

  /// The first centre is any object; each further one an object drawn with a probability in
  /// proportion to its squared distance from the nearest centre.
  private static func seeds(
    _ objects: [ObjectSize], _ count: Int, _ generator: inout KeyedGenerator
  ) -> [ObjectSize] {
    var centres = [objects[generator.index(below: objects.count)]]
    var distances = objects.map { 1 - $0.overlap(with: centres[0]) }
    while centres.count < count {
      let total = distances.reduce(0) { $0 + $1 * $1 }
      var left = generator.uniform() * total
      // Rounding may leave a rest behind the last object; the farthest one is never a centre yet.
      var chosen = distances.indices.max { distances[$0] < distances[$1] }!
      for index in distances.indices where total > 0 {
        left -= distances[index] * distances[index]
        if left < 0 {
          chosen = index
          break
        }
      }
      centres.append(objects[chosen])
      for index in objects.indices {
        distances[index] = min(distances[index], 1 - objects[index].overlap(with: objects[chosen]))
      }
    }
    return centres
  }

  /// Rounds of k-means until no object changes its centre.
  private mutating func improve(from seeds: [ObjectSize], _ objects: [ObjectSize]) {
    var centres = seeds
    var owners: [Int] = []
    for _ in 0..<Self.mostRounds {
      let nearest = objects.map { $0.nearest(of: centres) }
      let overlap = nearest.reduce(0) { $0 + $1.overlap } / Double(objects.count)
      if overlap > meanOverlap { (sizes, meanOverlap) = (centres, overlap) }
      let previous = owners
      owners = nearest.map(\.index)
      guard owners != previous else { return }
      centres = Self.medians(objects, nearest, centres)
    }
  }

  private static func medians(
    _ objects: [ObjectSize], _ nearest: [(index: Int, overlap: Double)], _ centres: [ObjectSize]
  ) -> [ObjectSize] {
    var members = [[ObjectSize]](repeating: [], count: centres.count)
    for (object, near) in zip(objects, nearest) { members[near.index].append(object) }
    return members.map { members in
      guard members.isEmpty else {
        return ObjectSize(
          width: median(members.map(\.width)), height: median(members.map(\.height)))
      }
      // A centre that lost its objects goes to the one that is farthest from any.
      let far = nearest.indices.min { nearest[$0].overlap < nearest[$1].overlap }!
      return objects[far]
    }
  }

  private static func median(_ values: [Double]) -> Double {
    let sorted = values.sorted()
    let middle = sorted.count / 2
    return sorted.count.isMultiple(of: 2)
      ? (sorted[middle - 1] + sorted[middle]) / 2 : sorted[middle]
  }
}

extension ObjectSize {
  /// IoU of boxes of these sizes with one centre.
  package func overlap(with other: ObjectSize) -> Double {
    let common = min(width, other.width) * min(height, other.height)
    return common / (width * height + other.width * other.height - common)
  }

  /// The size that it overlaps most; the first of several.
  func nearest(of sizes: [ObjectSize]) -> (index: Int, overlap: Double) {
    var best = (index: 0, overlap: -1.0)
    for (index, size) in sizes.enumerated() {
      let overlap = overlap(with: size)
      if overlap > best.overlap { best = (index, overlap) }
    }
    return best
  }
}
