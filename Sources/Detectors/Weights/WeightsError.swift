/// What is wrong with a weights file, or with writing one.
public enum WeightsError: Error, Hashable, CustomStringConvertible {
  case notFound(file: String, suggestion: String? = nil)
  case unreadable(file: String, reason: String)
  /// Not a safetensors file, or a damaged one.
  case malformed(file: String, reason: String)
  /// A safetensors file that holds no detector: `key` is missing from its metadata.
  case notADetector(file: String, key: String)
  /// Tensors of the file and of the model do not agree.
  case otherModel(file: String, report: LoadReport)
  case diskFull(file: String, bytes: Int)
  case writeFailed(file: String, reason: String)

  public var description: String {
    switch self {
    case .notFound(let file, let suggestion):
      "\(file): no such weights file" + (suggestion.map { "; did you mean '\($0)'?" } ?? "")
    case .unreadable(let file, let reason):
      "\(file): cannot be read: \(reason)"
    case .malformed(let file, let reason):
      "\(file): not a sound safetensors file: \(reason)"
    case .notADetector(let file, let key):
      "\(file): its metadata lack \(key), which files written by dldetect have"
    case .otherModel(let file, let report):
      "\(file): weights of another model: \(report)"
    case .diskFull(let file, let bytes):
      "\(file): the disk is full (\(bytes) bytes to write); nothing that was there is lost"
    case .writeFailed(let file, let reason):
      "\(file): cannot be written: \(reason)"
    }
  }
}

/// What became of each tensor when weights were loaded by name and shape.
public struct LoadReport: Hashable, Sendable, CustomStringConvertible {
  /// Names of tensors that were taken from the file.
  public var loaded: [String] = []
  /// Of the file: other shape, or unknown to the model.
  public var skipped: [String] = []
  /// Of the model: kept their values, since the file has nothing that fits.
  public var new: [String] = []
  /// By name, in words: tensors that both have, but of other shapes; they are among the skipped and
  /// the new.
  public var otherShapes: [String: String] = [:]

  public init() {}

  public var isComplete: Bool { skipped.isEmpty && new.isEmpty }

  public var description: String {
    let example = (skipped + new).first.map { ", \($0) first" } ?? ""
    return "\(loaded.count) tensors fit, \(skipped.count) of the file do not, "
      + "\(new.count) of the model are missing\(example)"
  }
}
