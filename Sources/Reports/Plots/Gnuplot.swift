import Foundation

/// Runs gnuplot, which draws all charts of reports.
package struct Gnuplot: Sendable {
  package enum Problem: Error, Hashable, CustomStringConvertible {
    case notInstalled
    /// It said so, or ended otherwise than well.
    case failed(reason: String)

    package var description: String {
      switch self {
      case .notInstalled:
        "gnuplot is not installed: reports have no charts (apt install gnuplot-nox)"
      case .failed(let reason): "gnuplot drew no chart: \(reason)"
      }
    }
  }

  private let program: URL

  /// - Parameter path: folders to look in, parted by colons; nil: as the environment says.
  /// - Throws: ``Problem/notInstalled``.
  package init(path: String? = nil) throws(Problem) {
    let folders = (path ?? ProcessInfo.processInfo.environment["PATH"] ?? "").split(separator: ":")
    let candidates = folders.map { "\($0)/gnuplot" }
    guard let found = candidates.first(where: FileManager.default.isExecutableFile) else {
      throw .notInstalled
    }
    program = URL(fileURLWithPath: found)
  }

  /// The drawing that a script makes.
  package func svg(_ plot: some Plot) throws(Problem) -> Data {
    let script = PlotScript.terminal(width: plot.width, height: plot.height) + plot.script
    let folder = FileManager.default.temporaryDirectory
      .appendingPathComponent("dldetect-plot-\(UUID().uuidString)")
    defer { try? FileManager.default.removeItem(at: folder) }
    do {
      return try run(script, in: folder)
    } catch let problem as Problem {
      throw problem
    } catch {
      throw .failed(reason: "its script cannot be written to \(folder.path)")
    }
  }

  /// Script and messages are files, so that nothing waits for a pipe but the drawing itself.
  private func run(_ script: String, in folder: URL) throws -> Data {
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    let (source, messages) = (folder.appending(path: "script"), folder.appending(path: "messages"))
    try Data(script.utf8).write(to: source)
    try Data().write(to: messages)
    let process = Process()
    let pipe = Pipe()
    process.executableURL = program
    // No start-up files of the user's.
    process.arguments = ["-d", source.path]
    process.standardInput = FileHandle.nullDevice
    process.standardOutput = pipe
    process.standardError = try FileHandle(forWritingTo: messages)
    try process.run()
    let drawing = try pipe.fileHandleForReading.readToEnd() ?? Data()
    process.waitUntilExit()
    guard process.terminationStatus == 0, !drawing.isEmpty else {
      let text = (try? String(contentsOf: messages, encoding: .utf8)) ?? ""
      let lines = text.split(whereSeparator: \.isNewline).map(String.init)
      throw Problem.failed(
        reason: lines.last { !$0.trimmingCharacters(in: .whitespaces).isEmpty }
          ?? "it ended with status \(process.terminationStatus)")
    }
    return drawing
  }
}

/// A chart that gnuplot can draw.
package protocol Plot {
  /// Pixels.
  var width: Int { get }
  var height: Int { get }
  /// All but the terminal.
  var script: String { get }
}
