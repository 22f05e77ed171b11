import Spelling

/// What can be wrong with data outside the program: descriptions, annotations, pictures, folders.
public enum DatasetError: Error, Equatable, Sendable {
  /// `what` says which part of the data was looked for, e.g. "the list of split train".
  case notFound(what: String, path: String)
  case missingPictures(count: Int, of: Int, first: String, neededBy: String)
  case unreadableFile(path: String)
  case emptyList(path: String)
  case noSplit(name: String, file: String, available: [String])
  case unrecognizedFormat(path: String)
  case missingNames(file: String)
  case unknownKey(key: String, file: String, line: Int, valid: [String])
  case invalidValue(key: String, value: String, file: String, line: Int, expected: String)
  case invalidSetting(key: String, value: Double, expected: String)
  case malformedYAML(file: String, line: Int, problem: String)
  case malformedXML(file: String, line: Int, problem: String)
  case malformedJSON(file: String, problem: String)
  case malformedLabel(file: String, line: Int, text: String, expected: String)
  case unknownClass(name: String, file: String, line: Int, known: [String])
  case classOutOfRange(index: Int, file: String, line: Int, count: Int)
  case unusableClassName(name: String, file: String)
  /// `entry`: as `annotations[3] (id 8)`.
  case unknownReference(key: String, id: Int, entry: String, file: String)
  case classesDiffer(file: String, names: [String], expected: [String])
  /// `first`: the first of them, and why it cannot be used.
  case noUsablePicture(first: String)
  /// `use`: what they were to be divided for.
  case tooFewPictures(count: Int, use: String, least: Int)
  /// A split that is not divided and that the division would make as well.
  case splitTaken(split: String, from: [String], parts: Int)
  /// Annotations lie where lists cannot name them, so that splits beside them cannot be kept.
  case splitsDiffer(file: String, kept: [String])
  case folderNotEmpty(path: String)
  case cannotCreate(path: String, reason: String)
  case cannotWrite(path: String, reason: String)
}

extension DatasetError {
  /// What kind of failure it is; the raw value is the process's exit code (sysexits.h).
  public enum Category: Int, Sendable {
    case usage = 64
    case broken = 65
    case notFound = 66
    case cannotCreate = 73
    case writeFailed = 74
  }

  public var category: Category {
    switch self {
    case .notFound, .missingPictures: .notFound
    case .unknownKey, .invalidValue, .invalidSetting, .noSplit, .missingNames, .malformedYAML,
      .tooFewPictures, .splitTaken, .splitsDiffer:
      .usage
    case .folderNotEmpty, .cannotCreate: .cannotCreate
    case .cannotWrite: .writeFailed
    default: .broken
    }
  }
}

extension DatasetError: CustomStringConvertible {
  public var description: String {
    switch self {
    case .notFound(let what, let path):
      return "\(what) not found: \(path)"
    case .missingPictures(let count, let total, let first, let neededBy):
      return "\(count) of \(total) pictures named by \(neededBy) are missing, the first is \(first)"
    case .unreadableFile(let path):
      return "\(path) cannot be read as text; check its permissions and that it is UTF-8"
    case .emptyList(let path):
      return "\(path) names no pictures; a split needs at least one"
    case .noSplit(let name, let file, let available):
      let have = available.isEmpty ? "no split" : available.joined(separator: ", ")
      return "\(file) has no split '\(name)'; it has \(have)"
    case .unrecognizedFormat(let path):
      return "\(path): no data set recognised here; expected a .yaml description, COCO .json, "
        + "train.csv, VOC's Annotations and ImageSets/Main, or YOLO's images and labels folders"
    case .invalidSetting(let key, let value, let expected):
      return "\(key) is \(value), expected \(expected)"
    case .tooFewPictures(let count, let use, let least):
      return "\(count) pictures that may be parted are too few for \(use), which takes \(least) at "
        + "least"
    case .splitTaken(let split, let from, let parts):
      return "dividing \(from.joined(separator: " and ")) into \(parts) parts makes a split "
        + "'\(split)', which is there and not to be divided; divide it too, or into fewer parts"
    case .splitsDiffer(let file, let kept):
      return "\(file): its annotations are not in a folder Annotations, so that splits are written "
        + "as CSV, and \(kept.joined(separator: " and ")) cannot be kept beside them; divide all"
    case .missingNames(let file):
      return "\(file): class names are missing; add names: [first, second, …] to a description"
    default:
      return fileDescription
    }
  }

  /// The sentences of the cases about one place in one file.
  private var fileDescription: String {
    switch self {
    case .unknownKey(let key, let file, let line, let valid):
      return "\(file), line \(line): unknown key '\(key)'\(Self.suggestion(key, valid))"
        + "; valid keys are \(valid.joined(separator: ", "))"
    case .invalidValue(let key, let value, let file, let line, let expected):
      return "\(file), line \(line): \(key) is '\(value)', expected \(expected)"
    case .malformedYAML(let file, let line, let problem),
      .malformedXML(let file, let line, let problem):
      return "\(file), line \(line): \(problem)"
    case .malformedJSON(let file, let problem):
      return "\(file): \(problem)"
    case .malformedLabel(let file, let line, let text, let expected):
      return "\(file), line \(line): '\(text)' is not a label, expected \(expected)"
    case .unknownClass(let name, let file, let line, let known):
      return "\(file), line \(line): unknown class '\(name)'\(Self.suggestion(name, known))"
        + "; names lists \(known.joined(separator: ", "))"
    case .classOutOfRange(let index, let file, let line, let count):
      return "\(file), line \(line): class \(index) is not in 0 ..< \(count), the number of names"
    case .unusableClassName(let name, let file):
      return "\(file): class name '\(name)' is there twice, empty, or begins or ends with white "
        + "space, which formats do not keep; give each class a name of its own"
    case .unknownReference(let key, let id, let entry, let file):
      return "\(file): \(entry) has \(key) \(id), which the file does not define"
    case .classesDiffer(let file, let names, let expected):
      return "\(file): classes are \(names.joined(separator: ", ")), expected "
        + "\(expected.joined(separator: ", ")) in this order"
    case .noUsablePicture(let first):
      return "none of the pictures can be used; the first is \(first)"
    case .folderNotEmpty(let path):
      return "\(path) is there and is not an empty folder; nothing was overwritten, give a new one"
    case .cannotCreate(let path, let reason):
      return "\(path) cannot be made: \(reason)"
    case .cannotWrite(let path, let reason):
      return "\(path) cannot be written: \(reason)"
    default:
      preconditionFailure("a case is without a sentence")
    }
  }

  private static func suggestion(_ word: String, _ known: [String]) -> String {
    nearestName(to: word, in: known).map { ", did you mean '\($0)'?" } ?? ""
  }
}
