/// The objects of a data set that are small enough to be pasted, found once.
struct SmallObjects: Sendable {
  struct Member: Hashable, Sendable {
    /// Index of the picture in the data set.
    var picture: Int
    /// Position in ``Dataset/annotations``.
    var annotation: Int
  }

  /// In the order of the annotations.
  let members: [Member]

  /// - Parameter size: see ``Pasting/size``.
  init(_ dataset: Dataset, below size: Double) {
    members = dataset.samples.indices.flatMap { picture in
      dataset.annotations(of: picture).indices
        .filter { dataset.annotations[$0].isSmall(below: size) }
        .map { Member(picture: picture, annotation: $0) }
    }
  }
}

extension Pasting {
  /// What keeps it from having any effect on a data set; nil where nothing does.
  package func warning(for dataset: Dataset) -> String? {
    guard probability > 0, !dataset.annotations.contains(where: { $0.isSmall(below: size) })
    else { return nil }
    return "paste has no effect: no object is smaller than \(size) pixels in its picture "
      + "(pasteSize; dldetect data stats tells the sizes)"
  }
}

extension Annotation {
  /// Whether it is an object that may be pasted; see ``Pasting/size``.
  func isSmall(below size: Double) -> Bool {
    !isIgnored && box.area > 0 && Double(box.area) < size * size
  }
}
