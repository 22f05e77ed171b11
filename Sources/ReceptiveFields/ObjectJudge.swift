/// Tells how an object meets the levels of a network.
struct ObjectJudge {
  let ranges: [ClosedInterval]
  /// Bottom-up fields.
  private let fields: [AxisPair]
  private let lowest: Double
  private let highest: Double
  /// Side of a cell of the finest level; 0 where no level has cells.
  private let cell: Double

  /// - Parameter levels: bottom-up field, stride and range of each.
  init(_ levels: [(field: AxisPair, stride: AxisPair, range: ClosedInterval)]) {
    ranges = levels.map(\.range)
    fields = levels.map(\.field)
    lowest = ranges.map(\.low).min() ?? 0
    highest = ranges.map(\.high).max() ?? 0
    cell = levels.map(\.stride.side).filter { $0 > 0 }.min() ?? 0
  }

  init(_ levels: [ReceptiveFieldReport.Level]) {
    self.init(levels.map { ($0.receptiveField.bottomUp, $0.stride, $0.objectRange) })
  }

  init(_ analysis: FieldAnalysis, rule: ObjectSizeRule) {
    self.init(
      ReceptiveFieldReport.outputs(analysis).map { output in
        let reach = analysis.fields[output.measured.node]!.bottomUp
        let field = reach.size(in: analysis.picture)
        return (field, reach.stride, rule.range(of: field))
      })
  }

  /// Whether an object is below every range, or under a cell.
  func isTooSmall(_ object: ObjectSize) -> Bool { object.side < max(lowest, cell) }

  /// - Parameter objects: those without area are left out.
  func shares(_ objects: [ObjectSize]) -> ObjectShares {
    let solid = objects.filter { $0.width > 0 && $0.height > 0 }
    let sides = solid.map(\.side).sorted()
    return ObjectShares(
      inNone: sides.share { side in !ranges.contains { $0.contains(side) } },
      below: sides.share { $0 < lowest }, above: sides.share { $0 > highest },
      underCell: sides.share { $0 < cell },
      beyondFields: solid.share { object in
        fields.allSatisfy { object.height > $0.vertical || object.width > $0.horizontal }
      },
      levels: ranges.map { range in sides.share { range.contains($0) } },
      count: solid.count, medianSide: sides.isEmpty ? nil : sides[sides.count / 2])
  }
}

/// What share of some objects meets the levels in which way.
struct ObjectShares {
  var inNone: Double
  var below: Double
  var above: Double
  var underCell: Double
  var beyondFields: Double
  /// In each level's range.
  var levels: [Double]
  /// Objects with an area.
  var count: Int
  var medianSide: Double?
}

extension Array {
  /// The share of elements that satisfy a condition; zero of none.
  func share(_ condition: (Element) -> Bool) -> Double {
    isEmpty ? 0 : Double(count(where: condition)) / Double(count)
  }
}
