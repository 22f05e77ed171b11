import Foundation

/// Writes which pictures a split has, in the manner of a format, without touching the pictures.
protocol SplitWriter {
  /// The format of what is written.
  var format: DataDescription.Format { get }
  /// What is not as in the source, a sentence each.
  var notes: [String] { get }
  /// - Parameters:
  ///   - pictures: indices into the pool.
  ///   - path: of the file to write, without its extension.
  ///   - final: where the file will be found, without its extension.
  /// - Returns: what a description says of the split.
  func write(_ pictures: [Int], to path: String, foundAt final: String) throws -> String
}

extension SplitWriter {
  var notes: [String] { [] }
}

extension SplitPool {
  /// - Throws: ``DatasetError`` where a source cannot be read again.
  func writer() throws -> any SplitWriter {
    switch description.format {
    case .voc:
      if let lists = VOCSplitWriter(self) { return lists }
      return CSVSplitWriter(
        boxesOf: try description.splitNames.map { try description.dataset($0) }, of: self)
    case .yolo: return YOLOSplitWriter(pool: self)
    case .coco: return try COCOSplitWriter(self)
    case .csv: return try CSVSplitWriter(rowsOf: self)
    }
  }

  /// A picture's path as a description with `path:` at the data's folder says it.
  func shown(_ path: String) -> String {
    let start = description.root + "/"
    return path.hasPrefix(start) ? String(path.dropFirst(start.count)) : path
  }
}

/// A text as a YAML scalar.
func yamlQuoted(_ text: String) -> String {
  "\"" + text.replacing("\\", with: "\\\\").replacing("\"", with: "\\\"") + "\""
}

/// A list of identifiers, as in `ImageSets/Main`.
private struct VOCSplitWriter: SplitWriter {
  let format = DataDescription.Format.voc
  private let identifiers: [String]

  /// Nil where annotations are not in `Annotations`: lists cannot name them.
  init?(_ pool: SplitPool) {
    let start = pool.description.root + "/Annotations/"
    let files = pool.pictures.compactMap(\.annotations)
    guard files.count == pool.pictures.count, files.allSatisfy({ $0.hasPrefix(start) }) else {
      return nil
    }
    identifiers = files.map { Paths.withoutExtension(String($0.dropFirst(start.count))) }
  }

  func write(_ pictures: [Int], to path: String, foundAt final: String) throws -> String {
    let text = pictures.map { identifiers[$0] + "\n" }.joined()
    try OutputFile.write(text, to: path + ".txt")
    return yamlQuoted(final + ".txt")
  }
}

/// A list of pictures' paths, labels being found by them.
private struct YOLOSplitWriter: SplitWriter {
  let format = DataDescription.Format.yolo
  let pool: SplitPool

  func write(_ pictures: [Int], to path: String, foundAt final: String) throws -> String {
    let text = pictures.map { pool.shown(pool.pictures[$0].path) + "\n" }.joined()
    try OutputFile.write(text, to: path + ".txt")
    return yamlQuoted(final + ".txt")
  }
}

/// The rows of a split's pictures.
private struct CSVSplitWriter: SplitWriter {
  let format = DataDescription.Format.csv
  let notes: [String]
  private let rows: [[[String]]]

  /// The rows of CSV files as they are, but for paths, which are seen from the data's folder.
  init(rowsOf pool: SplitPool) throws {
    notes = []
    var byPath: [String: [[String]]] = [:]
    for name in pool.description.splitNames {
      guard case .lists(let lists)? = pool.description.splits[name] else { continue }
      // A picture that two splits share counts once.
      var own: [String: [[String]]] = [:]
      for list in lists {
        for row in try CSVAnnotationFile(contentsOf: list).rows {
          let path = Paths.resolve(row.file, in: pool.description.root)
          let size = row.size.map { [String($0.width), String($0.height)] } ?? ["", ""]
          let object = row.object.map { CSVText.cells($0.name, $0.box, $0.ignored) }
          own[path, default: []].append(
            [pool.shown(path)] + size + (object ?? CSVText.noObject))
        }
      }
      byPath.merge(own) { first, _ in first }
    }
    rows = pool.pictures.map { byPath[$0.path] ?? [] }
  }

  /// Rows made of what was read.
  init(boxesOf datasets: [Dataset], of pool: SplitPool) {
    notes = [
      "the annotations are not in a folder Annotations, which lists need: the splits are CSV"
    ]
    var byPath: [String: [[String]]] = [:]
    for dataset in datasets {
      for (index, sample) in dataset.samples.enumerated() where byPath[sample.path] == nil {
        let start = [pool.shown(sample.path), String(sample.width), String(sample.height)]
        let objects = dataset.annotations(of: index).map { object in
          start
            + CSVText.cells(
              dataset.classNames[Int(object.classIndex)], object.written,
              object.isCrowd ? .crowd : object.isDifficult ? .difficult : nil)
        }
        byPath[sample.path] = objects.isEmpty ? [start + CSVText.noObject] : objects
      }
    }
    rows = pool.pictures.map { byPath[$0.path] ?? [] }
  }

