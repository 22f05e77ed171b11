import Images

/// The classes of a split, as its reader found them.
struct DatasetClasses {
  var names: [String]
  /// COCO's; nil where the classes are numbered 0, 1, 2, ….
  var categoryIDs: [Int]?
}

/// Gathers what a reader finds into a ``Dataset``: checks every box against its picture, and counts.
///
/// Or, for a check, into a ``WrittenSplit``: then everything is kept as it stands, and what would
/// have been thrown is noted, so that reading goes on.
struct DatasetBuilder {
  /// Where an object was found, for the report: made into text only when it is wanted.
  struct Place {
    var file: String
    var mark = AnnotationMark.none
    /// Of the entry in its file, from 0.
    var position = 0

    var text: String { file + mark.text }
  }

  private var samples: [Sample] = []
  private var annotations: [Annotation] = []
  private var missing = MissingPictures()
  private(set) var report: DatasetReport
  /// Nil while a data set is read for use.
  private(set) var written: WrittenSplit?

  init(source: String, keepsWritten: Bool = false) {
    report = DatasetReport(source: source)
    if keepsWritten { written = WrittenSplit() }
  }

  /// Whether what is wrong is kept rather than thrown.
  var keepsWritten: Bool { written != nil }

  /// Makes room for as many, so that nothing is copied while they come.
  mutating func reserve(pictures: Int, objects: Int) {
    guard !keepsWritten else { return }
    samples.reserveCapacity(samples.count + pictures)
    annotations.reserveCapacity(annotations.count + objects)
  }

  /// Begins a sample.
  ///
  /// - Parameters:
  ///   - annotations: the file that its objects are read from, if there is one.
  ///   - position: in COCO's list of images.
  mutating func beginSample(
    path: String, annotations file: String?, width: Int, height: Int, isSizeStated: Bool = true,
    imageID: Int? = nil, position: Int = 0
  ) {
    let start = Int32(annotations.count)
    samples.append(
      Sample(
        path: path, width: width, height: height, imageID: imageID ?? samples.count + 1,
        annotationRange: start..<start))
    guard let first = written?.objects.count else { return }
    written?.pictures.append(
      .init(
        path: path, annotations: file, position: position, width: Int32(clamping: width),
        height: Int32(clamping: height), isSizeStated: isSizeStated, objects: first..<first))
  }

  /// Begins a sample whose size only its file tells; nil, noted, where it does not.
  mutating func beginProbedSample(path: String, annotations: String?) -> PictureInfo? {
    beginProbedSample(Picture.probed(path), path: path, annotations: annotations)
  }

  /// The same with the file's header read before.
  mutating func beginProbedSample(
    _ probed: Result<PictureInfo, ImageError>, path: String, annotations: String?
  ) -> PictureInfo? {
    switch probed {
    case .success(let info):
      beginSample(
        path: path, annotations: annotations, width: info.width, height: info.height,
        isSizeStated: false)
      return info
    case .failure(let error):
      if keepsWritten {
        keep(.unreadablePicture, at: .init(file: path), error.reason(path: path))
      } else {
        report.note(.unreadable, "\(error)")
      }
      return nil
    }
  }

  /// Adds an object to the sample begun last, unless its box covers none of the picture.
  mutating func add(
    _ box: Annotation.Written, classIndex: Int, isCrowd: Bool = false, isDifficult: Bool = false,
    area: Double? = nil, at place: Place
  ) {
    precondition(!samples.isEmpty, "an annotation needs a sample begun before it")
    if written != nil {
      written?.objects.append(
        .init(
          written: box, mark: place.mark, position: Int32(place.position),
          classIndex: Int32(classIndex), isIgnored: isCrowd || isDifficult))
      return
    }
    report.writtenBoxCount += 1
    let sample = samples[samples.count - 1]
    let verdict = BoxVerdict(box, width: sample.width, height: sample.height)
    note(verdict, box, sample, at: place)
    guard let kept = verdict.box else { return }
    report.keptBoxCount += 1
    annotations.append(
      Annotation(
        box: kept, classIndex: Int32(classIndex), isCrowd: isCrowd, isDifficult: isDifficult,
        area: area ?? box.width * box.height, written: box))
  }

  /// Ends the sample begun last.
  mutating func endSample() {
    if keepsWritten {
      written?.endPicture()
      return
    }
    let last = samples.count - 1
    samples[last].annotationRange =
      samples[last].annotationRange.lowerBound..<Int32(annotations.count)
    if samples[last].annotationRange.isEmpty { report.note(.noObjects, samples[last].path) }
  }

  /// The classes of a set whose description names none.
  mutating func classNames(
    gathered names: Set<String>, from description: DataDescription
  ) throws -> [String] {
    guard !names.isEmpty else { throw DatasetError.missingNames(file: description.file) }
    let sorted = names.sorted()
    note(.namesFromAnnotations, at: .init(file: description.file), sorted.joined(separator: ", "))
    return sorted
  }

