import Foundation
import Images

/// Pictures that must stay in one part, because they are copies of each other: a detector measured
/// on a picture that it learned would look better than it is.
package struct PictureGroups: Sendable {
  /// Each picture in one of them, both in their order.
  package let groups: [[Int]]

  /// - Parameter pairs: pictures that belong together.
  package init(count: Int, joining pairs: [(Int, Int)]) {
    var first = Array(0..<count)
    func root(_ index: Int) -> Int {
      var index = index
      while first[index] != index { index = first[index] }
      return index
    }
    for (one, other) in pairs {
      let (low, high) = (min(root(one), root(other)), max(root(one), root(other)))
      first[high] = low
      // Shortens the way for the next.
      (first[one], first[other]) = (low, low)
    }
    var members: [[Int]] = Array(repeating: [], count: count)
    for index in 0..<count { members[root(index)].append(index) }
    groups = members.filter { !$0.isEmpty }
  }

  /// Files that are equal byte by byte. Only those of one length are read; one that cannot be is
  /// like no other.
  package init(equalFiles paths: [String]) {
    var byLength: [Int: [Int]] = [:]
    for (index, path) in paths.enumerated() {
      let attributes = try? FileManager.default.attributesOfItem(atPath: Paths.real(path))
      guard let length = attributes?[.size] as? Int else { continue }
      byLength[length, default: []].append(index)
    }
    var pairs: [(Int, Int)] = []
    for length in byLength.keys.sorted() {
      let indices = byLength[length] ?? []
      guard indices.count > 1 else { continue }
      var seen: [UInt64: Int] = [:]
      for index in indices {
        guard let checksum = try? PictureBytes(path: paths[index]).checksum else { continue }
        if let earlier = seen[checksum] { pairs.append((earlier, index)) }
        seen[checksum] = seen[checksum] ?? index
      }
    }
    self.init(count: paths.count, joining: pairs)
  }

  /// Pictures beyond the first of each group.
  package var repeats: Int { groups.reduce(0) { $0 + $1.count - 1 } }
}
