import Boxes

/// Pictures that are, or look like, another of the set, and whether they are annotated alike.
struct PictureRepeats {
  private struct Object {
    var classIndex: Int32
    /// In shares of the picture's sides.
    var box: Box
  }

  /// For pictures that only look alike: half, as everywhere where a box is to be the same object's.
  private static let likeOverlap: Float = 0.5

  private let data: CheckedData

  init(_ data: CheckedData) { self.data = data }

  func add(to findings: inout FindingList) {
    for match in PictureMatches(data.facts).matches {
      let (split, picture) = data.place(of: match.picture)
      let (other, earlier) = data.place(of: match.earlier)
      let path = split.written.pictures[picture].path
      let earlierPath = other.written.pictures[earlier].path
      func add(_ kind: CheckFinding.Kind) {
        findings.add(kind, split.name, path, detail: "as \(earlierPath) in \(other.name)")
      }
      switch (match.isExact, split.name == other.name) {
      case (true, true): add(.duplicatePicture)
      case (true, false): add(.sharedPicture)
      case (false, true): add(.nearDuplicatePicture)
      case (false, false): add(.nearlySharedPicture)
      }
      let overlap = match.isExact ? Box.sameObjectOverlap : Self.likeOverlap
      if !agree(objects(of: match.picture), objects(of: match.earlier), overlap) {
        add(.conflictingAnnotations)
      }
    }
  }

  private func agree(_ left: [Object], _ right: [Object], _ overlap: Float) -> Bool {
    left.count == right.count
      && left.allSatisfy { object in
        right.contains {
          $0.classIndex == object.classIndex && $0.box.overlap(object.box) >= overlap
        }
      }
  }

  private func objects(of index: Int) -> [Object] {
    let (split, picture) = data.place(of: index)
    let (width, height) = split.size(of: picture, data.facts[index])
    let verdicts = split.written.verdicts(of: picture, width: width, height: height)
    let objects = split.written.objects[split.written.pictures[picture].objects]
    return zip(objects, verdicts).compactMap { object, verdict in
      guard let box = verdict.box.box, !verdict.isDuplicate else { return nil }
      let (x, y) = (1 / Float(width), 1 / Float(height))
      return Object(
        classIndex: object.classIndex,
        box: Box(left: box.left * x, top: box.top * y, right: box.right * x, bottom: box.bottom * y)
      )
    }
  }
}

extension CheckedData {
  /// The split of a picture of the whole set, and its index there.
  func place(of picture: Int) -> (split: Split, picture: Int) {
    guard let split = splits.last(where: { $0.firstPicture <= picture }) else {
      preconditionFailure("picture \(picture) is in no split")
    }
    return (split, picture - split.firstPicture)
  }
}
