import Datasets
import Foundation

/// Finds pictures in a data set by what a user calls them.
package struct PictureLookup {
  private let data: String
  private let splits: [(name: String, dataset: Dataset)]

  /// - Parameter data: what the data set is called in messages.
  package init(data: String, splits: [(name: String, dataset: Dataset)]) {
    self.data = data
    self.splits = splits
  }

  /// A picture by its path, else by its file name.
  ///
  /// - Returns: positions of the split and of the picture in it; the first of splits that share it.
  /// - Throws: ``ExplanationError/pictureNotFound(name:data:splits:)`` or
  ///   ``ExplanationError/severalPictures(name:data:first:)``.
  package func find(_ name: String) throws -> (split: Int, sample: Int) {
    let path = Self.resolved(name)
    if let match = matches({ Self.resolved($0) == path }).first { return match }
    let file = (name as NSString).lastPathComponent
    let named = matches { ($0 as NSString).lastPathComponent == file }
    let paths = named.map { splits[$0.split].dataset.samples[$0.sample].path }
    guard let first = named.first else {
      throw ExplanationError.pictureNotFound(
        name: name, data: data, splits: splits.map(\.name))
    }
    if let other = paths.first(where: { Self.resolved($0) != Self.resolved(paths[0]) }) {
      throw ExplanationError.severalPictures(name: name, data: data, first: [paths[0], other])
    }
    return first
  }

  private func matches(_ fits: (String) -> Bool) -> [(split: Int, sample: Int)] {
    splits.indices.flatMap { split in
      let samples = splits[split].dataset.samples
      return samples.indices.filter { fits(samples[$0].path) }.map { (split, $0) }
    }
  }

  /// Absolute, links followed.
  private static func resolved(_ path: String) -> String {
    URL(fileURLWithPath: path).resolvingSymlinksInPath().path
  }
}
