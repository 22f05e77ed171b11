/// What other input sizes, tiles or levels would make of a data set's objects, each with its cost.
/// Extents are `[height, width]`.
package struct DataAdvice: Hashable, Sendable, Codable {
  /// One way to run a network over a picture.
  package struct Choice: Hashable, Sendable, Codable {
    /// Of the network's input.
    package var size: [Int]
    /// For one picture.
    package var multiplyAdds: Int
    /// `multiplyAdds` over those of the present way.
    package var costRatio: Double
    package var shareInNone: Double
    package var shareBelow: Double
    package var shareAbove: Double
    package var shareUnderCell: Double
    package var shareBeyondFields: Double
  }

  /// Tiles of a picture at its own scale, on one grid of cells.
  package struct Tiling: Hashable, Sendable, Codable {
    /// Of neighbours: multiples of the coarsest stride, at least the largest object; with
    /// ``withWholePicture`` at least the largest of those that are too small at present.
    package var overlap: [Int]
    /// Whether the whole picture is run as well, at the present size, for objects larger than the
    /// overlap.
    package var withWholePicture: Bool
    /// From one tile to the next: multiples of the coarsest stride.
    package var step: [Int]
    /// Mean over the data's pictures.
    package var tilesPerPicture: Double
    /// `size` is a tile's, `multiplyAdds` a mean picture's.
    package var choice: Choice
  }

  package enum Problem: String, Hashable, Sendable, Codable, CaseIterable {
    case underCell, below, above, beyondFields

    /// The share of the objects that have it.
    func share(_ choice: Choice) -> Double {
      switch self {
      case .underCell: choice.shareUnderCell
      case .below: choice.shareBelow
      case .above: choice.shareAbove
      case .beyondFields: choice.shareBeyondFields
      }
    }

    var isOfSmallObjects: Bool { self == .underCell || self == .below }
  }

  package enum Means: String, Hashable, Sendable, Codable {
    case largerInput, smallerInput, tiles
    /// One more level, at half of the finest stride.
    case finerLevel
    /// One more level, at twice the coarsest stride.
    case coarserLevel
  }

  /// What would help some objects.
  package struct Remedy: Hashable, Sendable, Codable {
    package var problem: Problem
    package var means: Means
    /// In plain words, with what it leaves and costs.
    package var message: String
    package var choice: Choice
  }

  /// The network as it is.
  package var present: Choice
  /// Input sizes the model takes, ascending, the present one among them.
  package var sizes: [Choice]
  /// Ascending; empty where no picture is larger than the input.
  package var tiles: [Tiling]
  /// Tile sizes that would cut even the objects that are too small at present.
  package var tilesTooSmall: [[Int]]
  /// Height and width of the data's largest objects, in pixels of the pictures.
  package var largestObject: AxisPair
  package var remedies: [Remedy]
}
