import CBridge
import Glibc

/// Calls of the shim that read a whole file.
enum ShimReading {
  /// The handle that a call leaves.
  ///
  /// - Throws: ``EvaluationError/notFound(file:)``, ``EvaluationError/unreadable(file:reason:)`` or
  ///   ``EvaluationError/malformed(file:problem:)``.
  static func handle(
    of file: String,
    _ read: (
      _ handle: UnsafeMutablePointer<OpaquePointer?>, _ message: UnsafeMutablePointer<CChar>,
      _ capacity: Int
    ) -> cb_status
  ) throws(EvaluationError) -> OpaquePointer {
    guard access(file, R_OK) == 0 else {
      if errno == ENOENT || errno == ENOTDIR { throw .notFound(file: file) }
      throw .unreadable(file: file, reason: String(cString: strerror(errno)).lowercased())
    }
    let capacity = 512
    var message = [CChar](repeating: 0, count: capacity)
    var handle: OpaquePointer?
    let status = read(&handle, &message, capacity)
    if status == CB_OK, let handle { return handle }
    let text = message.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }
    throw .malformed(file: file, problem: String(decoding: text, as: UTF8.self))
  }
}

/// The entries of COCO's instances JSON as they stand in the file.
final class TruthEntries {
  private let handle: OpaquePointer
  private let contents: cb_truth_contents

  init(_ file: String) throws(EvaluationError) {
    handle = try ShimReading.handle(of: file) { cb_truth_read(file, $0, $1, $2) }
    contents = cb_truth_get_contents(handle)
  }

  deinit { cb_truth_destroy(handle) }

  var imageIDs: [Int] {
    UnsafeBufferPointer(start: contents.image_ids, count: contents.image_count).map(Int.init)
  }

  var categories: [CocoCategory] {
    UnsafeBufferPointer(start: contents.categories, count: contents.category_count).map {
      CocoCategory(id: Int($0.id), label: String(cString: contents.text + $0.name))
    }
  }

  var objects: UnsafeBufferPointer<cb_truth_object> {
    UnsafeBufferPointer(start: contents.objects, count: contents.object_count)
  }
}

/// The entries of COCO's results JSON as they stand in the file.
final class ResultEntries {
  private let handle: OpaquePointer
  private let contents: cb_results_contents

  init(_ file: String) throws(EvaluationError) {
    handle = try ShimReading.handle(of: file) { cb_results_read(file, $0, $1, $2) }
    contents = cb_results_get_contents(handle)
  }

  deinit { cb_results_destroy(handle) }

  var results: UnsafeBufferPointer<cb_result> {
    UnsafeBufferPointer(start: contents.results, count: contents.count)
  }
}

extension CocoBox {
  /// x, y, width, height as the shim has them.
  init(_ sides: (Double, Double, Double, Double)) {
    self.init(x: sides.0, y: sides.1, width: sides.2, height: sides.3)
  }

  var numbers: [Double] { [x, y, width, height] }
}

/// Where each id stands in its list.
///
/// - Throws: ``EvaluationError/repeatedID(file:entry:id:)``.
func positions(
  of ids: [Int], named list: String, in file: String
) throws(EvaluationError) -> [Int: Int] {
  var positions: [Int: Int] = [:]
  for (index, id) in ids.enumerated() {
    guard positions.updateValue(index, forKey: id) == nil else {
      throw .repeatedID(file: file, entry: "\(list)[\(index)]", id: id)
    }
  }
  return positions
}
