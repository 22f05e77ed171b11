import Foundation
import Images

/// The built-in set on disk, in any of the three formats, with a description `data.yaml`.
///
/// It is written under another name and renamed when complete, so that a folder of the final name
/// is always whole; `manifest.json` says what was written.
public struct ShapesFolder: Sendable {
  struct Manifest: Codable, Equatable {
    /// Raised when the same settings give other pictures.
    var version = 1
    var settings: ShapesGenerator.Settings
    var format: String
    var counts: [Int]
  }

  public var generator: ShapesGenerator
  public var format: DataDescription.Format
  /// Pictures in train, val and test; a split of none is left out.
  public var train = 1000
  public var val = 200
  public var test = 0

  public init(_ generator: ShapesGenerator = .init(), format: DataDescription.Format = .yolo) {
    self.generator = generator
    self.format = format
  }

  /// Writes the set, or leaves an earlier one of the same settings as it is.
  ///
  /// - Parameters:
  ///   - path: the set's folder, to be made, or empty; folders above it are made.
  ///   - replaces: whether an earlier set of other settings gives way, with all that lies there;
  ///     for a folder that only the program uses.
  ///   - progress: called with the number of pictures written and of all, from any thread.
  /// - Returns: the description of what lies there.
  /// - Throws: ``DatasetError``.
  public func materialize(
    at path: String, replaces: Bool = false, progress: (@Sendable (Int, Int) -> Void)? = nil
  ) throws -> DataDescription {
    let path = Paths.resolve(path, in: Paths.workingFolder)
    let earlier = manifest(in: path)
    if earlier != manifest {
      guard replaces && earlier != nil || Paths.isFree(path) else {
        throw DatasetError.folderNotEmpty(path: path)
      }
      try write(to: path, progress)
    }
    return try DataDescription.load(path + "/data.yaml")
  }

  private var splits: [(split: DataDescription.Split, count: Int)] {
    [(.train, train), (.val, val), (.test, test)].filter { $0.1 > 0 }
  }

  private var manifest: Manifest {
    Manifest(
      settings: generator.settings, format: format.rawValue, counts: [train, val, test])
  }

  private func manifest(in folder: String) -> Manifest? {
    FileManager.default.contents(atPath: folder + "/manifest.json").flatMap {
      try? JSONDecoder().decode(Manifest.self, from: $0)
    }
  }

  private func write(to path: String, _ progress: (@Sendable (Int, Int) -> Void)?) throws {
    let partial = "\(path).partial-\(ProcessInfo.processInfo.processIdentifier)"
    let manager = FileManager.default
    defer { try? manager.removeItem(atPath: partial) }
    let layout: any ShapesLayout =
      switch format {
      case .voc: VOCLayout(root: partial)
      case .yolo: YOLOLayout(root: partial)
      case .coco: COCOLayout(root: partial)
      }
    let total = train + val + test
    var done = 0
    for (split, count) in splits {
      let before = done
      let written = try drawings(split, count, layout, { progress?(before + $0, total) })
      try layout.finish(split, written)
      done += count
    }
    try ShapesFile.write(layout.description(splits.map(\.split)), to: partial + "/data.yaml")
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .prettyPrinted]
    guard let data = try? encoder.encode(manifest), let text = String(bytes: data, encoding: .utf8)
    else { preconditionFailure("the shapes manifest does not encode") }
    try ShapesFile.write(text + "\n", to: partial + "/manifest.json")
    do {
      if Paths.exists(path) { try manager.removeItem(atPath: path) }
      try manager.moveItem(atPath: partial, toPath: path)
    } catch {
      throw DatasetError.cannotWrite(path: path, reason: "the finished set cannot be moved there")
    }
  }

  /// Draws and writes a split's pictures on all processors; order matters to none of them.
  private func drawings(
    _ split: DataDescription.Split, _ count: Int, _ layout: any ShapesLayout,
    _ progress: @Sendable (Int) -> Void
  ) throws -> [ShapesGenerator.Drawing] {
    let folder = layout.pictureFolder(split)
    try ShapesFile.makeFolder(folder)
    let results = IndexedResults<Result<ShapesGenerator.Drawing, any Error>>()
    DispatchQueue.concurrentPerform(iterations: count) { index in
      let result = Result {
        var drawing = generator.drawing(index, split: split)
        let picture = try Picture(
          pixels: drawing.pixels, width: drawing.width, height: drawing.height)
        try picture.write(
          to: "\(folder)/\(ShapesFile.name(split, index)).jpg", quality: ShapesFile.jpegQuality)
        drawing.pixels = []
        return drawing
      }
      progress(results.set(result, at: index))
    }
    return try results.inOrder().map { try $0.get() }
  }
}

/// Results of work done in any order, by index.
///
/// `@unchecked Sendable`: the dictionary is only reached while the lock is held.
private final class IndexedResults<Value: Sendable>: @unchecked Sendable {
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
