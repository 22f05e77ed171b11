import Foundation

/// Where a run keeps its files.
public struct RunFolder: Hashable, Sendable {
  public let path: String

  public init(_ path: String) { self.path = path }

  public var bestWeights: String { path + "/weights/best.safetensors" }
  public var lastWeights: String { path + "/weights/last.safetensors" }
  public var settingsFile: String { path + "/settings.yaml" }
  public var metricsFile: String { path + "/metrics.csv" }
  public var timesFile: String { path + "/times.csv" }
  public var reportFile: String { path + "/report.md" }
  public var htmlReportFile: String { path + "/report.html" }
  /// Where TensorBoard finds the run.
  public var tensorBoard: String { path + "/tensorboard" }
  /// A contact sheet of the first batch, with its boxes.
  public var firstBatch: String { path + "/first-batch.png" }
  public var pictures: String { path + "/pictures" }
  package var checkpoints: CheckpointFolder { CheckpointFolder(path + "/checkpoint") }

  /// Makes `path`, or else the first of `runs/KIND`, `runs/KIND-2`, … that is free.
  ///
  /// - Throws: ``TrainingError/folderNotEmpty(path:)``.
  public static func create(_ path: String?, kind: String, under root: String = "runs") throws
    -> RunFolder
  {
    if let path {
      let names = (try? FileManager.default.contentsOfDirectory(atPath: path)) ?? []
      guard names.isEmpty else { throw TrainingError.folderNotEmpty(path: path) }
      try DurableFiles.makeFolder(path)
      return RunFolder(path)
    }
    try DurableFiles.makeFolder(root)
    for number in 1... {
      let candidate = "\(root)/\(kind)" + (number == 1 ? "" : "-\(number)")
      // mkdir, not a look first: two runs that start at once get a folder each.
      if mkdir(candidate, 0o755) == 0 { return RunFolder(candidate) }
      guard errno == EEXIST else {
        throw TrainingError.cannotCreate(path: candidate, reason: DurableFiles.lastReason())
      }
    }
    preconditionFailure("numbers do not end")
  }

  /// The weights that a name stands for: those of a run's folder, or the file itself.
  package static func weightsFile(_ name: String) -> String {
    var isFolder: ObjCBool = false
    let exists = FileManager.default.fileExists(atPath: name, isDirectory: &isFolder)
    return exists && isFolder.boolValue ? RunFolder(name).bestWeights : name
  }

  /// The training run under `root` that was last written to, if any has best weights.
  public static func newest(under root: String = "runs") -> RunFolder? {
    let manager = FileManager.default
    let names = (try? manager.contentsOfDirectory(atPath: root))?.sorted() ?? []
    let dated = names.compactMap { name -> (folder: RunFolder, date: Date)? in
      let folder = RunFolder("\(root)/\(name)")
      let attributes = try? manager.attributesOfItem(atPath: folder.bestWeights)
      guard let date = attributes?[.modificationDate] as? Date else { return nil }
      return (folder, date)
    }
    return dated.max { $0.date < $1.date }?.folder
  }
}
