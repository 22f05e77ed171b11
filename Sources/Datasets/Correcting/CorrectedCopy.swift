import Foundation

/// A copy of a data set in which everything is corrected that can be: annotations written anew where
/// they change and copied where not, pictures linked, and `changes.txt` with every change.
///
/// It is written under another name and renamed when complete. The source is only read.
public struct CorrectedCopy {
  private let data: CheckedData
  /// The deepest folder that all pictures are in.
  private let commonFolder: String

  public init(of data: CheckedData) {
    self.data = data
    commonFolder = Paths.commonFolder(
      data.splits.flatMap { $0.written.pictures.map { Paths.folder(of: $0.path) } })
  }

  /// - Throws: ``DatasetError/folderNotEmpty(path:)`` unless nothing is lost by writing there.
  public static func checkIsFree(_ path: String) throws {
    guard Paths.isFree(path) else { throw DatasetError.folderNotEmpty(path: path) }
  }

  /// Writes the copy with a description `data.yaml`.
  ///
  /// - Returns: the number of changes.
  /// - Throws: ``DatasetError``, also where no picture of any split can stay.
  public func write(to path: String) throws -> Int {
    let path = Paths.resolve(path, in: Paths.workingFolder)
    try Self.checkIsFree(path)
    var changes = 0
    try OutputFile.writeFolder(path) { changes = try write(into: $0) }
    return changes
  }

  private func write(into folder: String) throws -> Int {
    var changes = ChangeList(data)
    var format = format(folder)
    var names = CopyNames(data.description.format, below: commonFolder)
    var sources = ""
    for split in data.splits {
      let written = try write(split, &format, &names, &changes)
      if written.isEmpty { continue }
      let source = try format.finish(split.name, written)
      sources += "\(split.name): \(source)\n"
    }
    guard !sources.isEmpty else {
      throw DatasetError.noUsablePicture(first: changes.first ?? data.description.file)
    }
    try OutputFile.write(description(sources), to: folder + "/data.yaml")
    try OutputFile.write(changes.text, to: folder + "/changes.txt")
    return changes.count
  }

  /// Returns the names of the pictures that stay.
  private func write(
    _ split: CheckedData.Split, _ format: inout any CopyFormat, _ copyNames: inout CopyNames,
    _ changes: inout ChangeList
  ) throws -> [String] {
    // Those of no picture are below the first.
    let problems = Dictionary(
      grouping: split.written.problems, by: { $0.entry?.picture ?? -1 })
    var names: [String] = []
    for (index, picture) in split.written.pictures.enumerated() {
      let correction = PictureCorrection(
        index, of: split, data, problems: problems[index] ?? [], edge: edge)
      changes.add(correction, picture)
      guard correction.leftOut == nil else { continue }
      let name = copyNames.name(of: picture)
      if copyNames.isChanged(name, picture) { changes.addName(name, picture) }
      let link = "\(format.pictureFolder)/\(name)"
      try OutputFile.makeFolder(Paths.folder(of: link))
      try OutputFile.place(picture.path, at: link, copies: false)
      try format.add(picture, name, correction)
      names.append(name)
    }
    return names
  }

  private var edge: Double {
    data.description.format == .voc && data.description.vocCoordinates == .inclusive ? 1 : 0
  }

  private func format(_ folder: String) -> any CopyFormat {
    switch data.description.format {
    case .voc: VOCCopy(root: folder, edge: edge)
    case .yolo: YOLOCopy(root: folder)
    case .coco: COCOCopy(root: folder)
    case .csv: CSVCopy(root: folder, description: data.description)
    }
  }

  private func description(_ sources: String) -> String {
    var text = "format: \(data.description.format)\n\(sources)"
    if data.description.format == .voc {
      text += "vocCoordinates: \(data.description.vocCoordinates)\n"
    }
    if data.description.format != .coco, let names = data.splits.first?.written.classNames {
      text += LayoutText.namesLine(names)
    }
    return text
  }
}

/// What pictures are called in the copy: as below the folder that all are in. In VOC a name stands for
/// the annotations too, so there it is theirs, without what lists of names cannot hold.
private struct CopyNames {
  private let format: DataDescription.Format
  private let folder: String
  /// VOC's annotation file of each name without its extension.
  private var taken: [String: String] = [:]

  init(_ format: DataDescription.Format, below folder: String) {
    (self.format, self.folder) = (format, folder)
  }

  mutating func name(of picture: WrittenSplit.Picture) -> String {
    let own = plain(picture)
    guard format == .voc, let annotations = picture.annotations else { return own }
    let parent = own.contains("/") ? Paths.folder(of: own) + "/" : ""
    let stem =
      parent
      + Paths.withoutExtension(Paths.fileName(of: annotations)).map {
        $0.isWhitespace ? "_" : String($0)
      }.joined()
    var name = stem
    var number = 1
    while let other = taken[name], other != annotations {
      number += 1
      name = "\(stem)-\(number)"
    }
    taken[name] = annotations
    return name + own.dropFirst(Paths.withoutExtension(own).count)
  }

  func isChanged(_ name: String, _ picture: WrittenSplit.Picture) -> Bool {
    name != plain(picture)
  }

  private func plain(_ picture: WrittenSplit.Picture) -> String {
    String(picture.path.dropFirst(folder.count + 1))
  }
}

/// Every change as a line under the file that it concerns.
private struct ChangeList {
  private(set) var count = 0
  private(set) var text = ""
  private(set) var first: String?

  /// Begins with what could not even be read.
  init(_ data: CheckedData) {
    for (split, error) in data.failures {
      add(data.description.file, "\(split) left out: \(error)")
    }
    for problem in data.splits.flatMap(\.written.problems) where problem.entry == nil {
      switch problem.kind {
      case .missingPicture, .unreadablePicture, .brokenAnnotations, .malformedLabel:
        let detail = problem.detail.isEmpty ? "is not there" : problem.detail
        add(problem.file + problem.mark.text, "left out: \(detail)")
      case .wrongSize: add(problem.file + problem.mark.text, "now the picture's own size")
      case .otherFile: add(problem.file, "not copied: is neither picture nor label")
      default: break
      }
    }
    var others = FindingList()
    OrphanFiles(data).add(to: &others)
    ClassLists(data).add(to: &others)
    for finding in others.findings {
      for place in finding.places {
        switch finding.kind {
        case .orphanPicture: add(place.file, "not copied: no split names it")
        case .orphanLabel: add(place.file, "not copied: there is no picture of it")
        case .classOrder: add(place.file, "not corrected: \(place.detail)")
        default: break
        }
      }
    }
  }

  mutating func addName(_ name: String, _ picture: WrittenSplit.Picture) {
    add(picture.path, "named \(name) in the copy, as its annotations are")
  }

  mutating func add(_ correction: PictureCorrection, _ picture: WrittenSplit.Picture) {
    if let reason = correction.leftOut { return add(picture.path, "left out: \(reason)") }
    let file = picture.annotations ?? picture.path
    if let size = correction.size {
      add(
        file,
        "the size of \(picture.path): \(picture.width)×\(picture.height) → "
          + "\(size.width)×\(size.height)")
    }
    for change in correction.changes { add(file + change.mark.text, change.text) }
  }

  private mutating func add(_ place: String, _ what: String) {
    count += 1
    first = first ?? "\(place): \(what)"
    text += "\(place)\n    \(what)\n"
  }
}
