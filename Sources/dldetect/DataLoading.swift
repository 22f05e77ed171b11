import Datasets

/// Finds data sets by what `--data` says.
enum DataLoading {
  /// The word for the built-in set, which is written here the first time it is used.
  static let builtIn = "shapes"
  static let builtInFolder = "runs/data/shapes"

  static func description(_ data: String) throws -> DataDescription {
    guard data == builtIn else { return try DataDescription.load(data) }
    return try ShapesFolder().materialize(at: builtInFolder)
  }
}
