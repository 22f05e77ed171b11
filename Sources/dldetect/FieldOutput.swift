import Reports

/// What `rf` hands out: for a terminal, as JSON, and as a report.
protocol FieldOutput: Encodable {
  var text: String { get }
  /// Of the JSON beside the report.
  var fileName: String { get }

  func document(_ environment: RunEnvironment, _ charts: inout DrawnCharts) -> Document
}

extension ReceptiveFieldDocument: FieldOutput {
  var fileName: String { "receptive-field.json" }

  func document(_ environment: RunEnvironment, _ charts: inout DrawnCharts) -> Document {
    ReceptiveFieldSections(report).document(
      environment, &charts, audit: audit, heatMaps: heatMaps)
  }
}

/// Networks side by side, and all that is said of each.
struct FieldComparisonDocument: FieldOutput {
  private let comparison: ReceptiveFieldComparison
  private let networks: [ReceptiveFieldDocument]

  private enum CodingKeys: String, CodingKey { case comparison, networks }

  /// - Parameter names: how the networks were asked for.
  init(names: [String], _ documents: [ReceptiveFieldDocument]) {
    networks = documents
    comparison = ReceptiveFieldComparison(
      zip(names, documents).map {
        ReceptiveFieldComparison.Network(name: $0, report: $1.report, figures: $1.figures)
      })
  }

  var text: String { comparison.text }

  var fileName: String { "comparison.json" }

  func document(_ environment: RunEnvironment, _ charts: inout DrawnCharts) -> Document {
    comparison.document(environment, &charts)
  }
}
