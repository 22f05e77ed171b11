import Foundation

/// Where a format keeps its pictures, and how it writes what is in them.
protocol ShapesLayout: Sendable {
  func pictureFolder(_ split: DataDescription.Split) -> String
  /// Writes the annotations of a split.
  func finish(_ split: DataDescription.Split, _ drawings: [ShapesGenerator.Drawing]) throws
  /// The text of data.yaml.
  func description(_ splits: [DataDescription.Split]) -> String
}

/// Files of the built-in set.
enum ShapesFile {
  static let jpegQuality = 92

  /// The same for a picture and its annotations; unique over the splits, as VOC needs.
  static func name(_ split: DataDescription.Split, _ index: Int) -> String {
    let digits = String(index)
    return "\(split)_" + String(repeating: "0", count: max(0, 6 - digits.count)) + digits
  }

  static func makeFolder(_ path: String) throws {
    do {
      try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    } catch {
      throw DatasetError.cannotCreate(
        path: path, reason: "a folder above it is missing, a file, or not permitted")
    }
  }

  static func write(_ text: String, to path: String) throws {
    try write(Data(text.utf8), to: path)
  }

  static func write(_ data: Data, to path: String) throws {
    try makeFolder(Paths.folder(of: path))
    do { try data.write(to: URL(fileURLWithPath: path)) } catch {
      throw DatasetError.cannotWrite(path: path, reason: "the disk is full or writing is forbidden")
    }
  }

  static var namesLine: String {
    "names: [\(ShapesGenerator.classNames.joined(separator: ", "))]\n"
  }
}

struct YOLOLayout: ShapesLayout {
  let root: String

  func pictureFolder(_ split: DataDescription.Split) -> String { "\(root)/images/\(split)" }

  func finish(_ split: DataDescription.Split, _ drawings: [ShapesGenerator.Drawing]) throws {
    for (index, drawing) in drawings.enumerated() {
      let (width, height) = (Double(drawing.width), Double(drawing.height))
      let lines = drawing.shapes.map { shape in
        let box = shape.box
        let numbers = [
          Double(box.centerX) / width, Double(box.centerY) / height,
          Double(box.width) / width, Double(box.height) / height,
        ]
        return "\(shape.classIndex) " + numbers.map { "\($0)" }.joined(separator: " ") + "\n"
      }
      try ShapesFile.write(
        lines.joined(), to: "\(root)/labels/\(split)/\(ShapesFile.name(split, index)).txt")
    }
  }

  func description(_ splits: [DataDescription.Split]) -> String {
    "format: yolo\npath: .\n" + splits.map { "\($0): images/\($0)\n" }.joined()
      + ShapesFile.namesLine
  }
}

struct VOCLayout: ShapesLayout {
  let root: String

  func pictureFolder(_ split: DataDescription.Split) -> String { "\(root)/JPEGImages" }

  func finish(_ split: DataDescription.Split, _ drawings: [ShapesGenerator.Drawing]) throws {
    for (index, drawing) in drawings.enumerated() {
      let name = ShapesFile.name(split, index)
      try ShapesFile.write(
        annotation(name, drawing), to: "\(root)/Annotations/\(name).xml")
    }
    let list = drawings.indices.map { ShapesFile.name(split, $0) + "\n" }.joined()
    try ShapesFile.write(list, to: "\(root)/ImageSets/Main/\(split).txt")
  }

  func description(_ splits: [DataDescription.Split]) -> String {
    "format: voc\npath: .\n"
      + splits.map { "\($0): ImageSets/Main/\($0).txt\n" }.joined() + ShapesFile.namesLine
  }

  private func annotation(_ name: String, _ drawing: ShapesGenerator.Drawing) -> String {
    let objects = drawing.shapes.map { shape in
      """
        <object>
          <name>\(ShapesGenerator.classNames[shape.classIndex])</name>
          <difficult>0</difficult>
          <bndbox>
            <xmin>\(Int(shape.box.left) + 1)</xmin>
            <ymin>\(Int(shape.box.top) + 1)</ymin>
            <xmax>\(Int(shape.box.right))</xmax>
            <ymax>\(Int(shape.box.bottom))</ymax>
          </bndbox>
        </object>

      """
    }
    return """
      <annotation>
        <folder>JPEGImages</folder>
        <filename>\(name).jpg</filename>
        <size>
          <width>\(drawing.width)</width>
          <height>\(drawing.height)</height>
          <depth>3</depth>
        </size>

      """ + objects.joined() + "</annotation>\n"
  }
}

struct COCOLayout: ShapesLayout {
  let root: String

  func pictureFolder(_ split: DataDescription.Split) -> String { "\(root)/\(split)" }

  func finish(_ split: DataDescription.Split, _ drawings: [ShapesGenerator.Drawing]) throws {
    var file = COCOFile()
    file.categories = ShapesGenerator.classNames.enumerated().map {
      .init(id: $0.offset + 1, name: $0.element)
    }
    for (index, drawing) in drawings.enumerated() {
      file.images.append(
        .init(
          id: index + 1, fileName: ShapesFile.name(split, index) + ".jpg",
          width: drawing.width, height: drawing.height))
      for shape in drawing.shapes {
        let box = shape.box
        file.annotations.append(
          .init(
            id: file.annotations.count + 1, imageID: index + 1,
            categoryID: shape.classIndex + 1,
            bbox: [box.left, box.top, box.width, box.height].map(Double.init),
            area: Double(box.area), iscrowd: 0))
      }
    }
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys]
    guard let data = try? encoder.encode(file), let text = String(bytes: data, encoding: .utf8)
    else { preconditionFailure("the shapes annotations do not encode") }
    try ShapesFile.write(text + "\n", to: "\(root)/annotations/instances_\(split).json")
  }

  func description(_ splits: [DataDescription.Split]) -> String {
    "format: coco\npath: .\n"
      + splits.map {
        "\($0): {images: \($0), annotations: annotations/instances_\($0).json}\n"
      }.joined()
  }
}
