import Foundation
import Glibc

/// A run's file for TensorBoard: a header, then a record of scalars for each row of metrics.csv, by
/// epoch.
///
/// It only ever grows while a run goes on, so that TensorBoard can follow it; when a run is resumed,
/// what the run will write again is cut off, as in metrics.csv.
package struct EventsFile {
  private let folder: String

  package init(_ folder: String) { self.folder = folder }

  private static let prefix = "events.out.tfevents."

  /// The run's file, if there is one.
  package var path: String? {
    let names = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
    return names.filter { $0.hasPrefix(Self.prefix) }.min().map { "\(folder)/\($0)" }
  }

  /// Makes the file one of exactly these rows: what is damaged or stands for later rows is cut off,
  /// what is missing is written.
  ///
  /// - Throws: ``TrainingError``.
  package func follow(_ history: MetricsHistory, now: Date = Date()) throws {
    try DurableFiles.makeFolder(folder)
    // Named as TensorFlow does, by second and host; the host is nobody's concern.
    let path = self.path ?? "\(folder)/\(Self.prefix)\(Int(now.timeIntervalSince1970)).dldetect"
    let isThere = FileManager.default.fileExists(atPath: path)
    let known = isThere ? try DurableFiles.read(path) : Data()
    let kept = EventRecord.extent(of: known, most: 1 + history.rows.count)
    var added = kept.records == 0 ? EventRecord.header(at: now).bytes : Data()
    for row in history.rows.dropFirst(max(0, kept.records - 1)) {
      let scalars = Self.scalars(row, history.names)
      added += EventRecord.scalars(scalars, step: Int(row[0]) ?? 0, at: now).bytes
    }
    try write(added, to: path, after: kept.bytes)
  }

  private func write(_ data: Data, to path: String, after length: Int) throws {
    let file = open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0o644)
    guard file >= 0 else { throw failure(path) }
    defer { close(file) }
    guard ftruncate(file, length) == 0, lseek(file, length, SEEK_SET) == length else {
      throw failure(path)
    }
    try DurableFiles.writeAll(data, to: file, path: path)
    guard fsync(file) == 0 else { throw failure(path) }
  }

  private func failure(_ path: String) -> TrainingError {
    .writeFailed(path: path, reason: DurableFiles.lastReason())
  }

  /// All cells of a row that hold a number but the epoch, which is the step.
  private static func scalars(_ row: [String], _ names: [String]) -> [(tag: String, value: Float)] {
    zip(names, row).dropFirst().compactMap { name, cell in
      Float(cell).map { (tag: tag(name), value: $0) }
    }
  }

  /// TensorBoard groups charts by what stands before the slash.
  static func tag(_ column: String) -> String {
    for group in ["train", "val"] where column.hasPrefix(group + "_") {
      return "\(group)/\(column.dropFirst(group.count + 1))"
    }
    return (ValidationResult.figureNames.contains(column) ? "val/" : "train/") + column
  }
}
