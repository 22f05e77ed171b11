import Spelling
import Yams

/// Turns a description's YAML into a ``DataDescription``, with the line of whatever is wrong.
struct DescriptionDecoder {
  static let validKeys = [
    "format", "path", "train", "val", "test", "names", "vocCoordinates", "nc",
  ]
  /// Keys of Ultralytics' and Roboflow's descriptions that detection here has no use for.
  static let passedOver = [
    "download", "roboflow", "minival", "channels", "kpt_shape", "kpt_names", "flip_idx",
  ]

  let file: String
  private var folder: String { Paths.folder(of: file) }

  init(file: String) { self.file = file }

  func decode() throws -> DataDescription {
    let (mapping, notes) = try checkedMapping()
    var description = DataDescription(
      file: file, format: .yolo, root: folder, splits: [:], notes: notes)
    try decodeRoot(mapping, into: &description)
    for split in DataDescription.Split.allCases {
      guard let node = mapping[split.rawValue], !isNull(node) else { continue }
      description.splits[split] = try source(node, key: split.rawValue, &description)
    }
    guard !description.splits.isEmpty else {
      throw DatasetError.noSplit(name: "train", file: file, available: [])
    }
    if let node = mapping["names"], !isNull(node) { description.names = try names(node) }
    try checkCount(mapping["nc"], description.names)
    if let node = mapping["vocCoordinates"] {
      description.vocCoordinates = try choice(node, key: "vocCoordinates")
    }
    description.format =
      try mapping["format"].map { try choice($0, key: "format") } ?? recognizedFormat(description)
    try checkSources(mapping, description)
    return description
  }

  private func checkedMapping() throws -> (Node.Mapping, [String]) {
    let text = try Paths.text(at: file, what: "data description")
    let root: Node?
    do { root = try Yams.compose(yaml: text) } catch let error as YamlError {
      throw malformed(error)
    }
    guard let root, let mapping = root.mapping else {
      throw DatasetError.malformedYAML(
        file: file, line: 1, problem: "expected 'key: value' lines, such as 'train: images/train'")
    }
    var notes: [String] = []
    for (key, _) in mapping {
      let name = key.string ?? ""
      if Self.passedOver.contains(name) {
        notes.append("key '\(name)' is not used")
      } else if !Self.validKeys.contains(name) {
        throw DatasetError.unknownKey(
          key: name, file: file, line: line(of: key), valid: Self.validKeys)
      }
    }
    return (mapping, notes)
  }

  /// `path` seen from the description. Ultralytics sees it from a folder of its own settings: where
  /// nothing lies at the former, the description's folder is taken.
  private func decodeRoot(
    _ mapping: Node.Mapping, into description: inout DataDescription
  ) throws {
    guard let node = mapping["path"], !isNull(node) else { return }
    let written = try string(node, key: "path")
    let root = Paths.resolve(written, in: folder)
    if Paths.isFolder(root) {
      description.root = root
      return
    }
    let splits = ["train", "val", "test"].compactMap { mapping[$0]?.string }
    guard splits.contains(where: { Paths.exists(Paths.resolve($0, in: folder)) }) else {
      throw DatasetError.notFound(
        what: "the data folder that path: in \(file) names (seen from that file)", path: root)
    }
    description.notes.append(
      "there is no \(root); the splits were found beside the description instead")
  }

  private func source(
    _ node: Node, key: String, _ description: inout DataDescription
  ) throws -> DataDescription.Source {
    if let mapping = node.mapping {
      for (part, _) in mapping where !["images", "annotations"].contains(part.string ?? "") {
        throw DatasetError.unknownKey(
          key: "\(key).\(part.string ?? "")", file: file, line: line(of: part),
          valid: ["\(key).images", "\(key).annotations"])
      }
      guard let images = mapping["images"], let annotations = mapping["annotations"] else {
        throw invalid(node, key: key, expected: "both images: and annotations:")
      }
      return .coco(
        images: Paths.resolve(
          try string(images, key: "\(key).images"), in: description.root),
        annotations: Paths.resolve(
          try string(annotations, key: "\(key).annotations"), in: description.root))
    }
    let written =
      try node.sequence.map { try $0.map { try string($0, key: key) } }
      ?? [try string(node, key: key)]
    guard !written.isEmpty else { throw invalid(node, key: key, expected: "a path") }
    return .lists(written.map { locate($0, &description) })
  }

  /// Roboflow writes `../train/images` for a folder beside the description.
  private func locate(_ written: String, _ description: inout DataDescription) -> String {
    let path = Paths.resolve(written, in: description.root)
    guard !Paths.exists(path), written.hasPrefix("../") else { return path }
    let beside = Paths.resolve(String(written.dropFirst(3)), in: description.root)
    guard Paths.exists(beside) else { return path }
    description.notes.append("'\(written)' was found at \(beside)")
    return beside
  }

