import Foundation

/// An object's extent in pixels of the network's input.
package struct ObjectSize: Hashable, Sendable {
  package var width: Double
  package var height: Double

  package init(width: Double, height: Double) {
    self.width = width
    self.height = height
  }

  /// √area
  package var side: Double { (width * height).squareRoot() }
}

/// Which objects suit a receptive field: those whose side is between two shares of the field's.
///
/// Below, the object drowns in its surroundings and little of the field's weight falls on it; above,
/// the effective field, much smaller than the theoretical one (Luo et al.: *Understanding the
/// Effective Receptive Field*, NeurIPS 2016), no longer covers it.
package struct ObjectSizeRule: Hashable, Sendable, Codable {
  package var lowestShare: Double
  package var highestShare: Double

  package init(lowestShare: Double = 0.1, highestShare: Double = 0.5) {
    precondition(
      0 <= lowestShare && lowestShare < highestShare,
      "the rule's shares \(lowestShare) and \(highestShare) are not ascending")
    self.lowestShare = lowestShare
    self.highestShare = highestShare
  }

  package func range(of field: AxisPair) -> ClosedInterval {
    ClosedInterval(lowestShare * field.side, highestShare * field.side)
  }
}

/// How a data set's objects, at training size, meet the levels of a network.
package struct ObjectCensus: Hashable, Sendable, Codable {
  /// Objects that were counted.
  package var count: Int
  /// Not counted: without area.
  package var empty: Int
  /// Share of objects in no level's range.
  package var shareInNone: Double
  /// Share with a side below every level's range, and above.
  package var shareBelow: Double
  package var shareAbove: Double
  /// Share with a side under one cell of the finest level.
  package var shareUnderCell: Double
  /// Share with a height or width larger than the bottom-up field of every level.
  package var shareBeyondFields: Double
  /// Median side in pixels; `nil` without objects.
  package var medianSide: Double?
  /// Objects by side, for a picture: bin `b` holds sides in `2^(b/4) ..< 2^((b+1)/4)`; below 1 goes
  /// to the first.
  package var histogram: [Int]

  /// Bins to a doubling of the side.
  package static let binsPerOctave = 4

  init(_ objects: [ObjectSize], levels: [ReceptiveFieldReport.Level]) {
    let solid = objects.filter { $0.width > 0 && $0.height > 0 }
    let sides = solid.map(\.side).sorted()
    let ranges = levels.map(\.objectRange)
    let lowest = ranges.map(\.low).min() ?? 0
    let highest = ranges.map(\.high).max() ?? 0
    let cell = levels.map(\.stride.side).filter { $0 > 0 }.min() ?? 0
    count = solid.count
    empty = objects.count - solid.count
    shareInNone = sides.share { side in !ranges.contains { $0.contains(side) } }
    shareBelow = sides.share { $0 < lowest }
    shareAbove = sides.share { $0 > highest }
    shareUnderCell = sides.share { $0 < cell }
    shareBeyondFields = solid.share { object in
      levels.allSatisfy {
        object.height > $0.receptiveField.bottomUp.vertical
          || object.width > $0.receptiveField.bottomUp.horizontal
      }
    }
    medianSide = sides.isEmpty ? nil : sides[sides.count / 2]
    histogram = Self.histogram(sides)
  }

  private static func histogram(_ sides: [Double]) -> [Int] {
    var bins: [Int] = []
    for side in sides {
      let bin = max(0, Int((Double(binsPerOctave) * log2(side)).rounded(.down)))
      while bins.count <= bin { bins.append(0) }
      bins[bin] += 1
    }
    return bins
  }
}

extension Array {
  /// The share of elements that satisfy a condition; zero of none.
  func share(_ condition: (Element) -> Bool) -> Double {
    isEmpty ? 0 : Double(count(where: condition)) / Double(count)
  }
}
