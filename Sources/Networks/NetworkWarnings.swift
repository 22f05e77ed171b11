extension Graph {
  /// A line for each thing about the network that is hardly meant.
  public var warnings: [String] {
    deadEnds.map { "layer \($0) leads to no output: forgotten?" }
      + dropoutsBeforeNorms.map { Self.warning(dropout: $0.dropout, norm: $0.norm) }
      + griddings.map(\.message)
  }
}
