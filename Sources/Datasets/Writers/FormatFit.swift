/// Makes objects into what a format can hold, and notes what it cannot.
struct FormatFit {
  let format: DataDescription.Format

  /// The object as the format holds it; nil where it holds none of its kind.
  func fitted(
    _ original: Annotation, in sample: Sample, _ report: inout DatasetReport
  ) -> Annotation? {
    var object = original
    func place() -> String {
      let box = original.written
      return "\(sample.path) (left \(box.x), top \(box.y), width \(box.width), "
        + "height \(box.height))"
    }
    guard mark(&object, { report.note($0, place()) }) else { return nil }
    if hasMask(object) { report.note(.areaLeftOut, place()) }
    if reachesFar(object.written, sample) {
      report.note(.clippedFar, place())
      object.written = clipped(object.written, sample)
      object.area = object.written.width * object.written.height
    }
    if format == .voc, let finding = round(&object.written, sample) {
      report.note(finding, place())
    }
    return object
  }

  /// Says in the format's own way that an object is no target; false where it has none.
  private func mark(
    _ object: inout Annotation, _ note: (DatasetReport.Finding) -> Void
  ) -> Bool {
    switch format {
    case .yolo:
      if object.isIgnored { note(.ignoredLeftOut) }
      return !object.isIgnored
    case .voc:
      if object.isCrowd { note(.crowdAsDifficult) }
      (object.isCrowd, object.isDifficult) = (false, object.isIgnored)
    case .coco:
      if object.isDifficult && !object.isCrowd { note(.difficultAsCrowd) }
      (object.isCrowd, object.isDifficult) = (object.isIgnored, false)
    case .csv: break
    }
    return true
  }

  /// Whether an area is not the box's and the format has no place for it.
  private func hasMask(_ object: Annotation) -> Bool {
    let area = object.written.width * object.written.height
    // Tools round the box's area to a digit or two.
    return format != .coco && abs(object.area - area) > 1e-3 * area
  }

  /// Beyond twice the picture YOLO's readers take numbers for pixels; no format is served by more.
  private func reachesFar(_ box: Annotation.Written, _ sample: Sample) -> Bool {
    let xs = [box.x + box.width / 2, box.width].map { $0 / Double(sample.width) }
    let ys = [box.y + box.height / 2, box.height].map { $0 / Double(sample.height) }
    return !(xs + ys).allSatisfy { abs($0) <= 2 }
  }

  private func clipped(_ box: Annotation.Written, _ sample: Sample) -> Annotation.Written {
    let (left, top) = (max(0, box.x), max(0, box.y))
    return .init(
      x: left, y: top, width: min(Double(sample.width), box.x + box.width) - left,
      height: min(Double(sample.height), box.y + box.height) - top)
  }
}

/// VOC's whole pixels.
extension FormatFit {
  /// Moves edges to whole pixels; nil where that changes nothing to speak of.
  private func round(
    _ box: inout Annotation.Written, _ sample: Sample
  ) -> DatasetReport.Finding? {
    let old = box
    let (left, right) = whole(old.x, old.x + old.width, side: sample.width)
    let (top, bottom) = whole(old.y, old.y + old.height, side: sample.height)
    box = .init(x: left, y: top, width: right - left, height: bottom - top)
    if isThin(old.x, old.width) || isThin(old.y, old.height) { return .widened }
    let moves = [
      left - old.x, top - old.y, right - old.x - old.width, bottom - old.y - old.height,
    ]
    return moves.contains { abs($0) > 1e-3 } ? .rounded : nil
  }

  private func isThin(_ low: Double, _ extent: Double) -> Bool {
    (low + extent).rounded() - low.rounded() < 2
  }

  /// The nearest whole pixels, two apart at least (one pixel counts as a stray click) and one of
  /// them inside the picture.
  private func whole(_ low: Double, _ high: Double, side: Int) -> (low: Double, high: Double) {
    let side = Double(side)
    let low = min(low.rounded(), side - 1)
    let high = max(high.rounded(), 1)
    if high - low >= 2 { return (low, high) }
    let start = max(0, min(low, side - 2))
    return (start, start + 2)
  }
}
