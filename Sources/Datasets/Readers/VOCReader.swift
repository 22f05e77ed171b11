import Images

/// Reads a split of a Pascal VOC data set: `ImageSets/Main` lists, or folders with an XML file
/// beside each picture.
///
/// A box whose minimum equals its maximum on an axis would be one pixel wide by VOC's definition;
/// it is the mark of a stray click, and counts as a box of no area.
struct VOCReader {
  let description: DataDescription
  let lists: [String]

  private struct Entry {
    var annotations: String
    /// Path of the picture without its extension, when the list tells it.
    var stem: String
    var pictureFolder: String
  }

  func read(into builder: inout DatasetBuilder) throws -> DatasetClasses {
    let entries = try lists.flatMap(entries(of:))
    let names = try description.names ?? gatheredNames(&builder)
    for entry in entries {
      do {
        try read(entry, VOCAnnotationFile(contentsOf: entry.annotations), names, &builder)
      } catch let error as DatasetError where builder.keepsWritten {
        try builder.refuse(error, as: .brokenAnnotations, at: .init(file: entry.annotations))
      }
    }
    return DatasetClasses(names: names)
  }

  private func read(
    _ entry: Entry, _ file: VOCAnnotationFile, _ names: [String], _ builder: inout DatasetBuilder
  ) throws {
    guard let picture = picture(of: entry, file) else {
      builder.lack(entry.stem + ".jpg")
      return
    }
    guard begin(picture, entry.annotations, file, &builder) else { return }
    for (position, object) in file.objects.enumerated() {
      let place = DatasetBuilder.Place(
        file: entry.annotations, mark: .line(object.line), position: position)
      guard let index = names.firstIndex(of: object.name) else {
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
    _ builder: inout DatasetBuilder
  ) -> Bool {
    if let width = file.width, let height = file.height {
      builder.beginSample(path: picture, annotations: annotations, width: width, height: height)
      return true
    }
    return builder.beginProbedSample(path: picture, annotations: annotations) != nil
  }

  private func written(_ object: VOCAnnotationFile.Object) -> Annotation.Written {
    let corners = object.corners.map { $0 ?? 0 }
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

  private func picture(of entry: Entry, _ file: VOCAnnotationFile) -> String? {
    var candidates = Paths.pictureExtensions.map { "\(entry.stem).\($0)" }
    if let name = file.fileName { candidates.append("\(entry.pictureFolder)/\(name)") }
    candidates += Paths.pictureExtensions.map { "\(entry.stem).\($0.uppercased())" }
    return candidates.first { Paths.exists($0) }
  }

  /// The class names in all splits, so that every split gets the same indices.
  private func gatheredNames(_ builder: inout DatasetBuilder) throws -> [String] {
    var names: Set<String> = []
    for split in description.splitNames {
      guard case .lists(let lists)? = description.splits[split] else { continue }
      for entry in try lists.flatMap(entries(of:)) {
        do {
          let file = try VOCAnnotationFile(contentsOf: entry.annotations)
          names.formUnion(file.objects.map(\.name))
        } catch where builder.keepsWritten {}
      }
    }
    return try builder.classNames(gathered: names, from: description)
  }
}
