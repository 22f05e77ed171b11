import Boxes
import Foundation
import RandomNumbers

/// A deterministic set of drawn shapes to detect: eight classes on textured backgrounds.
///
/// A picture is a function of the settings, its split and its index. Two of three hold up to eight
/// shapes of all sizes, every third one many small shapes. Shapes overlap and reach over the edge,
/// but a place where less than ``Settings/minimumVisibleShare`` of this or an earlier shape would
/// remain to be seen is not taken: so every shape in the picture is annotated. A box encloses the
/// pixels that the whole shape covers at least by half, hidden ones included, within the canvas.
public struct ShapesGenerator: Sendable {
  public struct Settings: Codable, Hashable, Sendable {
    public var seed: UInt64 = 0
    /// Sides of the pictures, pixels.
    public var width = 320
    public var height = 320
    /// Pixels: the larger side of a box is at least the minimum, the circle around a shape at most
    /// the maximum across; log-uniform between them.
    public var minimumSize = 6.0
    public var maximumSize = 200.0
    /// Share of a shape's pixels that stay visible on the canvas, 0 to 1.
    public var minimumVisibleShare = 0.6

    public init() {}
  }

  public struct Shape: Hashable, Sendable {
    public var box: Box
    public var classIndex: Int
    /// Share of its pixels that are on the canvas and not hidden.
    public var visibleShare: Double
  }

  public struct Drawing: Sendable {
    public var width: Int
    public var height: Int
    /// Interleaved RGB rows.
    public var pixels: [UInt8]
    public var shapes: [Shape]
  }

  public static let classNames = ShapeKind.allCases.map(\.name)

  public let settings: Settings

  public init(_ settings: Settings = Settings()) { self.settings = settings }

  /// - Parameter index: within the split; pictures 2, 5, 8, … hold many small shapes.
  public func drawing(_ index: Int, split: DataDescription.Split = .train) -> Drawing {
    let splitIndex = DataDescription.Split.allCases.firstIndex(of: split) ?? 0
    var generator = KeyedGenerator(
      seed: settings.seed, purpose: "shapes", splitIndex, index)
    var canvas = ShapesCanvas(width: settings.width, height: settings.height, &generator)
    let isCrowded = index % 3 == 2
    let wanted = isCrowded ? 14 + generator.index(below: 22) : 1 + generator.index(below: 8)
    for _ in 0..<wanted {
      // A full canvas takes no more; eight tries find the room there is.
      for _ in 0..<8 {
        let placement = placement(isCrowded: isCrowded, &generator)
        if canvas.place(placement, settings, &generator) { break }
      }
    }
    return canvas.finished(&generator)
  }

  private func placement(
    isCrowded: Bool, _ generator: inout KeyedGenerator
  ) -> ShapesCanvas.Placement {
    let side = Double(min(settings.width, settings.height))
    let largest = min(settings.maximumSize, isCrowded ? 36 : side * 0.625)
    let smallest = min(largest, settings.minimumSize * (isCrowded ? 1 : 2))
    let size = exp(generator.uniform(log(smallest), log(largest)))
    return .init(
      kind: ShapeKind.allCases[generator.index(below: ShapeKind.allCases.count)],
      centerX: generator.uniform(0, Double(settings.width)),
      centerY: generator.uniform(0, Double(settings.height)),
      radius: size / 2, rotation: generator.uniform(0, 2 * .pi))
  }
}
