/// Which classes stand in which pictures of a data set.
///
/// Only targets count. Pictures without any form a class of their own, the last: a sampler must not
/// lose the background, nor a split all of it.
package struct ClassPresence: Sendable {
  /// For each picture its classes, rising, each once; the number of classes where it has no target.
  package let classes: [[Int]]
  /// For each class, and last for pictures without targets: in how many pictures it is.
  package let pictureCounts: [Int]

  package init(_ dataset: Dataset) {
    self.init(
      dataset.samples.indices.map { index in
        dataset.annotations(of: index).compactMap { $0.isIgnored ? nil : Int($0.classIndex) }
      }, classCount: dataset.classNames.count)
  }

  /// - Parameter objects: for each picture the class of each target.
  package init(_ objects: [[Int]], classCount: Int) {
    var counts = Array(repeating: 0, count: classCount + 1)
    classes = objects.map { objects in
      let present = objects.isEmpty ? [classCount] : Set(objects).sorted()
      for index in present { counts[index] += 1 }
      return present
    }
    pictureCounts = counts
  }
}
