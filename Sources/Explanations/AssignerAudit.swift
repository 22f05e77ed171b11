import Datasets
import Detectors
import Foundation
import Images
import Networks
import Training

/// What training's assigner makes of a split: which objects get nothing to learn from, how many
/// candidates the others get, and how many candidates several objects want.
///
/// Objects lie as training has them without augmentation, letterboxed to the network's input.
package struct AssignerAudit: Encodable, Hashable, Sendable {
  /// What the assigner went by.
  package enum Basis: String, Encodable, Sendable {
    /// Boxes and cells alone; no picture was read.
    case geometry
    /// Predictions of random weights, as at the start of training but with inference's batch norms.
    case untrained
    /// Predictions of the given weights.
    case trained
  }

  package private(set) var model: String
  package private(set) var assigner: String
  package private(set) var basis: Basis
  /// Height and width of the network's input.
  package private(set) var size: [Int]
  package private(set) var data: String
  package private(set) var pictures = 0
  /// Crowd and difficult objects, in no other figure.
  package private(set) var ignored = 0
  /// Objects of which nothing lies on the network's input, in no other figure.
  package private(set) var outside = 0
  /// Candidates that more than one object of a picture would have, each taken alone.
  package private(set) var ambiguous = 0
  /// Positive candidates.
  package private(set) var positives = 0
  package private(set) var all = Group(name: "all")
  /// By side (√area) on the network's input, from each power of two to the next.
  package private(set) var bySide: [Group] = []
  package private(set) var perClass: [Group]
  /// Pictures that could not be read; their objects are in no figure.
  package private(set) var errors: [ExplanationReport.Problem] = []

  /// With a given network.
  ///
  /// - Parameters:
  ///   - size: of the network's input; nil: as trained.
  ///   - isTrained: whether the detector's weights were trained, for the report.
  ///   - progress: pictures done; throw to end early.
  /// - Throws: ``SettingsError/contradiction(key:reason:)`` for a size that the model cannot take.
  package init(
    _ detector: Detector, _ dataset: Dataset, size: Extent? = nil, isTrained: Bool,
    progress: (Int) throws -> Void = { _ in }
  ) throws {
    let canvas = size ?? detector.description.trainingSize
    try detector.settings.check(size: canvas)
    let settings = detector.settings.head.head.assigner
    model = detector.settings.name
    assigner = settings.name
    basis =
      !settings.assigner.needsPredictions ? .geometry : isTrained ? .trained : .untrained
    self.size = [canvas.height, canvas.width]
    data = dataset.report.source
    perClass = dataset.classNames.map { Group(name: $0) }
    for sample in dataset.samples.indices {
      let targets = dataset.letterboxedTargets(sample, canvas: canvas)
      do {
        add(targets, try Self.census(targets, of: sample, dataset, detector, canvas))
      } catch let error where error is ImageError || error is ExplanationError {
        errors.append(.init(file: dataset.samples[sample].path, error: "\(error)"))
      }
      try progress(sample + 1)
    }
    // Ends without objects say nothing; a gap between others does.
    while bySide.last?.objects == 0 { bySide.removeLast() }
    if let first = bySide.firstIndex(where: { $0.objects > 0 }) { bySide.removeFirst(first) }
  }

  /// With an untrained network of a model.
  ///
  /// - Throws: ``SettingsError/contradiction(key:reason:)``.
  package init(
    _ settings: ModelSettings, _ dataset: Dataset, size: Extent,
    progress: (Int) throws -> Void = { _ in }
  ) throws {
    let description = DetectorDescription(
      settings: settings, names: dataset.classNames, trainingSize: size)
    try self.init(
      Detector(description, seed: 0), dataset, size: size, isTrained: false, progress: progress)
  }

  private static func census(
    _ targets: Targets, of sample: Int, _ dataset: Dataset, _ detector: Detector, _ canvas: Extent
  ) throws -> AssignmentCensus {
    guard detector.settings.head.head.assigner.assigner.needsPredictions else {
      return detector.geometricCensus(targets.forHead, canvas: canvas)
    }
    var options = DetectionOptions()
    options.size = canvas
    let picture = try dataset.picture(sample, input: detector.inputFormat)
    return try detector.examine(picture, targets: targets.forHead, options: options).census
  }

  private mutating func add(_ targets: Targets, _ census: AssignmentCensus) {
    pictures += 1
    ignored += targets.ignored.count
    outside += targets.lost.outside
    ambiguous += census.ambiguous
    for (index, box) in targets.boxes.enumerated() {
      let (count, alone) = (census.positives[index], census.alone[index])
      positives += count
      all.add(positives: count, alone: alone)
      perClass[Int(targets.classes[index])].add(positives: count, alone: alone)
      let octave = Self.octave(side: Double(box.area).squareRoot())
      while bySide.count <= octave { bySide.append(Group(name: Self.name(octave: bySide.count))) }
      bySide[octave].add(positives: count, alone: alone)
    }
  }

  /// `⌊log₂ side⌋`; sides below 1 go to the first.
  private static func octave(side: Double) -> Int { max(0, Int(log2(max(1, side)).rounded(.down))) }

  private static func name(octave: Int) -> String { "\(1 << octave) … \(2 << octave) px" }
}

extension AssignerAudit {
  /// Objects that have something in common.
  package struct Group: Hashable, Sendable {
    package var name: String
    /// Of each object.
    private(set) var counts: [Int] = []
    /// Objects without a positive candidate.
    package private(set) var unmatched = 0
    /// Those of them that would have one without their neighbours.
    package private(set) var crowdedOut = 0

    package init(name: String) { self.name = name }

    package var objects: Int { counts.count }

    package mutating func add(positives: Int, alone: Int) {
      counts.append(positives)
      if positives == 0 { unmatched += 1 }
      if positives == 0 && alone > 0 { crowdedOut += 1 }
    }

    /// Positive candidates of an object; nil without objects.
    package var mean: Double? {
      counts.isEmpty ? nil : Double(counts.reduce(0, +)) / Double(counts.count)
    }

    /// The smallest count that a share of the objects does not exceed; nil without objects.
    package func quantile(_ share: Double) -> Int? {
      guard !counts.isEmpty else { return nil }
      let rank = Int((share * Double(counts.count)).rounded(.up))
      return counts.sorted()[max(0, rank - 1)]
    }
  }
}

extension AssignerAudit.Group: Encodable {
  private enum CodingKeys: String, CodingKey {
    case name, objects, unmatched, crowdedOut, mean, quantiles
  }

  /// At which ``quantile(_:)`` is told.
  package static let shares = [0, 0.1, 0.25, 0.5, 0.75, 0.9, 1]

  package func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: CodingKeys.self)
    try container.encode(name, forKey: .name)
    try container.encode(objects, forKey: .objects)
    try container.encode(unmatched, forKey: .unmatched)
    try container.encode(crowdedOut, forKey: .crowdedOut)
    try container.encode(mean.map(rounded), forKey: .mean)
    try container.encode(Self.shares.map { quantile($0) }, forKey: .quantiles)
  }
}
