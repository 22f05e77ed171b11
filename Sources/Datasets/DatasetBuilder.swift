import Boxes
import Images

/// Gathers what a reader finds into a ``Dataset``: checks every box against its picture, and counts.
struct DatasetBuilder {
  /// Where an object was found, for the report: made into text only when it is wanted.
  struct Place {
    var file: String
    var line: Int?

    var text: String { line.map { "\(file), line \($0)" } ?? file }
  }

  private var samples: [Sample] = []
  private var annotations: [Annotation] = []
  var report: DatasetReport

  init(source: String) { report = DatasetReport(source: source) }

  mutating func beginSample(path: String, width: Int, height: Int, imageID: Int? = nil) {
    let start = Int32(annotations.count)
    samples.append(
      Sample(
        path: path, width: width, height: height, imageID: imageID ?? samples.count + 1,
        annotationRange: start..<start))
  }

  /// Begins a sample whose size only its file tells; nil, noted, where it does not.
  mutating func beginProbedSample(path: String) -> PictureInfo? {
    do {
      let info = try Picture.probe(path: path)
      beginSample(path: path, width: info.width, height: info.height)
      return info
    } catch {
      report.note(.unreadable, "\(error)")
      return nil
    }
  }

  /// Adds an object to the sample begun last, unless its box covers none of the picture.
  mutating func add(
    _ written: Annotation.Written, classIndex: Int, isCrowd: Bool = false,
    isDifficult: Bool = false, area: Double? = nil, at place: Place
  ) {
    precondition(!samples.isEmpty, "an annotation needs a sample begun before it")
    report.writtenBoxCount += 1
    let sample = samples[samples.count - 1]
    guard let box = checked(written, width: sample.width, height: sample.height, at: place)
    else { return }
    report.keptBoxCount += 1
    annotations.append(
      Annotation(
        box: box, classIndex: Int32(classIndex), isCrowd: isCrowd, isDifficult: isDifficult,
        area: area ?? written.width * written.height, written: written))
  }

  /// Ends the sample begun last.
  mutating func endSample() {
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
    report.note(.namesFromAnnotations, sorted.joined(separator: ", "))
    return sorted
  }

  /// - Throws: ``DatasetError/noUsablePicture(first:)`` where every picture was left out.
  func build(classNames: [String], categoryIDs: [Int]? = nil) throws -> Dataset {
    if samples.isEmpty {
      throw DatasetError.noUsablePicture(
        first: report.items.first { $0.finding == .unreadable }?.examples.first ?? report.source)
    }
    var report = report
    report.pictureCount = samples.count
    return Dataset(
      classNames: classNames, categoryIDs: categoryIDs ?? Array(classNames.indices),
      samples: samples, annotations: annotations, report: report)
  }

  /// The box clipped to the picture, or nil, noted, where nothing of it is left.
  private mutating func checked(
    _ written: Annotation.Written, width: Int, height: Int, at place: Place
  ) -> Box? {
    let right = written.x + written.width
    let bottom = written.y + written.height
    func described() -> String {
      "\(place.text) (left \(written.x), top \(written.y), width \(written.width), "
        + "height \(written.height) in \(width)×\(height))"
    }
    if written.width < 0 || written.height < 0 {
      report.note(.inverted, described())
      return nil
    }
    if written.width == 0 || written.height == 0 {
      report.note(.noArea, described())
      return nil
    }
    let whole = Box(
      left: Float(written.x), top: Float(written.y), right: Float(right), bottom: Float(bottom))
    let bounds = Box(left: 0, top: 0, right: Float(width), bottom: Float(height))
    let box = whole.clipped(to: bounds)
    if box.area <= 0 {
      report.note(.outside, described())
      return nil
    }
    // Annotations rounded to a hundredth of a pixel reach over the edge by no more than that.
    let tolerance = 0.01
    if written.x < -tolerance || written.y < -tolerance
      || right > Double(width) + tolerance || bottom > Double(height) + tolerance
    {
      report.note(.clipped, described())
    }
    return box
  }
}
