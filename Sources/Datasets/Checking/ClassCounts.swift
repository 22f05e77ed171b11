/// Objects of each class in each split, as written.
public struct ClassCounts: Sendable {
  public let names: [String]
  /// For each class, one number a split.
  public let counts: [[Int]]

  init(_ data: CheckedData) {
    var names: [String] = []
    var counts: [String: [Int]] = [:]
    for (column, split) in data.splits.enumerated() {
      for name in split.written.classNames where counts[name] == nil {
        names.append(name)
        counts[name] = Array(repeating: 0, count: data.splits.count)
      }
      var own = [Int](repeating: 0, count: split.written.classNames.count)
      for object in split.written.objects { own[Int(object.classIndex)] += 1 }
      for (name, count) in zip(split.written.classNames, own) { counts[name]?[column] += count }
    }
    self.names = names
    self.counts = names.map { counts[$0] ?? [] }
  }
}
