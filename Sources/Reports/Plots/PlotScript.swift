import Foundation

/// Words of gnuplot's language.
///
/// Names come from data sets: they reach a script in single quotes only, where gnuplot expands nothing
/// (*gnuplot 5.4*, "Quote Marks"), and data blocks hold numbers only. A quote within becomes a
/// typographic one: gnuplot 5.4 takes the doubled one that its manual asks for as the string's end
/// where it comes first.
enum PlotScript {
  static func terminal(width: Int, height: Int) -> String {
    """
    set terminal svg size \(width),\(height) font 'sans-serif,13' noenhanced background '#ffffff'
    set encoding utf8
    set border linecolor '#656d76'
    set tics textcolor '#1f2328' nomirror
    set grid linecolor '#d8dee4' linetype 1 linewidth 0.6

    """
  }

  /// Letters of a name of a line or of a tic.
  static let longestName = 36
  /// Letters of a title.
  static let longestTitle = 90

  /// - Parameter longest: letters that are shown.
  static func quoted(_ text: String, longest: Int = longestName) -> String {
    let plain = text.unicodeScalars.map { $0.properties.generalCategory == .control ? " " : $0 }
    var name = String(String.UnicodeScalarView(plain))
    if name.count > longest { name = name.prefix(longest - 1) + "…" }
    return "'" + name.replacing("'", with: "’") + "'"
  }

  /// The title, and those of the axes where they have any.
  static func titles(_ title: String, horizontal: String? = nil, vertical: String? = nil) -> String
  {
    let entries = [("title", title), ("xlabel", horizontal), ("ylabel", vertical)]
    return entries.compactMap { key, text in
      text.map { "set \(key) \(quoted($0, longest: longestTitle)) textcolor '#1f2328'\n" }
    }.joined()
  }

  /// A tic's label is a format: a per cent sign stands twice.
  static func tic(_ label: String) -> String { quoted(label).replacing("%", with: "%%") }

  /// Labels at 0, 1, 2, ….
  static func tics(_ labels: [String]) -> String {
    let entries = labels.enumerated().map { index, label in "\(tic(label)) \(index)" }
    return "(\(entries.joined(separator: ", ")))"
  }

  /// - Parameter rows: what is no number is left out by gnuplot.
  static func block(_ name: String, _ rows: [[Double]]) -> String {
    let lines = rows.map { row in
      row.map { $0.isFinite ? String(format: "%.10g", $0) : "NaN" }.joined(separator: " ") + "\n"
    }
    return "$\(name) << EOD\n\(lines.joined())EOD\n"
  }

  /// Told apart by those who confuse red and green too. Okabe, Ito: *Color Universal Design*, 2008;
  /// without its yellow, which is faint on white.
  static let colours = [
    "#0072b2", "#d55e00", "#009e73", "#cc79a7", "#e69f00", "#56b4e9", "#7a5195",
  ]
}
