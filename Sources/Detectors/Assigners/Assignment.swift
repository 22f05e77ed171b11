import Boxes

/// Which target each candidate of one picture learns.
package struct Assignment: Sendable {
  /// Marks in ``targets`` of candidates that learn that nothing is there, or nothing at all.
  package static let background: Int32 = -1
  package static let ignored: Int32 = -2

  /// Index of the target, or a mark; one a candidate.
  package var targets: [Int32]
  /// How well each positive candidate fits, 0 to 1: the class's target where the loss asks for one.
  package var qualities: [Float]
  /// Whether ``qualities`` are the assigner's; otherwise they are 1, and a loss that wants them takes
  /// the IoU of box and target.
  package var ratesQuality = false

  package init(count: Int) {
    targets = [Int32](repeating: Self.background, count: count)
    qualities = [Float](repeating: 1, count: count)
  }

  package var positives: [Int] { targets.indices.filter { targets[$0] >= 0 } }

  /// Whether each target has a positive candidate.
  package func matched(count: Int) -> [Bool] {
    var matched = [Bool](repeating: false, count: count)
    for target in targets where target >= 0 { matched[Int(target)] = true }
    return matched
  }

  /// Takes candidates that are not positive and have their centre in one of the regions out of
  /// the loss.
  mutating func ignore(_ regions: [Box], _ layout: CandidateLayout) {
    for region in regions {
      for level in layout.levels {
        layout.forEachCandidate(of: level, inside: region) { candidate in
          if targets[candidate] < 0 { targets[candidate] = Self.ignored }
        }
      }
    }
  }
}

/// What an assigner decides on: one picture.
package struct AssignmentProblem {
  package var layout: CandidateLayout
  /// What is to be found.
  package var boxes: [Box]
  package var labels: [Int]
  /// Crowd and ignore regions.
  package var ignored: [Box]
  /// `[classes, candidates]`; of no candidates where the assigner goes by geometry alone.
  package var logits: CandidateValues
  /// The predicted boxes; empty where the assigner goes by geometry alone.
  package var predicted: [Box]

  package init(
    layout: CandidateLayout, targets: [Target], logits: CandidateValues, predicted: [Box]
  ) {
    self.layout = layout
    let wanted = targets.filter { !$0.isIgnored }
    boxes = wanted.map(\.box)
    labels = wanted.map(\.label)
    ignored = targets.filter(\.isIgnored).map(\.box)
    self.logits = logits
    self.predicted = predicted
  }
}

/// Decides which candidates learn which targets.
package protocol Assigner: Codable, Hashable, Sendable {
  /// Whether it goes by predictions, not by geometry alone.
  var needsPredictions: Bool { get }

  func assign(_ problem: AssignmentProblem) -> Assignment

  /// - Parameter key: of the assigner in settings.
  /// - Throws: ``SettingsError/contradiction(key:reason:)``.
  func validate(key: String) throws
}

/// Which assigner a head has.
public enum AssignerSettings: Hashable, Sendable {
  case maxIoU(MaxIoUAssigner)
  case atss(ATSSAssigner)
  case simOTA(SimOTAAssigner)
  case taskAligned(TaskAlignedAssigner)

  package var assigner: any Assigner {
    switch self {
    case .maxIoU(let assigner): assigner
    case .atss(let assigner): assigner
    case .simOTA(let assigner): assigner
    case .taskAligned(let assigner): assigner
    }
  }

  static var variants: [(name: String, defaults: any Encodable)] {
    [
      ("maxIoU", AssignerSettings.maxIoU(MaxIoUAssigner())),
      ("atss", AssignerSettings.atss(ATSSAssigner())),
      ("simOTA", AssignerSettings.simOTA(SimOTAAssigner())),
      ("taskAligned", AssignerSettings.taskAligned(TaskAlignedAssigner())),
    ]
  }
}

extension AssignerSettings: Codable {
  public init(from decoder: any Decoder) throws {
    switch try decoder.variantName() {
    case "maxIoU": self = .maxIoU(try MaxIoUAssigner(from: decoder))
    case "atss": self = .atss(try ATSSAssigner(from: decoder))
    case "simOTA": self = .simOTA(try SimOTAAssigner(from: decoder))
    case "taskAligned": self = .taskAligned(try TaskAlignedAssigner(from: decoder))
    case let name: throw decoder.unknownVariant(name, valid: Self.variants.map(\.name))
    }
  }

  public func encode(to encoder: any Encoder) throws {
    switch self {
    case .maxIoU(let assigner): try encoder.encode(variant: "maxIoU", assigner)
    case .atss(let assigner): try encoder.encode(variant: "atss", assigner)
    case .simOTA(let assigner): try encoder.encode(variant: "simOTA", assigner)
    case .taskAligned(let assigner): try encoder.encode(variant: "taskAligned", assigner)
    }
  }
}