  func write(_ pictures: [Int], to path: String, foundAt final: String) throws -> String {
    try CSVText.write(pictures.flatMap { rows[$0] }, to: path + ".csv")
    return yamlQuoted(final + ".csv")
  }
}

/// An instances file with the images of a split and their annotations; everything else in the file
/// stays, categories and ids included. Where files that are divided together number different images
/// alike, all are numbered anew.
private struct COCOSplitWriter: SplitWriter {
  let format = DataDescription.Format.coco
  private typealias Object = [String: Any]
  /// Of each picture, with its final id and name.
  private var images: [Object] = []
  private var annotations: [[Object]] = []
  /// Of the first file, without images and annotations.
  private let rest: Object
  private let folder: String
  private(set) var notes: [String] = []

  init(_ pool: SplitPool) throws {
    let files = pool.pictures.compactMap(\.annotations)
    var sources: [String: Object] = [:]
    for file in Set(files).sorted() { sources[file] = try Self.read(file) }
    folder = Self.commonFolder(pool)
    for picture in pool.pictures {
      let all = picture.annotations.flatMap { sources[$0]?["images"] as? [Object] } ?? []
      var image = all[picture.position]
      image["file_name"] = String(picture.path.dropFirst(folder.count + 1))
      images.append(image)
    }
    var rest = files.first.flatMap { sources[$0] } ?? [:]
    (rest["images"], rest["annotations"]) = (nil, nil)
    self.rest = rest
    annotations = Self.annotations(of: pool, images, sources)
    numberAnew()
  }

  private static func read(_ file: String) throws -> Object {
    guard let bytes = FileManager.default.contents(atPath: file),
      let object = try? JSONSerialization.jsonObject(with: bytes) as? Object
    else { throw DatasetError.unreadableFile(path: file) }
    return object
  }

  /// The deepest folder with the pictures of all splits.
  private static func commonFolder(_ pool: SplitPool) -> String {
    let path = Paths.commonFolder(
      pool.description.splitNames.compactMap { name in
        guard case .coco(let images, _)? = pool.description.splits[name] else { return nil }
        return images
      })
    // A name may lead out of its folder.
    return pool.pictures.allSatisfy { $0.path.hasPrefix(path + "/") } ? path : ""
  }

  private static func annotations(
    of pool: SplitPool, _ images: [Object], _ sources: [String: Object]
  ) -> [[Object]] {
    var byFile: [String: [Int: [Object]]] = [:]
    for (file, source) in sources {
      byFile[file] = Dictionary(
        grouping: source["annotations"] as? [Object] ?? [], by: { $0["image_id"] as? Int ?? -1 })
    }
    return zip(pool.pictures, images).map { picture, image in
      picture.annotations.flatMap { byFile[$0]?[image["id"] as? Int ?? -1] } ?? []
    }
  }

  private mutating func numberAnew() {
    let ids = images.compactMap { $0["id"] as? Int }
    if Set(ids).count < ids.count {
      notes.append("image ids stood for several pictures: all are numbered anew")
      for index in images.indices {
        images[index]["id"] = index + 1
        for object in annotations[index].indices {
          annotations[index][object]["image_id"] = index + 1
        }
      }
    }
    let own = annotations.joined().compactMap { $0["id"] as? Int }
    guard Set(own).count < own.count else { return }
    notes.append("annotation ids stood for several objects: all are numbered anew")
    var next = 1
    for index in annotations.indices {
      for object in annotations[index].indices {
        annotations[index][object]["id"] = next
        next += 1
      }
    }
  }

  func write(_ pictures: [Int], to path: String, foundAt final: String) throws -> String {
    var file = rest
    file["images"] = pictures.map { images[$0] }
    file["annotations"] = pictures.flatMap { annotations[$0] }
    let options: JSONSerialization.WritingOptions = [.sortedKeys, .withoutEscapingSlashes]
    guard let data = try? JSONSerialization.data(withJSONObject: file, options: options) else {
      preconditionFailure("annotations that were read do not encode")
    }
    try OutputFile.write(data, to: path + ".json")
    let pictureFolder = yamlQuoted(folder.isEmpty ? "/" : folder)
    return "{images: \(pictureFolder), annotations: \(yamlQuoted(final + ".json"))}"
  }
}
