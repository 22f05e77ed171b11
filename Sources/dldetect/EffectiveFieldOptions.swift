import ArgumentParser
import Datasets
import EffectiveFields
import Execution
import Images
import Networks
import RandomNumbers
import ReceptiveFields
import Reports
import Training

/// What `rf --effective` measures, and with what.
struct EffectiveFieldOptions: ParsableArguments {
  @Flag(
    help: """
      Measure effective fields too: gradients of a cell in the middle of each level, on pictures of \
      --data, else on noise; of random weights unless --weights is given.
      """)
  var effective = false

  @Option(help: "Pictures to measure on (1 … 10000; default: \(Self.standardPictures)).")
  var pictures: Int?

  @Option(help: "Split of --data that they are taken from (default: train).")
  var split: DataDescription.Split?

  @Option(help: "Of random weights, noise and the signs of output channels (default: 0).")
  var seed: UInt64?

  static let standardPictures = 16

  /// Nil where nothing is to be measured.
  func source(data: String?) throws -> EffectiveFieldSource? {
    guard effective else { return nil }
    guard data != nil || split == nil else {
      throw CommandError.wrongUsage(reason: "--split goes with --data")
    }
    let dataset = try data.map { try DataLoading.description($0).dataset(split ?? .train) }
    return EffectiveFieldSource(options: self, dataset: dataset)
  }

  func validate() throws {
    guard effective || pictures == nil && split == nil && seed == nil else {
      throw ValidationError("--pictures, --split and --seed go with --effective")
    }
    guard (1...10_000).contains(pictures ?? 1) else {
      throw ValidationError("--pictures is \(pictures ?? 0), expected 1 … 10000")
    }
  }
}

/// What the effective fields of any network are measured with.
struct EffectiveFieldSource {
  let options: EffectiveFieldOptions
  /// Nil: noise.
  let dataset: Dataset?

  func session(_ network: DetectorChoice) throws -> EffectiveFieldSession {
    let choice = try NetworkChoice(
      settings: network.settings, classCount: network.classCount, size: network.size)
    return try EffectiveFieldSession(options, choice, weights: network.weights, dataset)
  }
}

/// Measures a network's effective fields and keeps their maps.
final class EffectiveFieldSession {
  private let options: EffectiveFieldOptions
  private let network: NetworkChoice
  private let variables: Variables<Float>
  private let input: InputFormat
  private let pixelScale: Float
  private let weights: String?
  /// Where pictures come from; nil: noise.
  private let dataset: Dataset?
  private(set) var maps: [(level: String, map: GradientMap)] = []

  /// Pictures that give a network without weights its norms' statistics.
  private static let statisticsBatch = 4

  init(
    _ options: EffectiveFieldOptions, _ network: NetworkChoice, weights: String?,
    _ dataset: Dataset?
  ) throws {
    self.options = options
    self.dataset = dataset
    self.network = network
    self.weights = weights
    guard let weights else {
      variables = Variables<Float>(network.graph, seed: options.seed ?? 0)
      input = InputFormat(channels: network.picture.channels, normalization: .linear)
      pixelScale = 1 / 255
      return
    }
    let detector = try WeightsChoice.detector(weights)
    (variables, input) = (detector.variables, detector.inputFormat)
    pixelScale = detector.description.pixelScale
  }

  /// Adds measured fields to the report.
  ///
  /// - Parameter objects: sizes at the network's input, for verdicts.
  func measure(_ report: inout ReceptiveFieldReport, objects: [ObjectSize]?) throws {
    let count = options.pictures ?? EffectiveFieldOptions.standardPictures
    let paths = dataset.map { Self.spread($0.samples.map(\.path), count) }
    let measure = try EffectiveFieldMeasure(
      network.pictureGraph, picture: network.picture, report: report, variables: variables,
      seed: options.seed ?? 0)
    if weights == nil { try takeStatistics(paths, count) }
    let progress = ProgressLine()
    var failures = 0
    for index in 0..<(paths?.count ?? count) {
      progress.show(Double(index) / Double(paths?.count ?? count)) {
        "effective fields: picture \(index + 1)/\(paths?.count ?? count)"
      }
      do {
        let pixels = try pixels(paths, index)
        pixels.withUnsafeBufferPointer { measure.add($0.baseAddress!) }
      } catch let error as ImageError {
        Messages.warn("left out: \(error.description)")
        failures += 1
      }
    }
    progress.clear()
    if let paths, failures == paths.count {
      throw DatasetError.noUsablePicture(first: paths.first ?? "")
    }
    let source = paths.map {
      "\($0.count - failures) pictures of \(dataset?.report.source ?? "")"
    }
    report.take(
      measure.fields(report),
      ReceptiveFieldReport.EffectiveMeasurement(
        weights: weights.map { "weights \($0)" } ?? "random weights, seed \(options.seed ?? 0)",
        pictures: source ?? "\(count) pictures of noise"), objects: objects)
    maps = zip(measure.subjects, measure.maps).map { ($0.level, $1) }
  }

  /// A heat map of each level.
  ///
  /// - Throws: ``ImageError``.
  func heatMaps(_ report: ReceptiveFieldReport) throws -> [Illustration] {
    try maps.compactMap { name, map in
      guard let level = report.levels.first(where: { $0.name == name }), map.isUsable else {
        return nil
      }
      return try EffectiveFieldPicture.illustration(of: map, level, model: report.model)
    }
  }

  private func takeStatistics(_ paths: [String]?, _ count: Int) throws {
    let batch = min(Self.statisticsBatch, paths?.count ?? count)
    var values: [Float] = []
    var used = 0
    // One that cannot be read is left out here as well as where it is said.
    for index in 0..<batch {
      guard let pixels = try? pixels(paths, index) else { continue }
      values += pixels
      used += 1
    }
    guard used > 0 else { return }
    try variables.takeStatistics(
      of: values, batch: used, picture: network.picture, network.pictureGraph)
  }

  /// Evenly over the split.
  private static func spread(_ paths: [String], _ count: Int) -> [String] {
    let taken = min(count, paths.count)
    return (0..<taken).map { paths[$0 * paths.count / taken] }
  }

  /// One picture as the network takes it, letterboxed; without data uniform noise in 0 … 1.
  private func pixels(_ paths: [String]?, _ index: Int) throws -> [Float] {
    let shape = network.picture
    guard let paths else {
      var generator = KeyedGenerator(seed: options.seed ?? 0, purpose: "noise", index)
      return (0..<shape.count).map { _ in Float(generator.uniform()) }
    }
    let picture = try Picture.read(path: paths[index], input: input).finite(input)
    let letterbox = Letterbox(
      pictureWidth: picture.originalWidth, pictureHeight: picture.originalHeight,
      canvasWidth: shape.width, canvasHeight: shape.height)
    var planes = [Float](repeating: 0, count: shape.count)
    try planes.withUnsafeMutableBufferPointer {
      try letterbox.recipe().compose(
        pictures: { _ in picture }, input: input, linearScale: pixelScale, into: $0.baseAddress!)
    }
    return planes
  }
}
