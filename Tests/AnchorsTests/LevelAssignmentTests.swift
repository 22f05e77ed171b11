import Anchors
import Boxes
import ReceptiveFields
import Testing

private func level(_ name: String, stride: Int, field: Double, _ low: Double, _ high: Double)
  -> AnchorLevel
{
  AnchorLevel(
    name: name, stride: stride, rows: 8, columns: 8, receptiveField: AxisPair(field, field),
    objectRange: ClosedInterval(low, high))
}

private func squares(_ sides: Float...) -> [AnchorSize] {
  sides.map { AnchorSize(width: $0, height: $0) }
}

@Suite struct LevelAssignmentTests {
  private let levels = [
    level("p3", stride: 8, field: 64, 8, 32), level("p4", stride: 16, field: 256, 32, 128),
  ]

  private func sides(_ anchors: [AnchorSize], _ levels: [AnchorLevel]) throws -> [[Float]] {
    try LevelAssignment(anchors, levels: levels).levels.map { $0.anchors.map(\.width) }
  }

  @Test func anchorsGoWhereTheFieldSuitsThem() throws {
    // The ranges' middles are √(8·32) = 16 and √(32·128) = 64.
    #expect(try sides(squares(60, 10, 100, 20), levels) == [[10, 20], [60, 100]])
    // Equally far from both: 32 / 16 = 64 / 32, and 33 is nearer to 64.
    #expect(try sides(squares(16, 33, 64), levels) == [[16], [33, 64]])
  }

  @Test func noLevelStaysEmpty() throws {
    #expect(try sides(squares(14, 10, 12), levels) == [[10, 12], [14]])
    #expect(try sides(squares(100, 80, 90), levels) == [[80], [90, 100]])
    #expect(throws: AnchorError.fewAnchors(count: 1, levels: 2)) {
      try LevelAssignment(squares(10), levels: levels)
    }
  }

  @Test func anchorsBeyondAFieldGoFurther() throws {
    // 24 is nearer to 16 than to 120 in the logarithm, but a field of 20 does not hold it.
    let narrow = [
      level("p3", stride: 8, field: 20, 8, 32), level("p4", stride: 16, field: 600, 60, 240),
    ]
    #expect(try sides(squares(10, 24, 100), narrow) == [[10], [24, 100]])
  }

  @Test func anchorsUnderHalfAStrideStayBelow() throws {
    // 20 is nearer to √(12·48) = 24 than to 8, but under half of a stride of 64.
    let wide = [
      level("p3", stride: 8, field: 64, 4, 16), level("p6", stride: 64, field: 64, 12, 48),
    ]
    #expect(try sides(squares(8, 20, 40), wide) == [[8, 20], [40]])
  }
}
