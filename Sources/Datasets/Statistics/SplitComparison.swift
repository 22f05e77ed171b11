import Foundation

/// Whether a split comes from the distribution of another: what a detector was taught and what it is
/// measured on should differ by chance alone.
package struct SplitComparison: Hashable, Sendable, Encodable {
  /// The split compared with, train where there is one.
  package var reference: String
  package var split: String
  package var pictures: [Int]
  /// Nil without two classes.
  package var classes: ClassHomogeneity?
  /// Of objects, in clusters of pictures; square pixels. The test sees only their order, so that it is
  /// the same for areas, sides and logarithms.
  package var objectAreas: SampleDifference?
  /// Of pictures, square pixels.
  package var pictureAreas: SampleDifference?
  /// Mean of pictures, 0 … 255; nil where none were decoded.
  package var brightness: SampleDifference?

  package init(_ reference: SplitTraits, _ split: SplitTraits) {
    self.reference = reference.split
    self.split = split.split
    pictures = [reference.objects.count, split.objects.count]
    classes =
      reference.classNames == split.classNames ? ClassHomogeneity(reference, split) : nil
    objectAreas = SampleDifference(
      clusters: reference.objects.map { $0.map(\.area) }, split.objects.map { $0.map(\.area) })
    pictureAreas = SampleDifference(reference.pictureAreas, split.pictureAreas)
    brightness = SampleDifference(reference.brightness, split.brightness)
  }

  /// Each split but the first with the first.
  package static func withFirst(of splits: [SplitTraits]) -> [SplitComparison] {
    splits.dropFirst().map { SplitComparison(splits[0], $0) }
  }

  /// Both must be passed: of many objects any difference is significant, of few any is large.
  private static let largestProbability = 0.01
  private static let smallestEffect = 0.1
  /// Of brightness as well, levels of 255: pictures of one camera are so much alike that a level makes
  /// a distribution of its own.
  private static let smallestShift = 5.0
  /// Of fewer pictures in a split nothing is said: the tests are of large samples.
  private static let leastPictures = 20

  /// The differences to worry about, a sentence each: below 1 in 100 by chance, of an effect of 0.1 at
  /// least, and in brightness by 5 levels on average.
  package var differences: [String] {
    guard (pictures.min() ?? 0) >= Self.leastPictures else { return [] }
    var sentences: [String] = []
    if let classes, matters(classes.probability, classes.effect) {
      let shares = classes.shares.map { String(format: "%.1f %%", 100 * $0) }
      sentences.append(
        "classes come in other shares, most so \(classes.mostDifferent): \(shares[0]) of the "
          + "objects in \(reference), \(shares[1]) in \(split) "
          + "(V \(decimal(classes.effect)), p \(Self.text(classes.probability)))")
    }
    func add(_ difference: SampleDifference?, _ what: String, _ show: (Double) -> String) {
      guard let difference, matters(difference.probability, difference.effect) else { return }
      sentences.append(
        "\(what), \(show(difference.medians[0])) in \(reference), "
          + "\(show(difference.medians[1])) in \(split) in the middle "
          + "(D \(decimal(difference.effect)), p \(Self.text(difference.probability)))")
    }
    add(objectAreas, "objects are of other sizes") { side($0) }
    add(pictureAreas, "pictures are of other sizes") { side($0) }
    let isSeen = (brightness?.shift ?? 0) >= Self.smallestShift
    add(isSeen ? brightness : nil, "pictures are of another brightness") { decimal($0, 0) }
    return sentences
  }

  /// Of a square of this area.
  private func side(_ area: Double) -> String { decimal(area.squareRoot(), 0) + " pixels" }

  private func matters(_ probability: Double, _ effect: Double) -> Bool {
    probability < Self.largestProbability && effect >= Self.smallestEffect
  }

  private func decimal(_ value: Double, _ decimals: Int = 2) -> String {
    String(format: "%.\(decimals)f", value)
  }

  /// A probability with two digits that count.
  package static func text(_ probability: Double) -> String {
    probability < 1e-16 ? "< 1e-16" : String(format: "%.2g", probability)
  }
}
