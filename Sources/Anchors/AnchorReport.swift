import Boxes
import ReceptiveFields

/// What `anchors` says: sizes made of a data set's objects beside those that a model has. Its JSON is
/// part of the command line's contract.
package struct AnchorReport: Codable, Hashable, Sendable {
  package struct Anchor: Codable, Hashable, Sendable {
    /// Pixels of the network's input.
    package var size: AnchorSize
    /// Height over width.
    package var aspect: Double
    /// Share of objects that it meets best.
    package var objectShare: Double
  }

  package struct Level: Codable, Hashable, Sendable {
    package var name: String
    package var stride: Int
    /// Bottom-up, `[height, width]` in pixels.
    package var receptiveField: AxisPair
    /// Sides (√area) in pixels of the objects that the level can detect.
    package var objectRange: ClosedInterval
    package var anchors: [Anchor]
  }

  package enum Severity: String, Codable, Sendable {
    /// Objects will be missed, or anchors be of no use.
    case warning
    /// Worth knowing.
    case note
  }

  package struct Finding: Codable, Hashable, Sendable {
    package var severity: Severity
    package var message: String
    /// The level it is about; `nil`: all of them.
    package var level: String?
  }

  /// Anchors with what they are worth.
  package struct Assessment: Codable, Hashable, Sendable {
    /// Finest first.
    package var levels: [Level]
    package var coverage: AnchorCoverage
    package var findings: [Finding]
  }

  package var model: String
  /// Where anchors stand in its settings.
  package var key: [String]
  /// Height and width of the network's input.
  package var size: [Int]
  /// With an area, neither crowd nor difficult.
  package var objects: Int
  /// Not counted: without area.
  package var empty: Int
  /// Those that k-means looked at: all, or a sample of them.
  package var clustered: Int
  package var seed: UInt64
  /// How centres move: "median".
  package var update: String
  /// IoU from which the model's assigner calls anchors positive; `nil` for one that has none.
  package var threshold: Double?
  /// By k-means.
  package var fitted: Assessment
  /// The model's own.
  package var present: Assessment

  /// - Parameters:
  ///   - key: where anchors stand in the model's settings.
  ///   - levels: with the model's own anchors, finest first.
  ///   - objects: on the network's input; those without area are left out.
  ///   - count: of all levels together.
  /// - Throws: ``AnchorError``.
  package init(
    model: String, key: [String], size: [Int], levels: [AnchorLevel], objects: [Box],
    threshold: Double?,
    count: Int, seed: UInt64
  ) throws {
    let solid = objects.filter { $0.width > 0 && $0.height > 0 }
    let clusters = try AnchorClusters(solid.map(ObjectSize.init), count: count, seed: seed)
    let sizes = clusters.sizes.map(AnchorSize.init(rounding:))
    self.model = model
    self.key = key
    self.size = size
    self.objects = solid.count
    empty = objects.count - solid.count
    clustered = clusters.objectCount
    self.seed = seed
    update = "median"
    self.threshold = threshold
    fitted = Assessment(
      try LevelAssignment(sizes, levels: levels).levels, objects: solid, threshold: threshold)
    present = Assessment(levels, objects: solid, threshold: threshold)
  }
}

extension AnchorReport.Assessment {
  package init(_ levels: [AnchorLevel], objects: [Box], threshold: Double?) {
    let coverage = AnchorCoverage(levels, objects: objects, threshold: threshold)
    self.coverage = coverage
    self.levels = zip(levels, coverage.shares).map { level, shares in
      AnchorReport.Level(
        name: level.name, stride: level.stride, receptiveField: level.receptiveField,
        objectRange: level.objectRange,
        anchors: zip(level.anchors, shares).map {
          AnchorReport.Anchor(size: $0, aspect: Double($0.aspect), objectShare: $1)
        })
    }
    findings =
      AnchorFindings(
        levels: levels, coverage: coverage, objects: objects.map(ObjectSize.init),
        threshold: threshold ?? 0.5
      ).all
  }

  /// As a head's settings take them.
  package var sizes: [[AnchorSize]] { levels.map { $0.anchors.map(\.size) } }
}
