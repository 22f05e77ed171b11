import Foundation

/// How a report's figures are written, in findings and tables alike.
package enum Spelled {
  /// At most so many decimals.
  package static func number(_ value: Double, decimals: Int = 2) -> String {
    var text = String(format: "%.\(decimals)f", value)
    guard text.contains(".") else { return text }
    while text.last == "0" { text.removeLast() }
    if text.last == "." { text.removeLast() }
    return text == "-0" ? "0" : text
  }

  /// One number where both axes agree, else height×width.
  package static func pair(_ pair: AxisPair) -> String {
    pair.vertical == pair.horizontal
      ? number(pair.vertical) : number(pair.vertical) + "×" + number(pair.horizontal)
  }

  package static func share(_ share: Double) -> String { String(format: "%.1f %%", 100 * share) }

  /// Four digits at most, then thousands, millions or thousand millions.
  package static func count(_ count: Int) -> String {
    let units = [(1e9, "G"), (1e6, "M"), (1e3, "k")]
    for (unit, letter) in units where count >= 10_000 && Double(count) >= unit {
      return String(format: "%.2f \(letter)", Double(count) / unit)
    }
    return String(count)
  }
}
