import Foundation

/// How a data set's objects, at training size, meet the levels of a network.
package struct ObjectCensus: Hashable, Sendable, Codable {
  /// The objects of one class.
  package struct Class: Hashable, Sendable, Codable {
    package var label: String
    /// Objects that were counted; the shares are of them.
    package var count: Int
    package var shareInNone: Double
    package var shareBelow: Double
    package var shareAbove: Double
    package var shareUnderCell: Double
    package var shareBeyondFields: Double
    /// In the range of each level, in the order of the report's levels.
    package var levelShares: [Double]
    package var medianSide: Double?
  }

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
  /// In the order of class names.
  package var perClass: [Class]

  /// Bins to a doubling of the side.
  package static let binsPerOctave = 4

  init(_ objects: [ObjectSize], levels: [ReceptiveFieldReport.Level], classNames: [String]) {
    let judge = ObjectJudge(levels)
    let shares = judge.shares(objects)
    count = shares.count
    empty = objects.count - shares.count
    shareInNone = shares.inNone
    shareBelow = shares.below
    shareAbove = shares.above
    shareUnderCell = shares.underCell
    shareBeyondFields = shares.beyondFields
    medianSide = shares.medianSide
    histogram = Self.histogram(objects.map(\.side).filter { $0 > 0 })
    var byClass = [[ObjectSize]](repeating: [], count: classNames.count)
    for object in objects where byClass.indices.contains(object.label) {
      byClass[object.label].append(object)
    }
    perClass = zip(classNames, byClass).map { Class(label: $0, judge.shares($1)) }
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

extension ObjectCensus.Class {
  init(label: String, _ shares: ObjectShares) {
    self.label = label
    count = shares.count
    shareInNone = shares.inNone
    shareBelow = shares.below
    shareAbove = shares.above
    shareUnderCell = shares.underCell
    shareBeyondFields = shares.beyondFields
    levelShares = shares.levels
    medianSide = shares.medianSide
  }
}