  /// A list, or a map from 0, 1, 2, … to names.
  private func names(_ node: Node) throws -> [String] {
    if let sequence = node.sequence {
      return try ownNames(sequence.enumerated().map { ("names[\($0)]", $1) }, of: node)
    }
    guard let mapping = node.mapping else {
      throw invalid(node, key: "names", expected: "a list, or a map from class index to name")
    }
    var byIndex: [Int: String] = [:]
    for (key, value) in mapping {
      guard let index = key.int, byIndex[index] == nil else {
        throw invalid(key, key: "names", expected: "class indices, each once")
      }
      byIndex[index] = try string(value, key: "names.\(index)")
    }
    _ = try ownNames(mapping.map { ("names.\($0.key.int ?? 0)", $0.value) }, of: node)
    return try byIndex.keys.sorted().enumerated().map { position, index in
      guard position == index, let name = byIndex[index] else {
        throw invalid(node, key: "names", expected: "class indices from 0 without gaps")
      }
      return name
    }
  }
}

extension DescriptionDecoder {
  /// Names of which there is one at least, and each once.
  private func ownNames(_ nodes: [(key: String, node: Node)], of list: Node) throws -> [String] {
    guard !nodes.isEmpty else { throw invalid(list, key: "names", expected: "at least one name") }
    var places: [String: String] = [:]
    return try nodes.map { key, node in
      let name = try string(node, key: key)
      if let other = places.updateValue(key, forKey: name) {
        throw invalid(node, key: key, expected: "a name of its own, \(other) has this one")
      }
      return name
    }
  }

  private func recognizedFormat(
    _ description: DataDescription
  ) throws -> DataDescription.Format {
    let first = description.splitNames.first.flatMap { description.splits[$0] }
    guard case .lists(let lists) = first else { return .coco }
    if lists.allSatisfy({ Paths.fileExtension($0) == "csv" }) { return .csv }
    let isVOC =
      Paths.isFolder(description.root + "/Annotations")
      || lists.contains { $0.contains("/ImageSets/") || Paths.holdsXML($0) }
    return isVOC ? .voc : .yolo
  }

  /// COCO splits are maps, the others are paths.
  private func checkSources(_ mapping: Node.Mapping, _ description: DataDescription) throws {
    for split in description.splitNames {
      guard let node = mapping[split.rawValue], let source = description.splits[split] else {
        continue
      }
      switch (description.format, source) {
      case (.coco, .lists):
        throw invalid(
          node, key: split.rawValue, expected: "{images: folder, annotations: file.json} for coco")
      case (.voc, .coco), (.yolo, .coco), (.csv, .coco):
        throw invalid(
          node, key: split.rawValue, expected: "a folder or a list for \(description.format)")
      default: continue
      }
    }
    if description.format == .yolo, description.names == nil {
      throw DatasetError.missingNames(file: file)
    }
  }

  private func checkCount(_ node: Node?, _ names: [String]?) throws {
    guard let node, let names else { return }
    guard node.int == names.count else {
      throw invalid(node, key: "nc", expected: "\(names.count), as many as names lists")
    }
  }

  private func choice<Choice: RawRepresentable & CaseIterable>(
    _ node: Node, key: String
  ) throws -> Choice where Choice.RawValue == String {
    let valid = Choice.allCases.map(\.rawValue)
    let written = try string(node, key: key)
    guard let choice = Choice(rawValue: written) else {
      let hint = nearestName(to: written, in: valid).map { " (did you mean '\($0)'?)" } ?? ""
      throw invalid(node, key: key, expected: "one of \(valid.joined(separator: ", "))\(hint)")
    }
    return choice
  }

  private func string(_ node: Node, key: String) throws -> String {
    guard let text = node.scalar?.string, !text.isEmpty else {
      throw invalid(node, key: key, expected: "text")
    }
    return text
  }

  private func isNull(_ node: Node) -> Bool { node.null != nil && node.scalar?.style == .plain }

  private func line(of node: Node) -> Int { node.mark?.line ?? 1 }

  private func invalid(_ node: Node, key: String, expected: String) -> DatasetError {
    let value = node.scalar?.string ?? (node.mapping == nil ? "a list" : "a map")
    return .invalidValue(
      key: key, value: value, file: file, line: line(of: node), expected: expected)
  }

  private func malformed(_ error: YamlError) -> DatasetError {
    switch error {
    case .scanner(_, let problem, let mark, _), .parser(_, let problem, let mark, _),
      .composer(_, let problem, let mark, _):
      return .malformedYAML(file: file, line: mark.line, problem: problem)
    case .duplicatedKeysInMapping(let duplicates, let context):
      return .malformedYAML(
        file: file, line: context.mark.line,
        problem: "key '\(duplicates.first ?? "")' stands here twice")
    default:
      return .malformedYAML(file: file, line: 1, problem: "is not YAML")
    }
  }
}
