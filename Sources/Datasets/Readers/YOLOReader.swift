import Images

/// Reads a split in YOLO's format: a text file for each picture, a line `class cx cy width height`
/// for each object, in shares of the picture's sides.
///
/// A picture `…/images/a/b.jpg` has its labels in `…/labels/a/b.txt`; without a folder `images` in
/// the path they lie beside it. A line with more numbers is a polygon `class x y x y …`, read as the
/// box around it.
struct YOLOReader {
  let description: DataDescription
  let lists: [String]

  func read(into builder: inout DatasetBuilder) throws -> DatasetClasses {
    let names = description.names ?? []
    let found = try lists.map(files(of:))
    for file in found.flatMap(\.others) { builder.note(.noPicture, at: .init(file: file)) }
    let count = names.count
    let look: @Sendable (String) -> Look = { Look($0, classCount: count) }
    try Concurrently.forEach(found.flatMap(\.pictures), look) { picture, look in
      guard look.isThere else {
        builder.lack(picture)
        return
      }
      guard let probed = look.probed,
        let size = builder.beginProbedSample(
          probed, path: picture, annotations: look.labels == nil ? nil : look.labelFile)
      else { return }
      if let labels = look.labels {
        try add(labels, look.labelFile, size: size, &builder)
      } else {
        builder.note(.noLabelFile, at: .init(file: picture))
      }
      builder.endSample()
    }
    return DatasetClasses(names: names)
  }

  /// What the files of a picture say.
  private struct Look: Sendable {
    var isThere: Bool
    var labelFile = ""
    var probed: Result<PictureInfo, ImageError>?
    /// Nil where there is no label file.
    var labels: Result<[YOLOLabelFile.Line], DatasetError>?

    init(_ picture: String, classCount: Int) {
      // Opening a file tells whether it is there.
      let probed = Picture.probed(picture)
      if case .failure(.notFound) = probed {
        isThere = false
        return
      }
      isThere = true
      self.probed = probed
      labelFile = YOLOReader.labelFile(of: picture)
      let labels = YOLOLabelFile.lines(of: labelFile, classCount: classCount)
      if case .failure(.notFound) = labels { return }
      self.labels = labels
    }
  }

  /// The last folder named `images` becomes `labels`, the extension `txt`.
  static func labelFile(of picture: String) -> String {
    let stem = Paths.withoutExtension(picture)
    var parts = stem.utf8.split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false)
      .map { Substring($0) }
    if let index = parts.dropLast().lastIndex(of: "images") { parts[index] = "labels" }
    return parts.joined(separator: "/") + ".txt"
  }

  /// What a split's list or folder names: pictures, and files that are neither pictures nor labels.
  private func files(of list: String) throws -> (pictures: [String], others: [String]) {
    guard Paths.isFolder(list) else { return (try pictures(listedBy: list), []) }
    var (pictures, others): ([String], [String]) = ([], [])
    for file in Paths.files(under: list) {
      if Paths.isPicture(file) {
        pictures.append(file)
      } else if Paths.fileExtension(file) != "txt" {
        others.append(file)
      }
    }
    guard !pictures.isEmpty else { throw DatasetError.emptyList(path: list) }
    return (pictures, others)
  }

  private func pictures(listedBy list: String) throws -> [String] {
    guard Paths.exists(list) else {
      throw DatasetError.notFound(what: "a split of \(description.file)", path: list)
    }
    // Ultralytics sees "./" from the list's folder; anything else from the data's folder.
    return try PictureList(file: list, what: "list of pictures").entries.map {
      let folder = $0.text.hasPrefix("./") ? Paths.folder(of: list) : description.root
      return Paths.resolve($0.text, in: folder)
    }
  }

  private func add(
    _ labels: Result<[YOLOLabelFile.Line], DatasetError>, _ file: String, size: PictureInfo,
    _ builder: inout DatasetBuilder
  ) throws {
    let lines: [YOLOLabelFile.Line]
    do { lines = try labels.get() } catch {
      return try builder.refuse(
        error, as: .brokenAnnotations, at: .init(file: file), isEntry: true)
    }
    let (width, height) = (Double(size.width), Double(size.height))
    for line in lines {
      let place = DatasetBuilder.Place(
        file: file, mark: .line(line.index + 1), position: line.index)
      switch line.label {
      case .success(let label):
        if label.isPolygon { builder.note(.polygon, at: place) }
        builder.add(
          .init(
            x: label.left * width, y: label.top * height,
            width: label.width * width, height: label.height * height),
          classIndex: label.classIndex, at: place)
      case .failure(let error):
        try builder.refuse(error, as: error.labelKind, at: place, isEntry: true)
      }
    }
  }
}

extension DatasetError {
  /// What a check calls an error in a label.
  fileprivate var labelKind: CheckFinding.Kind {
    if case .classOutOfRange = self { return .unknownClass }
    return .malformedLabel
  }
}
