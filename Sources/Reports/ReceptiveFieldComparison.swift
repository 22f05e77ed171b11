import ReceptiveFields

/// Several networks, or one at several sizes, side by side.
package struct ReceptiveFieldComparison: Encodable {
  package struct Network {
    package var name: String
    package var report: ReceptiveFieldReport
    package var figures: FieldFigures

    package init(name: String, report: ReceptiveFieldReport, figures: FieldFigures) {
      self.name = name
      self.report = report
      self.figures = figures
    }
  }

  /// A line of the comparison. In JSON a figure's numbers, `null` where it is undefined.
  package struct Row: Encodable, Hashable {
    package var name: String
    /// Nil of rows in words.
    package var values: [Double?]?
    package var texts: [String]
  }

  package let names: [String]
  package let rows: [Row]
  private let reports: [ReceptiveFieldReport]

  private enum CodingKeys: String, CodingKey { case names, rows }

  package init(_ networks: [Network]) {
    names = networks.map(\.name)
    reports = networks.map(\.report)
    rows =
      [
        Row(name: "model", texts: networks.map(\.report.model)),
        Row(
          name: "input",
          texts: networks.map { $0.report.size.map(String.init).joined(separator: "×") }),
      ] + Self.costs(networks) + Self.levels(networks) + Self.shares(networks)
  }

  package var text: String { table.text }

  package func document(_ environment: RunEnvironment, _ charts: inout DrawnCharts) -> Document {
    var document = Document(title: "Receptive fields of " + names.joined(separator: ", "))
    if let note = charts.note { document.introduction.append(.paragraph(note)) }
    document.add("Side by side", [.table(table)])
    for (index, report) in reports.enumerated() {
      let plot = ReceptiveFieldPlot(report)
      let chart = charts.figure(
        "receptive-field-\(index + 1)", plot, alternative: plot.alternative)
      document.add(names[index], chart.map { [.illustrations([$0], columns: 1)] } ?? [])
    }
    document.add("Environment", environment.blocks)
    return document
  }

  private var table: TextTable {
    var table = TextTable(
      [(heading: "", alignment: TextTable.Alignment.left)]
        + names.map { (heading: $0, alignment: .right) })
    for row in rows { table.add([row.name] + row.texts) }
    return table
  }

  private static func costs(_ networks: [Network]) -> [Row] {
    [FieldFigure.parameters, .multiplyAdds].map { row($0, networks) }
  }

  /// Every level that any of the networks has, by name.
  private static func levels(_ networks: [Network]) -> [Row] {
    var names: [String] = []
    for level in networks.flatMap(\.report.levels) where !names.contains(level.name) {
      names.append(level.name)
    }
    let strides = networks.flatMap(\.report.levels).reduce(into: [String: Double]()) {
      $0[$1.name] = $0[$1.name] ?? $1.stride.side
    }
    return names.sorted { (strides[$0]!, $0) < (strides[$1]!, $1) }.flatMap { name in
      let levels = networks.map { $0.report.levels.first { $0.name == name } }
      func row(_ what: String, _ text: (ReceptiveFieldReport.Level) -> String?) -> Row? {
        let texts = levels.map { $0.flatMap(text) }
        guard texts.contains(where: { $0 != nil }) else { return nil }
        return Row(name: "\(name) \(what)", texts: texts.map { $0 ?? "–" })
      }
      return [
        row("stride") { Spelled.pair($0.stride) },
        row("field") { Spelled.pair($0.receptiveField.bottomUp) },
        row("object sides") { $0.sides },
        row("drift") { Spelled.pair($0.drift) },
        row("objects") { $0.objectShare.map(Spelled.share) },
        row("effective, 50 % in") { $0.effective.map { tenths($0.diameter50) } },
        row("effective, 90 % in") { $0.effective.map { tenths($0.diameter90) } },
        row("effective object sides") {
          $0.effectiveRange.map { "\(tenths($0.low)) to \(tenths($0.high))" }
        },
        row("effective objects") { $0.effectiveShare.map(Spelled.share) },
      ].compactMap { $0 }
    }
  }

  private static func tenths(_ value: Double) -> String { Spelled.number(value, decimals: 1) }

  /// What all figures but costs are, and of each class the share in no level's range.
  private static func shares(_ networks: [Network]) -> [Row] {
    let figures = FieldFigure.allCases.filter { ![.parameters, .multiplyAdds].contains($0) }
    let whole = figures.map { row($0, networks) }
    let classes = networks.first?.figures.names(.class) ?? []
    let each = classes.enumerated().map { index, label in
      row(
        .uncovered, name: "uncovered[\(label)]",
        networks.map { $0.figures.value(.uncovered, part: index) })
    }
    return (whole + each).filter { $0.values?.contains { $0 != nil } == true }
  }

  private static func row(_ figure: FieldFigure, _ networks: [Network]) -> Row {
    row(figure, name: figure.rawValue, networks.map { $0.figures.value(figure) })
  }

  private static func row(_ figure: FieldFigure, name: String, _ values: [Double?]) -> Row {
    Row(name: name, values: values, texts: values.map { $0.map(figure.text) ?? "–" })
  }
}
