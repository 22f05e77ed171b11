import Boxes

/// Looks through a data set for everything that training would trip over or learn badly from.
public struct DatasetCheck: Sendable {
  /// The training size, into which pictures are fitted whole.
  public var size = CanvasSize(side: 320)
  /// Pixels between the cells of the finest level that detects.
  public var finestStride = 8

  public init() {}

  /// A class is rare below this share of the most frequent one's objects.
  private static let rareShare = 0.1

  public func report(on data: CheckedData) -> CheckReport {
    var findings = FindingList()
    for note in data.description.notes {
      findings.add(.description, nil, data.description.file, detail: note)
    }
    for (split, error) in data.failures {
      let place = error.place ?? (data.description.file, .none)
      findings.add(
        .brokenAnnotations, split, place.file, place.mark, detail: error.reason(at: place))
    }
    for split in data.splits {
      addRepeatedNames(split, data, &findings)
      for problem in split.written.problems {
        findings.add(
          problem.kind, split.name, problem.file, problem.mark, detail: problem.detail)
      }
      for index in split.written.pictures.indices {
        checkPicture(index, of: split, data, &findings)
        checkObjects(index, of: split, data, &findings)
      }
    }
    OrphanFiles(data).add(to: &findings)
    ClassLists(data).add(to: &findings)
    PictureRepeats(data).add(to: &findings)
    let classes = ClassCounts(data)
    addImbalance(classes, data, &findings)
    addDifferences(data, &findings)
    return CheckReport(data, size: size, classes: classes, findings: findings.findings)
  }

  private func checkPicture(
    _ index: Int, of split: CheckedData.Split, _ data: CheckedData, _ findings: inout FindingList
  ) {
    let picture = split.written.pictures[index]
    let facts = data.facts[split.firstPicture + index]
    func add(_ kind: CheckFinding.Kind, _ detail: String = "") {
      findings.add(kind, split.name, picture.path, detail: detail)
    }
    if let reason = data.damage[split.firstPicture + index] { add(.unreadablePicture, reason) }
    if let format = facts.formatBelied(by: picture.path) {
      add(.wrongExtension, "is a \(format.rawValue)")
    }
    if facts.orientation > 1 { add(.rotatedPicture, "orientation \(facts.orientation)") }
    if split.statesWrongSize(index, facts) {
      let turned = split.statesStoredSize(index, facts) ? ", its size before EXIF turns it" : ""
      add(
        .wrongSize,
        "is \(facts.width)×\(facts.height), its annotations say "
          + "\(picture.width)×\(picture.height)\(turned)")
    }
    let hasProblem = split.refused.contains(index)
    if picture.objects.isEmpty, picture.annotations != nil, !hasProblem { add(.emptyPicture) }
  }

  private func checkObjects(
    _ index: Int, of split: CheckedData.Split, _ data: CheckedData, _ findings: inout FindingList
  ) {
    let picture = split.written.pictures[index]
    let (width, height) = split.size(of: index, data.facts[split.firstPicture + index])
    let verdicts = split.written.verdicts(of: index, width: width, height: height)
    let scale = fit(width, height)
    for (object, verdict) in zip(split.written.objects[picture.objects], verdicts) {
      func add(_ kind: CheckFinding.Kind, _ detail: String) {
        let name = split.written.classNames[Int(object.classIndex)]
        findings.add(
          kind, split.name, picture.annotations ?? picture.path, object.mark,
          detail: "\(name), \(detail)")
      }
      if let kind = verdict.kind {
        add(kind, verdict.detail(object.written, in: (width, height)))
      }
      if let box = verdict.box.box, !object.isIgnored {
        let side = box.area.squareRoot() * scale
        if side < Float(finestStride) { add(.smallObject, "\(tenths(side)) pixels at \(sizeText)") }
      }
    }
  }

  private var sizeText: String {
    size.width == size.height ? "\(size.width)" : "\(size.height)x\(size.width)"
  }

  /// The factor at which a picture fits the training size.
  private func fit(_ width: Int, _ height: Int) -> Float {
    min(Float(size.width) / Float(max(1, width)), Float(size.height) / Float(max(1, height)))
  }

  private func addDifferences(_ data: CheckedData, _ findings: inout FindingList) {
    for comparison in SplitComparison.withFirst(of: data.traits) {
      let split = DataDescription.Split(rawValue: comparison.split)
      for sentence in comparison.differences {
        findings.add(.splitDifference, split, data.description.file, detail: sentence)
      }
    }
  }

  /// Figures by name cannot tell such classes apart.
  private func addRepeatedNames(
    _ split: CheckedData.Split, _ data: CheckedData, _ findings: inout FindingList
  ) {
    let names = split.written.classNames
    let counts = Dictionary(names.map { ($0, 1) }, uniquingKeysWith: +)
    for (index, name) in names.enumerated() where names.firstIndex(of: name) == index {
      guard let count = counts[name], count > 1 else { continue }
      findings.add(
        .repeatedName, split.name, data.description.file, detail: "\(count) classes are '\(name)'")
    }
  }

  private func addImbalance(
    _ classes: ClassCounts, _ data: CheckedData, _ findings: inout FindingList
  ) {
    for (column, split) in data.splits.enumerated() {
      let counts = classes.counts.map { $0[column] }
      let most = counts.max() ?? 0
      for (name, count) in zip(classes.names, counts) where most > 0 {
        if count == 0 {
          findings.add(.classWithoutObjects, split.name, data.description.file, detail: name)
        } else if Double(count) < Self.rareShare * Double(most) {
          findings.add(
            .classImbalance, split.name, data.description.file,
            detail: "\(name): \(count) objects, the most frequent has \(most)")
        }
      }
    }
  }
}

/// Findings as they come, gathered by kind.
struct FindingList {
  private var places: [CheckFinding.Kind: [CheckFinding.Place]] = [:]

  mutating func add(
    _ kind: CheckFinding.Kind, _ split: DataDescription.Split?, _ file: String,
    _ mark: AnnotationMark = .none, detail: String = ""
  ) {
    places[kind, default: []].append(
      .init(split: split, file: file, mark: mark, detail: detail))
  }

  /// In the order of their kinds, the worst first.
  var findings: [CheckFinding] {
    CheckFinding.Kind.allCases.compactMap { kind in
      places[kind].map { CheckFinding(kind: kind, places: $0) }
    }
  }
}

/// One decimal.
private func tenths(_ value: Float) -> String {
  let tenths = Int((10 * value).rounded())
  return "\(tenths / 10).\(tenths % 10)"
}
