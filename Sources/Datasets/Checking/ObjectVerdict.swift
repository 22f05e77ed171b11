import Boxes

/// What is wrong with an object among those of its picture.
struct ObjectVerdict {
  var box: BoxVerdict
  /// It repeats an earlier object of the picture.
  var isDuplicate = false

  var kind: CheckFinding.Kind? {
    if isDuplicate { return .duplicateBox }
    switch box {
    case .fine: return nil
    case .clipped: return .clippedBox
    case .outside: return .outsideBox
    case .noArea: return .boxWithoutArea
    case .inverted: return .invertedBox
    }
  }

  func detail(_ written: Annotation.Written, in size: (width: Int, height: Int)) -> String {
    isDuplicate ? written.text : "\(written.text) in \(size.width)×\(size.height)"
  }
}

extension WrittenSplit {
  /// One verdict for each object of a picture of the given size.
  func verdicts(of picture: Int, width: Int, height: Int) -> [ObjectVerdict] {
    ObjectVerdict.judge(Array(objects[pictures[picture].objects]), width: width, height: height)
  }
}

extension ObjectVerdict {
  static func judge(
    _ objects: [WrittenSplit.Object], width: Int, height: Int
  ) -> [ObjectVerdict] {
    var verdicts = objects.map {
      ObjectVerdict(box: BoxVerdict($0.written, width: width, height: height))
    }
    for index in objects.indices {
      guard let box = verdicts[index].box.box else { continue }
      verdicts[index].isDuplicate = (0..<index).contains { other in
        objects[other].classIndex == objects[index].classIndex
          && objects[other].isIgnored == objects[index].isIgnored
          && !verdicts[other].isDuplicate
          && (verdicts[other].box.box?.overlap(box) ?? 0) >= Box.sameObjectOverlap
      }
    }
    return verdicts
  }
}
