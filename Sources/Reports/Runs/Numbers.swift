import Foundation

/// Numbers as reports show them.
///
/// - Parameter digits: that count.
func brief(_ value: Double, digits: Int = 4) -> String {
  String(format: "%.\(digits)g", value)
}

/// A figure in 0 … 1; a dash for what is undefined.
func share(_ value: Double?) -> String { value.map { String(format: "%.4f", $0) } ?? "–" }

/// A number and what it is of, as "1 object" and "2 objects".
func counted(_ count: Int, _ noun: String) -> String {
  "\(count) \(noun)\(count == 1 ? "" : "s")"
}

/// A terminal's line as a paragraph of a report.
func sentence(_ line: String) -> Document.Block {
  .paragraph(Prose(line.prefix(1).uppercased() + line.dropFirst() + "."))
}

/// Hours, minutes and seconds, as far as there are any.
package func duration(_ seconds: Double) -> String {
  guard seconds >= 60 else { return String(format: "%.1f s", max(0, seconds)) }
  let whole = Int(seconds.rounded())
  let (hours, minutes) = (whole / 3600, whole / 60 % 60)
  return hours > 0 ? "\(hours) h \(minutes) min" : "\(minutes) min \(whole % 60) s"
}
