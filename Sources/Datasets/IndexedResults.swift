import Foundation

/// Results of work done in any order, by index.
///
/// `@unchecked Sendable`: the dictionary is only reached while the lock is held.
final class IndexedResults<Value: Sendable>: @unchecked Sendable {
  private let lock = NSLock()
  private var values: [Int: Value] = [:]

  /// Returns how many there are now.
  func set(_ value: Value, at index: Int) -> Int {
    lock.withLock {
      values[index] = value
      return values.count
    }
  }

  func inOrder() -> [Value] {
    lock.withLock { values.keys.sorted().compactMap { values[$0] } }
  }
}
