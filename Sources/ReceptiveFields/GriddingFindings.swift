import Networks

extension ReceptiveFieldReport {
  /// Stacks of dilated convolutions that pass cells over.
  static func griddingFindings(_ graph: Graph) -> [Finding] {
    graph.griddings.map { Finding(severity: .warning, message: $0.message, level: nil) }
  }
}
