import Foundation
import Images

/// The built-in set on disk, in any format, with a description `data.yaml`.
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

  private static let jpegQuality = 92

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
      try write(to: path, replaces: earlier != nil, progress)
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

  private func write(
    to path: String, replaces: Bool, _ progress: (@Sendable (Int, Int) -> Void)?
  ) throws {
    try OutputFile.writeFolder(path, replaces: replaces) { partial in
      let layout = format.layout(in: partial)
      let total = train + val + test
      var done = 0
      for (split, count) in splits {
        let before = done
        let drawings = try drawings(split, count, layout, { progress?(before + $0, total) })
        try layout.write(labelled(split, drawings))
        done += count
      }
      let names = ShapesGenerator.classNames
      try OutputFile.write(
        layout.description(splits.map(\.split), classNames: names), to: partial + "/data.yaml")
      try writeManifest(into: partial)
    }
  }

  private func writeManifest(into folder: String) throws {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .prettyPrinted]
    guard let data = try? encoder.encode(manifest), let text = String(bytes: data, encoding: .utf8)
    else { preconditionFailure("the shapes manifest does not encode") }
    try OutputFile.write(text + "\n", to: folder + "/manifest.json")
  }

  private func labelled(
    _ split: DataDescription.Split, _ drawings: [ShapesGenerator.Drawing]
  ) -> LabelledSplit {
    let names = ShapesGenerator.classNames
    return LabelledSplit(
      split: split, classNames: names, categoryIDs: names.indices.map { $0 + 1 },
      pictures: drawings.enumerated().map { index, drawing in
        LabelledPicture(
          name: Self.name(split, index), width: drawing.width, height: drawing.height,
          imageID: index + 1, objects: drawing.shapes.map(\.annotation))
      })
  }

  /// Unique over the splits, as VOC needs.
  private static func name(_ split: DataDescription.Split, _ index: Int) -> String {
    let digits = String(index)
    return "\(split)_" + String(repeating: "0", count: max(0, 6 - digits.count)) + digits + ".jpg"
  }

  /// Draws and writes a split's pictures on all processors; order matters to none of them.
  private func drawings(
    _ split: DataDescription.Split, _ count: Int, _ layout: any DatasetLayout,
    _ progress: @Sendable (Int) -> Void
  ) throws -> [ShapesGenerator.Drawing] {
    let folder = layout.pictureFolder(split)
    try OutputFile.makeFolder(folder)
    let results = IndexedResults<Result<ShapesGenerator.Drawing, any Error>>()
    DispatchQueue.concurrentPerform(iterations: count) { index in
      let result = Result {
        var drawing = generator.drawing(index, split: split)
        let picture = try Picture(
          pixels: drawing.pixels, width: drawing.width, height: drawing.height)
        try picture.write(
          to: "\(folder)/\(Self.name(split, index))", quality: Self.jpegQuality)
        drawing.pixels = []
        return drawing
      }
      progress(results.set(result, at: index))
    }
    return try results.inOrder().map { try $0.get() }
  }
}

extension ShapesGenerator.Shape {
  fileprivate var annotation: Annotation {
    Annotation(
      box: box, classIndex: Int32(classIndex), area: Double(box.area),
      written: .init(
        x: Double(box.left), y: Double(box.top), width: Double(box.width),
        height: Double(box.height)))
  }
}
