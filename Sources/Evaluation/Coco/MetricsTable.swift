import Foundation

extension CocoMetrics: CustomStringConvertible {
  /// The figures in two lines, then a line for each class.
  public var description: String {
    let rows = figures.map { "\($0.name) \(shown($0.value))" }
    let summary = [rows.prefix(6), rows.suffix(6)].map { $0.joined(separator: "  ") }
    let width = max(5, perClass.map(\.label.count).max() ?? 0)
    let header = padded("class", to: width) + "  instances     AP   AP50"
    let lines = perClass.map { line in
      let instances = String(line.instances)
      return padded(line.label, to: width) + "  "
        + String(repeating: " ", count: max(0, 9 - instances.count)) + instances
        + "  " + shown(line.ap) + "  " + shown(line.ap50)
    }
    return (summary + [""] + [header] + lines).joined(separator: "\n")
  }
}

/// Three decimals; a dash for what is undefined.
private func shown(_ value: Double?) -> String {
  value.map { String(format: "%.3f", $0) } ?? "    –"
}

private func padded(_ text: String, to width: Int) -> String {
  text + String(repeating: " ", count: max(0, width - text.count))
}
