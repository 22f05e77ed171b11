/// What can be wrong with the files of an evaluation. `entry` says where, as `annotations[3].bbox`.
public enum EvaluationError: Error, Equatable, CustomStringConvertible {
  case notFound(file: String)
  case unreadable(file: String, reason: String)
  case unwritable(file: String, reason: String)
  case notJSON(file: String, reason: String)
  case missingKey(file: String, entry: String, key: String)
  case wrongType(file: String, entry: String)
  case notFinite(file: String, entry: String)
  case wrongBox(file: String, entry: String, count: Int)
  case unknownImage(file: String, entry: String, id: Int)
  case unknownCategory(file: String, entry: String, id: Int)
  case repeatedID(file: String, entry: String, id: Int)

  public var description: String {
    switch self {
    case .notFound(let file): "\(file): no such file"
    case .unreadable(let file, let reason): "\(file): cannot be read: \(reason)"
    case .unwritable(let file, let reason): "\(file): cannot be written: \(reason)"
    case .notJSON(let file, let reason): "\(file): not valid JSON: \(reason)"
    case .missingKey(let file, let entry, let key):
      "\(file): \(entry) has no \"\(key)\", which COCO's format requires"
    case .wrongType(let file, let entry):
      "\(file): \(entry) is of another type than COCO's format has there"
    case .notFinite(let file, let entry): "\(file): \(entry) must be a finite number"
    case .wrongBox(let file, let entry, let count):
      "\(file): \(entry) holds \(count) numbers where a box has 4: x, y, width, height"
    case .unknownImage(let file, let entry, let id):
      "\(file): \(entry) names image \(id), which is not among the truth's images"
    case .unknownCategory(let file, let entry, let id):
      "\(file): \(entry) names category \(id), which is not among the truth's categories"
    case .repeatedID(let file, let entry, let id):
      "\(file): \(entry) repeats the id \(id), which must be its own"
    }
  }
}
