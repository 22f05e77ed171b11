/// Where a data set lies, in which format, and what its classes are called.
///
/// Read from a YAML file, or recognised from a folder, a JSON or a CSV file; ``dataset(_:)`` reads a split.
public struct DataDescription: Hashable, Sendable {
  public enum Format: String, CaseIterable, Sendable { case voc, yolo, coco, csv }

  public enum Split: String, CaseIterable, Sendable { case train, val, test }

  public enum VOCCoordinates: String, CaseIterable, Sendable {
    /// 1-based and inclusive, as VOC defines them: left = xmin − 1, right = xmax.
    case inclusive
    /// Plain edges: left = xmin, right = xmax.
    case halfOpen
  }

  /// Absolute paths of what makes up a split.
  public enum Source: Hashable, Sendable {
    /// Folders of pictures, or text files that list them; CSV files.
    case lists([String])
    case coco(images: String, annotations: String)
  }

  /// The file or folder it was loaded from.
  public var file: String
  public var format: Format
  /// Absolute path of the data.
  public var root: String
  public var splits: [Split: Source]
  /// By class index; nil where the annotations themselves name the classes.
  public var names: [String]?
  public var vocCoordinates = VOCCoordinates.inclusive
  /// What loading passed over or assumed, one sentence each.
  public var notes: [String] = []

  /// Loads a YAML description, or recognises a data set in a folder, COCO JSON or CSV file.
  ///
  /// - Throws: ``DatasetError`` when there is none, or when a key or value is wrong.
  public static func load(_ path: String) throws -> DataDescription {
    let path = Paths.resolve(path, in: Paths.workingFolder)
    guard Paths.exists(path) else {
      throw DatasetError.notFound(what: "data set or description", path: path)
    }
    if Paths.isFolder(path) { return try recognize(folder: path) }
    switch Paths.fileExtension(path) {
    case "json": return try recognize(annotations: path, format: .coco)
    case "csv": return try recognize(annotations: path, format: .csv)
    case "yaml", "yml": return try DescriptionDecoder(file: path).decode()
    default: throw DatasetError.unrecognizedFormat(path: path)
    }
  }

  /// In the order train, val, test.
  public var splitNames: [Split] { Split.allCases.filter { splits[$0] != nil } }

  /// The description, and the files, lists or folders that its splits name.
  package var files: [String] {
    [file]
      + splitNames.compactMap { splits[$0] }.flatMap { source in
        switch source {
        case .lists(let lists): lists
        case .coco(_, let annotations): [annotations]
        }
      }
  }

  /// Reads a split: its annotations, and the sizes of pictures whose annotations do not state them.
  ///
  /// - Throws: ``DatasetError``.
  public func dataset(_ split: Split) throws -> Dataset {
    var builder = DatasetBuilder(source: try source(split).name)
    for note in notes { builder.note(.description, at: .init(file: note)) }
    let classes = try read(split, into: &builder)
    return try builder.build(classes)
  }

  /// Reads a split as it stands, with what is wrong in it.
  ///
  /// - Throws: ``DatasetError`` where the split as a whole cannot be read.
  func written(_ split: Split) throws -> WrittenSplit {
    var builder = DatasetBuilder(source: try source(split).name, keepsWritten: true)
    let classes = try read(split, into: &builder)
    guard var written = builder.written else { preconditionFailure("the builder kept nothing") }
    written.classNames = classes.names
    return written
  }

  private func source(_ split: Split) throws -> Source {
    guard let source = splits[split] else {
      throw DatasetError.noSplit(
        name: split.rawValue, file: file, available: splitNames.map(\.rawValue))
    }
    return source
  }

  private func read(_ split: Split, into builder: inout DatasetBuilder) throws -> DatasetClasses {
    switch (format, try source(split)) {
    case (.coco, .coco(let images, let annotations)):
      return try COCOReader(images: images, annotations: annotations, names: names)
        .read(into: &builder)
    case (.voc, .lists(let lists)):
      return try VOCReader(description: self, lists: lists).read(into: &builder)
    case (.yolo, .lists(let lists)):
      return try YOLOReader(description: self, lists: lists).read(into: &builder)
    case (.csv, .lists(let lists)):
      return try CSVReader(description: self, lists: lists).read(into: &builder)
    default:
      preconditionFailure("\(file): the decoder let a \(format) split of the wrong kind through")
    }
  }
}

extension DataDescription.Source {
  /// The file or folder that stands for it in messages.
  fileprivate var name: String {
    switch self {
    case .lists(let lists): lists[0]
    case .coco(_, let annotations): annotations
    }
  }
}
