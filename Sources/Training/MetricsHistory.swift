import Foundation

/// What metrics.csv of a run says, epoch by epoch.
package struct MetricsHistory: Sendable {
  /// Of the columns.
  package let names: [String]
  /// As written; a cell is empty where an epoch was not validated or a figure is undefined.
  package let rows: [[String]]

  /// - Throws: ``TrainingError/noMetrics(run:)`` or ``TrainingError/readFailed(path:reason:)``.
  package init(_ run: RunFolder) throws {
    let text = String(decoding: try DurableFiles.read(run.metricsFile), as: UTF8.self)
    var rows = text.split(separator: "\n").map {
      $0.split(separator: ",", omittingEmptySubsequences: false).map(String.init)
    }
    guard !rows.isEmpty else { throw TrainingError.noMetrics(run: run.path) }
    let names = rows.removeFirst()
    guard names.first == "epoch", rows.allSatisfy({ $0.count == names.count }) else {
      throw TrainingError.noMetrics(run: run.path)
    }
    self.names = names
    self.rows = rows
  }

  /// A column's numbers by epoch, from 1; empty for a column that is not there.
  package func series(_ name: String) -> [(epoch: Double, value: Double)] {
    guard let column = names.firstIndex(of: name) else { return [] }
    return rows.compactMap { row in
      guard let epoch = Double(row[0]), let value = Double(row[column]) else { return nil }
      return (epoch, value)
    }
  }
}