  /// - Throws: ``DatasetError/missingPictures(count:of:first:neededBy:)``;
  ///   ``DatasetError/noUsablePicture(first:)`` where every picture was left out.
  func build(_ classes: DatasetClasses) throws -> Dataset {
    let named = samples.count + missing.count + report.count(of: .unreadable)
    try missing.check(of: named, neededBy: report.source)
    if samples.isEmpty {
      throw DatasetError.noUsablePicture(
        first: report.items.first { $0.finding == .unreadable }?.examples.first ?? report.source)
    }
    var report = report
    report.pictureCount = samples.count
    return Dataset(
      classNames: classes.names,
      categoryIDs: classes.categoryIDs ?? Array(classes.names.indices), samples: samples,
      annotations: annotations, report: report)
  }

  private mutating func note(
    _ verdict: BoxVerdict, _ box: Annotation.Written, _ sample: Sample, at place: Place
  ) {
    let finding: DatasetReport.Finding
    switch verdict {
    case .fine: return
    case .clipped: finding = .clipped
    case .outside: finding = .outside
    case .noArea: finding = .noArea
    case .inverted: finding = .inverted
    }
    report.note(
      finding, "\(place.text) (\(box.text) in \(sample.width)×\(sample.height))")
  }
}

extension DatasetBuilder {
  /// Notes what is worth knowing.
  mutating func note(_ finding: DatasetReport.Finding, at place: Place, _ detail: String = "") {
    guard keepsWritten else {
      report.note(finding, [place.text, detail].filter { !$0.isEmpty }.joined(separator: ": "))
      return
    }
    switch finding {
    case .polygon: keep(.polygon, at: place, detail)
    case .noPicture: keep(.otherFile, at: place, detail)
    case .noLabelFile: keep(.noLabelFile, at: place, detail)
    case .namesFromAnnotations: keep(.gatheredNames, at: place, detail)
    case .description: keep(.description, at: place, detail)
    // The check finds these itself, in what was kept; the others come from conversion.
    default: break
    }
  }

  /// Throws what is wrong in one place, or notes it so that the reader goes on.
  ///
  /// - Parameter isEntry: whether it is one entry of the sample begun last.
  mutating func refuse(
    _ error: DatasetError, as kind: CheckFinding.Kind, at place: Place, isEntry: Bool = false
  ) throws {
    guard let picture = written?.pictures.indices.last ?? (keepsWritten ? -1 : nil) else {
      throw error
    }
    keep(
      kind, at: place, error.reason(at: (place.file, place.mark)),
      entry: isEntry ? (picture, place.position) : nil)
  }

  /// Notes a picture that a split names and the disk does not have.
  mutating func lack(_ picture: String) {
    if keepsWritten {
      keep(.missingPicture, at: .init(file: picture), "")
    } else {
      missing.add(picture)
    }
  }

  private mutating func keep(
    _ kind: CheckFinding.Kind, at place: Place, _ detail: String,
    entry: (picture: Int, position: Int)? = nil
  ) {
    written?.problems.append(
      .init(kind: kind, file: place.file, mark: place.mark, detail: detail, entry: entry))
  }
}

extension Annotation.Written {
  var text: String {
    "left \(Self.short(x)), top \(Self.short(y)), width \(Self.short(width)), height "
      + "\(Self.short(height))"
  }

  /// Differences of decimal fractions have a tail that is not in the file.
  static func short(_ value: Double) -> Double { (value * 1e6).rounded() / 1e6 }
}

extension DatasetError {
  typealias Place = (file: String, mark: AnnotationMark)

  /// Where it is, of what is wrong at one place in one file.
  var place: Place? {
    switch self {
    case .unknownKey(_, let file, let line, _), .invalidValue(_, _, let file, let line, _),
      .malformedYAML(let file, let line, _), .malformedXML(let file, let line, _),
      .malformedLabel(let file, let line, _, _), .unknownClass(_, let file, let line, _),
      .classOutOfRange(_, let file, let line, _):
      (file, .line(line))
    case .missingNames(let file), .malformedJSON(let file, _), .unusableClassName(_, let file),
      .unknownReference(_, _, _, let file), .classesDiffer(let file, _, _):
      (file, .none)
    default: nil
    }
  }

  /// The description without the place that it begins with.
  func reason(at place: Place) -> String {
    let start = [place.file + place.mark.text + ": ", place.file + ": "]
      .first { description.hasPrefix($0) }
    return String(description.dropFirst(start?.count ?? 0))
  }
}

extension Picture {
  /// ``probe(path:)`` with its error as a value, as threads hand it on.
  static func probed(_ path: String) -> Result<PictureInfo, ImageError> {
    do { return .success(try probe(path: path)) } catch { return .failure(error) }
  }
}
