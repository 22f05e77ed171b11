import Images

/// Reads a split of a Pascal VOC data set: `ImageSets/Main` lists, or folders with an XML file
/// beside each picture.
///
/// A box whose minimum equals its maximum on an axis would be one pixel wide by VOC's definition;
/// it is the mark of a stray click, and counts as a box of no area.
struct VOCReader {
  let description: DataDescription
  let lists: [String]

  private struct Entry: Sendable {
    var annotations: String
    /// Path of the picture without its extension, when the list tells it.
    var stem: String
    var pictureFolder: String
  }

  func read(into builder: inout DatasetBuilder) throws -> DatasetClasses {
    let entries = try lists.flatMap(entries(of:))
    let names = try description.names ?? gatheredNames(&builder)
    let indices = Dictionary(uniqueKeysWithValues: zip(names, names.indices))
    try Concurrently.forEach(entries, Self.look) { entry, look in
      do {
        try add(entry, try look.file.get(), look, names, indices, &builder)
      } catch let error as DatasetError where builder.keepsWritten {
        try builder.refuse(error, as: .brokenAnnotations, at: .init(file: entry.annotations))
      }
    }
    return DatasetClasses(names: names)
  }

  /// What the files of an entry say.
  private struct Look: Sendable {
    var file: Result<VOCAnnotationFile, DatasetError>
    var picture: String?
    /// Where the annotations state no size.
    var probed: Result<PictureInfo, ImageError>?
  }

  private static func look(_ entry: Entry) -> Look {
    let file: VOCAnnotationFile
    do { file = try VOCAnnotationFile(contentsOf: entry.annotations) } catch {
      return Look(file: .failure(error))
    }
    let picture = picture(of: entry, file)
    let isSizeStated = file.width != nil && file.height != nil
    return Look(
      file: .success(file), picture: picture,
      probed: isSizeStated ? nil : picture.map(Picture.probed))
  }

  private func add(
    _ entry: Entry, _ file: VOCAnnotationFile, _ look: Look, _ names: [String],
    _ indices: [String: Int], _ builder: inout DatasetBuilder
  ) throws {
    guard let picture = look.picture else {
      builder.lack(entry.stem + ".jpg")
      return
    }
    guard begin(picture, entry.annotations, file, look.probed, &builder) else { return }
    for (position, object) in file.objects.enumerated() {
      let place = DatasetBuilder.Place(
        file: entry.annotations, mark: .line(object.line), position: position)
      guard let index = indices[object.name] else {
        let error = DatasetError.unknownClass(
          name: object.name, file: entry.annotations, line: object.line, known: names)
        try builder.refuse(error, as: .unknownClass, at: place, isEntry: true)
        continue
      }
      builder.add(
        written(object), classIndex: index, isDifficult: object.isDifficult, at: place)
    }
    builder.endSample()
  }

  /// False where the annotations do not state the picture's size, nor does its file.
  private func begin(
    _ picture: String, _ annotations: String, _ file: VOCAnnotationFile,
    _ probed: Result<PictureInfo, ImageError>?, _ builder: inout DatasetBuilder
  ) -> Bool {
    if let probed {
      return builder.beginProbedSample(probed, path: picture, annotations: annotations) != nil
    }
    builder.beginSample(
      path: picture, annotations: annotations, width: file.width ?? 0, height: file.height ?? 0)
    return true
  }

  private func written(_ object: VOCAnnotationFile.Object) -> Annotation.Written {
    let corners = object.corners
    let offset = description.vocCoordinates == .inclusive ? 1.0 : 0.0
    func extent(_ low: Double, _ high: Double) -> Double {
      high > low ? high - low + offset : high - low
    }
    return .init(
      x: corners[0] - offset, y: corners[1] - offset,
      width: extent(corners[0], corners[2]), height: extent(corners[1], corners[3]))
  }

  private func entries(of list: String) throws -> [Entry] {
    guard Paths.exists(list) else {
      throw DatasetError.notFound(what: "a split of \(description.file)", path: list)
    }
    if Paths.isFolder(list) {
      let files = Paths.names(in: list).filter { Paths.fileExtension($0) == "xml" }
      guard !files.isEmpty else { throw DatasetError.emptyList(path: list) }
      return files.map {
        let path = list + "/" + $0
        return Entry(
          annotations: path, stem: Paths.withoutExtension(path), pictureFolder: list)
      }
    }
    let pictures = description.root + "/JPEGImages"
    return try PictureList(file: list, what: "list of pictures").entries.map {
      let name = identifier($0.text)
      return Entry(
        annotations: "\(description.root)/Annotations/\(name).xml", stem: "\(pictures)/\(name)",
        pictureFolder: pictures)
    }
  }

  /// Lists of one class carry a second column of 1, 0 or −1.
  private func identifier(_ line: String) -> String {
    let words = line.split(whereSeparator: \.isWhitespace)
    guard words.count == 2, ["1", "0", "-1"].contains(words[1]) else { return line }
    return String(words[0])
  }

  private static func picture(of entry: Entry, _ file: VOCAnnotationFile) -> String? {
    // One after another: nearly always the first is there.
    for name in Paths.pictureExtensions where Paths.exists("\(entry.stem).\(name)") {
      return "\(entry.stem).\(name)"
    }
    if let name = file.fileName, Paths.exists("\(entry.pictureFolder)/\(name)") {
      return "\(entry.pictureFolder)/\(name)"
    }
    return Paths.pictureExtensions.map { "\(entry.stem).\($0.uppercased())" }
      .first { Paths.exists($0) }
  }

  /// The class names in all splits, so that every split gets the same indices.
  private func gatheredNames(_ builder: inout DatasetBuilder) throws -> [String] {
    var names: Set<String> = []
    for split in description.splitNames {
      guard case .lists(let lists)? = description.splits[split] else { continue }
      try Concurrently.forEach(lists.flatMap(entries(of:)), Self.names) { _, found in
        switch found {
        case .success(let found): names.formUnion(found)
        case .failure(let error): if !builder.keepsWritten { throw error }
        }
      }
    }
    return try builder.classNames(gathered: names, from: description)
  }

  private static func names(in entry: Entry) -> Result<Set<String>, DatasetError> {
    do {
      return .success(
        Set(try VOCAnnotationFile(contentsOf: entry.annotations).objects.map(\.name)))
    } catch {
      return .failure(error)
    }
  }
}
