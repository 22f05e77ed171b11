/// One kind of thing that a check finds in a data set, and every place where it stands.
public struct CheckFinding: Sendable {
  public enum Severity: String, Codable, Sendable, CaseIterable {
    /// Something is broken: reading refuses it, leaves it out or changes it.
    case error
    /// It works, but training or its figures may suffer.
    case warning
    case note
  }

  public enum Kind: String, Codable, Sendable, CaseIterable {
    case brokenAnnotations, missingPicture, unreadablePicture, wrongSize, malformedLabel
    case unknownClass, classOrder, invertedBox, boxWithoutArea, outsideBox, clippedBox, duplicateBox
    case repeatedName
    case sharedPicture, nearlySharedPicture, duplicatePicture, nearDuplicatePicture
    case conflictingAnnotations, orphanLabel, noLabelFile, orphanPicture, smallObject
    case classWithoutObjects, classImbalance, splitDifference
    case emptyPicture, wrongExtension, rotatedPicture, polygon, otherFile, gatheredNames
    case description
  }

  /// Where something was found.
  public struct Place: Hashable, Sendable {
    public var split: DataDescription.Split?
    public var file: String
    public var mark = AnnotationMark.none
    /// What stands there; may be empty.
    public var detail = ""
  }

  public var kind: Kind
  public var places: [Place]
}

/// Which entry of an annotation file is meant.
public enum AnnotationMark: Hashable, Sendable {
  case none
  /// From 1.
  case line(Int)
  /// COCO's id of the annotation.
  case annotation(Int)
  /// In COCO's list of annotations, from 0, where they have no ids.
  case position(Int)

  var text: String {
    switch self {
    case .none: ""
    case .line(let line): ", line \(line)"
    case .annotation(let id): ", annotation \(id)"
    case .position(let position): ", annotation at position \(position)"
    }
  }
}

extension CheckFinding.Kind {
  public var severity: CheckFinding.Severity {
    switch self {
    case .brokenAnnotations, .missingPicture, .unreadablePicture, .wrongSize, .malformedLabel,
      .unknownClass, .classOrder, .invertedBox, .boxWithoutArea, .outsideBox, .clippedBox,
      .duplicateBox:
      .error
    case .repeatedName, .sharedPicture, .nearlySharedPicture, .duplicatePicture,
      .nearDuplicatePicture, .conflictingAnnotations, .orphanLabel, .noLabelFile, .orphanPicture,
      .smallObject,
      .classWithoutObjects, .classImbalance, .splitDifference:
      .warning
    case .emptyPicture, .wrongExtension, .rotatedPicture, .polygon, .otherFile, .gatheredNames,
      .description:
      .note
    }
  }

  /// What was counted.
  public var meaning: String {
    switch self {
    case .brokenAnnotations: "annotation files that cannot be read"
    case .missingPicture: "pictures that are named and not there"
    case .unreadablePicture: "pictures that cannot be read whole"
    case .wrongSize: "pictures of another size than their annotations state"
    case .malformedLabel: "labels that are malformed"
    case .unknownClass: "objects of unknown classes"
    case .classOrder: "class lists that differ from the names"
    case .repeatedName: "names that several classes have"
    case .invertedBox: "boxes with swapped corners"
    case .boxWithoutArea: "boxes of no area"
    case .outsideBox: "boxes wholly outside their picture"
    case .clippedBox: "boxes partly outside their picture"
    case .duplicateBox: "boxes that repeat another of their class"
    case .sharedPicture: "pictures that another split has too"
    case .nearlySharedPicture: "pictures that look like one of another split"
    case .duplicatePicture: "pictures that repeat another of their split"
    case .nearDuplicatePicture: "pictures that look like another of their split"
    case .conflictingAnnotations: "such pictures whose annotations differ"
    default: rarerMeaning
    }
  }

  private var rarerMeaning: String {
    switch self {
    case .orphanLabel: "annotation files without a picture"
    case .noLabelFile: "pictures without a label file, taken for background"
    case .orphanPicture: "pictures that no split names"
    case .smallObject: "objects smaller than one cell of the finest level"
    case .classWithoutObjects: "classes without objects in a split"
    case .classImbalance: "classes with less than a tenth of the most frequent one's objects"
    case .splitDifference: "differences of a split from another that chance does not explain"
    case .emptyPicture: "pictures without objects, kept as background"
    case .wrongExtension: "pictures whose extension names another format"
    case .rotatedPicture: "pictures that EXIF turns or flips"
    case .polygon: "polygons, read as the boxes around them"
    case .otherFile: "files that are neither picture nor label"
    case .gatheredNames: "class lists gathered from the annotations, by alphabet"
    case .description: "notes on the description"
    default: preconditionFailure("\(self) is without a meaning")
    }
  }
}

extension CheckFinding.Place: Encodable {
  enum CodingKeys: String, CodingKey { case split, file, line, annotation, position, detail }

  public func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: CodingKeys.self)
    try container.encodeIfPresent(split?.rawValue, forKey: .split)
    try container.encode(file, forKey: .file)
    switch mark {
    case .none: break
    case .line(let line): try container.encode(line, forKey: .line)
    case .annotation(let id): try container.encode(id, forKey: .annotation)
    case .position(let position): try container.encode(position, forKey: .position)
    }
    if !detail.isEmpty { try container.encode(detail, forKey: .detail) }
  }

  /// In words, the file seen from `root` where it lies below it.
  public func text(from root: String) -> String {
    let name = file.hasPrefix(root + "/") ? String(file.dropFirst(root.count + 1)) : file
    return name + mark.text + (detail.isEmpty ? "" : ": " + detail)
  }
}

extension CheckFinding: Encodable {
  enum CodingKeys: String, CodingKey { case kind, severity, meaning, count, places }

  public func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: CodingKeys.self)
    try container.encode(kind, forKey: .kind)
    try container.encode(kind.severity, forKey: .severity)
    try container.encode(kind.meaning, forKey: .meaning)
    try container.encode(places.count, forKey: .count)
    try container.encode(places, forKey: .places)
  }
}
