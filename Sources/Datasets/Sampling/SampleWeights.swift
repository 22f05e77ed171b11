import Foundation

/// A file of a weight for each picture: a line is a path and a number, white space between them.
///
/// Paths are seen from the file's folder, or are the end of a picture's path. Empty lines and lines
/// that begin with `#` are passed over.
package enum SampleWeights {
  /// - Parameter isPart: whether the data set is a part of what the file may name; other pictures are
  ///   passed over then, and counted.
  /// - Returns: the weight of each sample; 1 where the file names it not, and how many those are.
  /// - Throws: ``DatasetError`` for a line that is none, a path that is no picture's, or one that
  ///   could be several's, and where no weight is positive.
  package static func read(
    _ file: String, for dataset: Dataset, isPart: Bool = false
  ) throws -> (weights: [Double], unnamed: Int, others: Int) {
    let finder = PictureFinder(dataset)
    let folder = Paths.folder(of: Paths.resolve(file, in: Paths.workingFolder))
    var weights = [Double?](repeating: nil, count: dataset.count)
    var others = 0
    for entry in try PictureList(file: file, what: "file of weights").entries
    where !entry.text.hasPrefix("#") {
      let words = entry.text.split(whereSeparator: \.isWhitespace)
      guard let word = words.last, words.count > 1, let weight = Double(word), weight >= 0,
        weight.isFinite
      else { throw malformed(entry, file, "'path weight' with a weight of 0 or more") }
      // A path may hold white space.
      let path = entry.text.dropLast(word.count).trimmingCharacters(in: .whitespaces)
      let found = finder.samples(Paths.resolve(path, in: folder), ending: path)
      if isPart, found.isEmpty {
        others += 1
        continue
      }
      guard found.count == 1 else {
        throw malformed(
          entry, file,
          found.isEmpty
            ? "the path of a picture of the training split"
            : "a path that only one of the \(found.count) pictures ends with")
      }
      guard weights[found[0]] == nil else {
        throw malformed(entry, file, "each picture once")
      }
      weights[found[0]] = weight
    }
    let all = weights.map { $0 ?? 1 }
    guard all.contains(where: { $0 > 0 }) else {
      throw DatasetError.invalidSetting(
        key: "the sum of the weights in \(file)", value: 0, expected: "more than 0")
    }
    return (all, weights.count { $0 == nil }, others)
  }

  private static func malformed(
    _ entry: PictureList.Entry, _ file: String, _ expected: String
  ) -> DatasetError {
    .malformedLabel(file: file, line: entry.line, text: entry.text, expected: expected)
  }

  /// Samples by their paths.
  private struct PictureFinder {
    private var byPath: [String: Int] = [:]
    private var byName: [Substring: [Int]] = [:]
    private let paths: [String]

    init(_ dataset: Dataset) {
      paths = dataset.samples.map(\.path)
      for (index, path) in paths.enumerated() {
        byPath[path] = index
        byName[Self.name(path), default: []].append(index)
      }
    }

    /// The sample at `path`, else all whose paths end in `ending`.
    func samples(_ path: String, ending: String) -> [Int] {
      if let index = byPath[path] { return [index] }
      return (byName[Self.name(ending)] ?? []).filter {
        paths[$0].hasSuffix("/" + ending) || paths[$0] == ending
      }
    }

    private static func name(_ path: String) -> Substring {
      path.lastIndex(of: "/").map { path[path.index(after: $0)...] } ?? path[...]
    }
  }
}
