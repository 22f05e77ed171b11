import Foundation

/// A folder with the last two generations of a run's checkpoint, each a folder of its own.
///
/// A generation is written under another name, flushed to the disk and renamed when it is whole;
/// its manifest has the length and checksum of each file. So whatever stops the program, and
/// whenever, the newest generation that passes its checks is one that was written to the end.
package struct CheckpointFolder {
  package struct Generation: Hashable {
    package var path: String
    package var step: Int
  }

  private struct Manifest: Codable {
    struct File: Codable {
      var name: String
      var bytes: Int
      /// ``Checksum`` in hexadecimal.
      var checksum: String
    }
    var version = 1
    var step: Int
    var files: [File]
  }

  private static let kept = 2
  private static let manifestName = "manifest.json"
  private static let partialPrefix = ".partial-"
  private static let prefix = "step-"

  package let path: String

  package init(_ path: String) { self.path = path }

  /// Writes a generation and removes all but the newest two.
  ///
  /// - Parameter fill: writes the files, each flushed to the disk, into the folder that it is given,
  ///   and returns their names.
  /// - Throws: what `fill` throws, or ``TrainingError/writeFailed(path:reason:)``; earlier
  ///   generations are intact then.
  package func write(step: Int, _ fill: (_ folder: String) throws -> [String]) throws {
    try DurableFiles.makeFolder(path)
    let partial = "\(path)/\(Self.partialPrefix)\(step)"
    let final = generation(step).path
    try? FileManager.default.removeItem(atPath: partial)
    do {
      try DurableFiles.makeFolder(partial)
      let manifest = try manifest(step, fill(partial), in: partial)
      try DurableFiles.write(manifest, to: "\(partial)/\(Self.manifestName)")
      try DurableFiles.flush(folder: partial)
      // The same step again, after a resume from an older generation.
      try? FileManager.default.removeItem(atPath: final)
      try DurableFiles.move(partial, to: final)
    } catch {
      try? FileManager.default.removeItem(atPath: partial)
      throw error
    }
    for old in generations.dropLast(Self.kept) {
      try? FileManager.default.removeItem(atPath: old.path)
    }
  }

  /// Oldest first, complete or not.
  package var generations: [Generation] {
    let names = (try? FileManager.default.contentsOfDirectory(atPath: path)) ?? []
    return names.filter { $0.hasPrefix(Self.prefix) }
      .compactMap { Int($0.dropFirst(Self.prefix.count)) }.sorted().map(generation)
  }

  /// The newest generation whose files are all as they were written.
  ///
  /// - Returns: its files by name, and what is wrong with newer ones.
  /// - Throws: ``TrainingError`` when there is none.
  package func readNewest() throws -> (files: [String: Data], passedOver: [String]) {
    var passedOver: [String] = []
    for generation in generations.reversed() {
      do {
        return (try read(generation), passedOver)
      } catch let error as TrainingError {
        passedOver.append(error.description)
      }
    }
    guard let reason = passedOver.first else {
      throw TrainingError.noCheckpoint(run: (path as NSString).deletingLastPathComponent)
    }
    throw TrainingError.damagedCheckpoint(folder: path, reason: reason)
  }

  /// Removes generations after `step`: those that were passed over as damaged.
  package func removeAfter(step: Int) {
    for generation in generations where generation.step > step {
      try? FileManager.default.removeItem(atPath: generation.path)
    }
  }

  private func generation(_ step: Int) -> Generation {
    let digits = String(step)
    let zeros = String(repeating: "0", count: max(0, 9 - digits.count))
    return Generation(path: "\(path)/\(Self.prefix)\(zeros)\(digits)", step: step)
  }

  private func read(_ generation: Generation) throws -> [String: Data] {
    let bytes = try DurableFiles.read("\(generation.path)/\(Self.manifestName)")
    guard let manifest = try? JSONDecoder().decode(Manifest.self, from: bytes) else {
      throw TrainingError.damagedCheckpoint(
        folder: generation.path, reason: "\(Self.manifestName) is not what was written")
    }
    var files: [String: Data] = [:]
    for file in manifest.files {
      let data = try DurableFiles.read("\(generation.path)/\(file.name)")
      guard data.count == file.bytes, Checksum.hexadecimal(data) == file.checksum else {
        throw TrainingError.damagedCheckpoint(
          folder: generation.path, reason: "\(file.name) is not what was written")
      }
      files[file.name] = data
    }
    return files
  }

  private func manifest(_ step: Int, _ names: [String], in folder: String) throws -> Data {
    let files = try names.map { name in
      let data = try DurableFiles.read("\(folder)/\(name)")
      return Manifest.File(name: name, bytes: data.count, checksum: Checksum.hexadecimal(data))
    }
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .prettyPrinted]
    return try encoder.encode(Manifest(step: step, files: files))
  }
}
