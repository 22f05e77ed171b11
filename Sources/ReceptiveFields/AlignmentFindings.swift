/// Verdicts on how grids lie on the picture.
extension ReceptiveFieldReport {
  var alignmentFindings: [Finding] {
    levels.flatMap { [unreadFinding($0), skippedFinding($0)].compactMap { $0 } } + unusedFinding
  }

  private func unreadFinding(_ level: Level) -> Finding? {
    let unread = level.alignment.unread
    guard unread.largest > 0, level.stride.side > 0 else { return nil }
    return Finding(
      severity: .warning,
      message: "no cell of \(level.name) sees \(edges(unread)) of the picture: make height and "
        + "width multiples of its stride (\(Spelled.pair(level.stride))), or pad the strided layers at "
        + "the far side",
      level: level.name)
  }

  private func skippedFinding(_ level: Level) -> Finding? {
    let skipped = level.alignment.skipped
    guard skipped.largest > 0 else { return nil }
    return Finding(
      severity: .warning,
      message:
        "\(Spelled.number(skipped.vertical)) rows and \(Spelled.number(skipped.horizontal)) columns of the "
        + "picture lie between what the cells of \(level.name) see: a kernel on the way is smaller "
        + "than its stride",
      level: level.name)
  }

  /// One for the network: levels share the layers.
  private var unusedFinding: [Finding] {
    let lopsided = levels.filter { $0.alignment.unusedPadding.largest > 0 }
    guard !lopsided.isEmpty else { return [] }
    let amounts = lopsided.map { "\($0.name) \(Spelled.pair($0.alignment.unusedPadding)) px" }
    return [
      Finding(
        severity: .note,
        message: "at \(size[0])×\(size[1]) strided layers use the padding above and left of the "
          + "picture but not all of that below and right (\(amounts.joined(separator: ", "))): "
          + "grids lie to the top left, and a flipped picture does not give flipped results. Sizes "
          + "one above a multiple of the stride use both sides alike where a model takes them; "
          + "even kernels (4×4 or 6×6 at stride 2) do at multiples",
        level: nil)
    ]
  }

  /// `the last 3 rows and the last 2 columns`
  private func edges(_ extent: AxisPair) -> String {
    [(extent.vertical, "row"), (extent.horizontal, "column")].filter { $0.0 > 0 }.map {
      $0.0 == 1 ? "the last \($0.1)" : "the last \(Spelled.number($0.0)) \($0.1)s"
    }.joined(separator: " and ")
  }
}
