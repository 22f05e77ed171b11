import Foundation

/// Bytes of memory that this process holds, as Linux counts them.
package enum ProcessMemory {
  package static var resident: Int { status("VmRSS:") }

  /// The most there were.
  package static var peak: Int { status("VmHWM:") }

  /// Makes what is held now the most there was, where the system lets it.
  package static func restartPeak() {
    guard let file = FileHandle(forWritingAtPath: "/proc/self/clear_refs") else { return }
    try? file.write(contentsOf: Data("5".utf8))
  }

  private static func status(_ key: String) -> Int {
    memoryEntry(key, of: "/proc/self/status") ?? 0
  }
}

/// Bytes that a line such as `MemTotal:  16 kB` of one of the kernel's files tells.
func memoryEntry(_ key: String, of file: String) -> Int? {
  guard let text = try? String(contentsOfFile: file, encoding: .utf8),
    let line = text.split(separator: "\n").first(where: { $0.hasPrefix(key) }),
    let kibibytes = line.split(whereSeparator: { $0 == " " || $0 == "\t" }).dropFirst().first
  else { return nil }
  return Int(kibibytes).map { $0 * 1024 }
}
