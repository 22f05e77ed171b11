import CBridge
import Foundation

/// Where and with what something was computed.
package struct RunEnvironment: Sendable {
  /// Of this program, as "0.1.0".
  package var version: String
  /// Nil where nothing was computed by threads of the engine.
  package var threads: Int?
  /// In words, as "trained in bf16, validated in f32".
  package var precision: String?
  /// Nil: not known.
  package var began: Date?
  package var ended: Date
  package var command: [String]

  package init(
    version: String, threads: Int? = nil, precision: String? = nil, began: Date?,
    ended: Date = Date(),
    command: [String] = CommandLine.arguments
  ) {
    self.version = version
    self.threads = threads
    self.precision = precision
    self.began = began
    self.ended = ended
    self.command = command
  }

  package var blocks: [Document.Block] {
    var table = TextTable([("what", .left), ("value", .left)])
    for (name, value) in rows { table.add([name, value]) }
    return [.table(table)]
  }

  private var rows: [(String, String)] {
    var rows = [("command", command.map(Self.shellWord).joined(separator: " "))]
    if let began { rows.append(("began", Self.text(began))) }
    rows.append(("report written", Self.text(ended)))
    rows += [("processor", Self.processor), ("instructions", String(cString: cb_instructions()))]
    if let threads {
      let all = ProcessInfo.processInfo.activeProcessorCount
      rows.append(("threads", "\(threads) of \(all) processors"))
    }
    if let precision { rows.append(("precision", precision)) }
    rows += [("program", program), ("system", Self.system), ("libraries", Self.libraries)]
    return rows
  }

  private static var libraries: String {
    let versions = [
      ("oneDNN", cb_onednn_version()), ("OpenCV", cb_opencv_version()),
      ("OpenBLAS", cb_openblas_version()),
    ]
    return versions.map { "\($0) \($1.map { String(cString: $0) } ?? "")" }.joined(separator: ", ")
  }

  /// Version, and what tells one build from another.
  private var program: String {
    let sum = FileManager.default.contents(atPath: "/proc/self/exe").map { data in
      data.withUnsafeBytes { String(cb_checksum($0.baseAddress, $0.count), radix: 16) }
    }
    return "dldetect \(version)" + (sum.map { ", XXH64 of its file \($0)" } ?? "")
  }

  private static var processor: String {
    let lines = (try? String(contentsOfFile: "/proc/cpuinfo", encoding: .utf8)) ?? ""
    let model = lines.split(separator: "\n").first { $0.hasPrefix("model name") }
    let name = model?.split(separator: ":", maxSplits: 1).last
    return name.map { $0.trimmingCharacters(in: .whitespaces) } ?? "not named by the system"
  }

  /// Distribution and kernel.
  private static var system: String {
    let lines = (try? String(contentsOfFile: "/etc/os-release", encoding: .utf8)) ?? ""
    let name = lines.split(separator: "\n").first { $0.hasPrefix("PRETTY_NAME=") }
      .map { $0.dropFirst("PRETTY_NAME=".count).filter { $0 != "\"" } }
    let kernel = try? String(contentsOfFile: "/proc/sys/kernel/osrelease", encoding: .utf8)
    return [name ?? "Linux", kernel?.trimmingCharacters(in: .whitespacesAndNewlines)]
      .compactMap { $0 }.joined(separator: ", kernel ")
  }

  private static func text(_ date: Date) -> String {
    date.formatted(.iso8601.dateSeparator(.dash).dateTimeSeparator(.space))
  }

  /// As it can be given to a shell again.
  static func shellWord(_ word: String) -> String {
    let plain = word.allSatisfy { $0.isLetter || $0.isNumber || "._/-+:=,%@".contains($0) }
    return plain && !word.isEmpty ? word : "'" + word.replacing("'", with: "'\\''") + "'"
  }
}
