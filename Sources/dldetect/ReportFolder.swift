import Foundation
import Reports
import Training

/// Where a command leaves its report.
struct ReportFolder {
  let path: String

  /// - Throws: ``TrainingError/folderNotEmpty(path:)`` or ``TrainingError/cannotCreate(path:reason:)``.
  init(_ path: String, kind: String) throws {
    self.path = try RunFolder.create(path, kind: kind).path
  }

  /// Of a run that has its folder.
  init(of run: RunFolder) { path = run.path }

  /// Writes report.html and report.md.
  func write(_ document: Document) throws {
    try ReportFiles(document).write(
      into: path, makeFolder: DurableFiles.makeFolder
    ) { try DurableFiles.replace($0, with: $1) }
  }

  /// A part that cannot be made is said and left out.
  static func attempt(_ part: String, _ body: () throws -> Void) {
    do { try body() } catch {
      Messages.warn("the report lacks \(part): \(Failure(error).line ?? "\(error)")")
    }
  }
}
