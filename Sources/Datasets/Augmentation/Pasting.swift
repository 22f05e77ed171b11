/// How copies of small objects are pasted into training pictures, so that small objects are seen
/// more often and in more places.
///
/// An object is small when the square root of its box's area, in pixels of its picture, is below
/// ``size``. Copies are the annotated boxes with what lies in them and, within ``feather``, around
/// them: there are no masks. Each is scaled as its picture is in the sample, times a drawn factor,
/// turned by the same flips that pictures are turned by, and laid over the sample at a drawn place
/// inside one of its pictures. A place is free if the copy covers no object, pasted ones and regions
/// to ignore included, by more than ``overlap``, and if no more than that share of the copy lies over
/// one. Where ``tries`` places are taken, or the copy is smaller than
/// ``Augmentation/minimumSide``, it is not pasted; ``Targets/copies`` counts both. Crowd regions and
/// difficult objects are never copied.
///
/// Pasting changes how often each class is seen: with ``Origin/same`` in proportion to the small
/// objects of each picture's classes, with ``Origin/any`` by the classes' shares in the small objects
/// of the whole split.
///
/// Kisantal, Wojna, Murawski, Naruniec, Cho: *Augmentation for Small Object Detection*, 2019, §4.2.
/// There the copies have the outlines of their masks and are turned by up to 15°.
public struct Pasting: Codable, Hashable, Sendable {
  /// Where copies come from.
  public enum Origin: String, Codable, CaseIterable, Sendable {
    /// Each small object of the sample is copied with ``Pasting/probability``.
    case same
    /// A sample gets copies with ``Pasting/probability``, drawn from the small objects of all
    /// pictures; each means another picture to be read.
    case any
  }

  /// Of an object, or of a sample with ``Origin/any``; 0: nothing is pasted.
  public var probability = 0.0
  /// Copies of an object, or of objects with ``Origin/any``.
  public var copies = 3
  /// Below which an object is small: the square root of its box's area, pixels of its picture. 32 is
  /// COCO's bound.
  public var size = 32.0
  /// The largest change of a copy's size, as a share, either way. The paper's is 0.2.
  public var scale = 0.2
  /// The largest share of an object that copies may cover, all together, and of a copy that may lie
  /// over one object. The paper's is 0.
  public var overlap = 0.0
  /// Canvas pixels around a copy's box over which it fades into what is there.
  public var feather = 2.0
  public var origin = Origin.same

  public init() {}

  /// Places drawn for a copy before it is given up.
  package static let tries = 20

  /// - Throws: ``DatasetError/invalidSetting(key:value:expected:)`` for a number out of its range.
  func validate() throws {
    func check(_ key: String, _ value: Double, _ range: ClosedRange<Double>) throws {
      guard range.contains(value) else {
        throw DatasetError.invalidSetting(
          key: key, value: value,
          expected: "a number from \(range.lowerBound) to \(range.upperBound)")
      }
    }
    try check("paste", probability, 0...1)
    try check("pasteCopies", Double(copies), 1...100)
    try check("pasteSize", size, 1...10_000)
    try check("pasteScale", scale, 0...0.9)
    try check("pasteOverlap", overlap, 0...0.5)
    try check("pasteFeather", feather, 0...100)
  }
}
