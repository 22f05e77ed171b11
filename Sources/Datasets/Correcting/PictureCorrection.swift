/// What has to change about one picture and its annotations.
struct PictureCorrection {
  struct Change {
    /// Of the entry in its annotation file, from 0.
    var position: Int
    var mark: AnnotationMark
    /// Nil where the entry is removed.
    var box: Annotation.Written?
    var reason: String

    var text: String { (box.map { "now \($0.text)" } ?? "removed") + ": " + reason }
  }

  /// Why the picture cannot stay.
  private(set) var leftOut: String?
  /// Where the annotations state another; its sides as they are.
  private(set) var size: (width: Int, height: Int)?
  private(set) var changes: [Change] = []
  /// The picture's sides after all.
  let width: Int
  let height: Int

  /// - Parameter edge: how much VOC's inclusive maximum lies below the edge that it means; else 0.
  init(
    _ index: Int, of split: CheckedData.Split, _ data: CheckedData,
    problems: [WrittenSplit.Problem], edge: Double
  ) {
    let facts = data.facts[split.firstPicture + index]
    (width, height) = (Int(facts.width), Int(facts.height))
    leftOut =
      data.damage[split.firstPicture + index]
      ?? problems.first { $0.kind == .brokenAnnotations }?.detail
    guard leftOut == nil else { return }
    if split.statesWrongSize(index, facts) { size = (width, height) }
    changes = problems.compactMap { problem in
      problem.entry.map {
        Change(position: $0.position, mark: problem.mark, box: nil, reason: problem.detail)
      }
    }
    let objects = Array(split.written.objects[split.written.pictures[index].objects])
    let turned = split.statesStoredSize(index, facts) ? Int(facts.orientation) : 1
    addChanges(objects, orientation: turned, edge: edge)
  }

  private mutating func addChanges(
    _ objects: [WrittenSplit.Object], orientation: Int, edge: Double
  ) {
    // Width and height were swapped when the boxes were drawn.
    let upright = objects.map { object in
      var object = object
      object.written = object.written
        .withOrderedCorners(edge: edge)
        .turned(orientation, width: Double(height), height: Double(width))
      return object
    }
    let verdicts = ObjectVerdict.judge(upright, width: width, height: height)
    for (index, object) in objects.enumerated() {
      let box = upright[index].written
      guard
        let (kept, reason) = outcome(verdicts[index], box, from: object.written, edge: edge)
      else { continue }
      changes.append(
        Change(
          position: Int(object.position), mark: object.mark, box: kept,
          reason: "\(reason) (was \(object.written.text))"))
    }
  }

  /// What becomes of a box; nil where it stays as it is written.
  private func outcome(
    _ verdict: ObjectVerdict, _ box: Annotation.Written, from written: Annotation.Written,
    edge: Double
  ) -> (box: Annotation.Written?, reason: String)? {
    if verdict.isDuplicate { return (nil, "repeats another box of its class") }
    switch verdict.box {
    case .fine:
      if box == written { return nil }
      let isInverted = written.width < 0 || written.height < 0
      return (
        box,
        isInverted
          ? "corners were swapped"
          : "turned as EXIF turns the picture; masks, key points and parts, if any, are not"
      )
    case .clipped:
      let clipped = box.clipped(width: Double(width), height: Double(height))
      // VOC cannot say a box of one pixel: its minimum would be its maximum, a stray click.
      let isThin = min(clipped.width, clipped.height) <= edge
      return isThin
        ? (nil, "no area is left in the picture") : (clipped, "clipped to the picture")
    case .outside: return (nil, "outside the picture")
    case .noArea: return (nil, "has no area")
    case .inverted: return (nil, "its corners are swapped")
    }
  }
}

extension Annotation.Written {
  /// Edges that were given in the wrong order, put right.
  fileprivate func withOrderedCorners(edge: Double) -> Annotation.Written {
    func ordered(_ start: Double, _ length: Double) -> (Double, Double) {
      length < 0 ? (start + length, edge - length) : (start, length)
    }
    let (x, width) = ordered(x, width)
    let (y, height) = ordered(y, height)
    return .init(x: x, y: y, width: width, height: height)
  }

  /// The box after EXIF's orientations 5 to 8 have turned a picture of the given size.
  fileprivate func turned(
    _ orientation: Int, width pictureWidth: Double, height pictureHeight: Double
  ) -> Annotation.Written {
    guard (5...8).contains(orientation) else { return self }
    // Transposed, then flipped: 6 and 7 along x, 7 and 8 along y.
    let flipsX = orientation == 6 || orientation == 7
    let flipsY = orientation == 7 || orientation == 8
    return .init(
      x: flipsX ? pictureHeight - y - height : y, y: flipsY ? pictureWidth - x - width : x,
      width: height, height: width)
  }

  fileprivate func clipped(width pictureWidth: Double, height pictureHeight: Double)
    -> Annotation.Written
  {
    let (left, top) = (max(0, x), max(0, y))
    return .init(
      x: left, y: top, width: min(pictureWidth, x + width) - left,
      height: min(pictureHeight, y + height) - top)
  }
}
