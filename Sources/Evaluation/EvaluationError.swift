/// What can be wrong with the files of an evaluation. `entry` says where, as `annotations[3].bbox`.
public enum EvaluationError: Error, Equatable, CustomStringConvertible {
  case notFound(file: String)
  case unreadable(file: String, reason: String)
  case unwritable(file: String, reason: String)
  /// No JSON, or an entry that lacks something or holds another type; the problem names it.
  case malformed(file: String, problem: String)
  case notFinite(file: String, entry: String)
  case unknownImage(file: String, entry: String, id: Int)
  case unknownCategory(file: String, entry: String, id: Int)
  case repeatedID(file: String, entry: String, id: Int)
  /// A category of the training split that has another name in the truth.
  case otherCategory(file: String, id: Int, label: String, expected: String)
  /// A score that cannot be held against a precision.
  case noProbability(file: String, entry: String, score: Double)

  public var description: String {
    switch self {
    case .notFound(let file): "\(file): no such file"
    case .unreadable(let file, let reason): "\(file): cannot be read: \(reason)"
    case .unwritable(let file, let reason): "\(file): cannot be written: \(reason)"
    case .malformed(let file, let problem): "\(file): \(problem)"
    case .notFinite(let file, let entry): "\(file): \(entry) must be a finite number"
    case .unknownImage(let file, let entry, let id):
      "\(file): \(entry) names image \(id), which is not among the truth's images"
    case .unknownCategory(let file, let entry, let id):
      "\(file): \(entry) names category \(id), which is not among the truth's categories"
    case .repeatedID(let file, let entry, let id):
      "\(file): \(entry) repeats the id \(id), which must be its own"
    case .otherCategory(let file, let id, let label, let expected):
      "\(file): category \(id) is '\(label)', but '\(expected)' in the truth"
    case .noProbability(let file, let entry, let score):
      "\(file): \(entry) holds a score of \(score), but calibration needs scores in 0 … 1"
    }
  }
}
