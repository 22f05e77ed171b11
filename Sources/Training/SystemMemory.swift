import Foundation

/// What the machine has left, as Linux counts it.
package struct SystemMemory {
  /// Before `/proc` and `/sys`; tests bring their own.
  package var root = ""

  package init() {}

  /// Bytes that can be taken without swapping: the machine's, or fewer where a control group
  /// (version 2) that this process is in leaves fewer.
  ///
  /// - Throws: ``TrainingError/readFailed(path:reason:)``.
  package var available: Int {
    get throws {
      let file = root + "/proc/meminfo"
      guard let bytes = memoryEntry("MemAvailable:", of: file) else {
        throw TrainingError.readFailed(
          path: file, reason: "it tells no MemAvailable; give memory, or batch as a number")
      }
      return max(0, groups.compactMap(room).reduce(bytes, min))
    }
  }

  /// Folders of the control group and of those above it. In a container its path may be the host's,
  /// of which only the top is there.
  private var groups: [String] {
    let top = root + "/sys/fs/cgroup"
    let lines = text(root + "/proc/self/cgroup")?.split(separator: "\n") ?? []
    guard let own = lines.first(where: { $0.hasPrefix("0::/") }) else { return [top] }
    let names = own.dropFirst("0::".count).split(separator: "/")
    return (0...names.count).map { depth in
      names.prefix(depth).reduce(top) { $0 + "/" + $1 }
    }
  }

  /// Bytes below the group's limit; nil without one. Pages of files that nobody uses now are not
  /// counted as taken: the kernel gives them up first, as MemAvailable assumes too.
  private func room(_ group: String) -> Int? {
    guard let limit = number("\(group)/memory.max"), let taken = number("\(group)/memory.current")
    else { return nil }
    let idle = text("\(group)/memory.stat")?.split(separator: "\n")
      .first { $0.hasPrefix("inactive_file ") }?.split(separator: " ").last
    return limit - taken + (idle.flatMap { Int($0) } ?? 0)
  }

  private func number(_ file: String) -> Int? {
    text(file).flatMap { Int($0.trimmingCharacters(in: .whitespacesAndNewlines)) }
  }

  private func text(_ file: String) -> String? {
    try? String(contentsOfFile: file, encoding: .utf8)
  }
}
