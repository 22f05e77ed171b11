import Datasets
import Spelling
import Training

/// Finds data sets by what `--data` says.
enum DataLoading {
  /// The word for the built-in set, which is written here the first time it is used.
  static let builtIn = TrainingSettings.builtInData

  /// What of a data set is read beside its pictures.
  static func files(_ data: String) -> [OutputFiles.Named] {
    guard data != builtIn, !data.isEmpty else { return [] }
    // What is wrong with it is said where it is loaded.
    let files = (try? DataDescription.load(data))?.files ?? [data]
    return files.map { ("--data", $0) }
  }

  static func description(_ data: String) throws -> DataDescription {
    guard !data.isEmpty else {
      throw CommandError.wrongUsage(
        reason: "the name of the data set is empty; give a description, a folder, a JSON or CSV "
          + "file, or '\(builtIn)'")
    }
    guard data == builtIn else {
      do { return try DataDescription.load(data) } catch DatasetError.notFound(let what, let path)
        where nearestName(to: data, in: [builtIn]) != nil
      {
        throw DatasetError.notFound(what: what, path: "\(path) (did you mean '\(builtIn)'?)")
      }
    }
    Messages.note("data: the built-in \(builtIn), in \(TrainingSources.builtInFolder)")
    return try TrainingSources.builtInData()
  }
}
