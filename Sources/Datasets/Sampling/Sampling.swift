/// The ways to choose an epoch's pictures.
public enum SamplerKind: String, Codable, Hashable, Sendable, CaseIterable {
  /// Each once, shuffled.
  case random
  /// Each once, in the data set's order.
  case sequential
  /// Drawn with replacement, by weights.
  case weighted
  /// Repeat-factor sampling.
  case balanced
  /// Pictures with rare classes several times.
  case oversampled
  /// Of pictures with frequent classes only some.
  case undersampled
}

/// A way to choose an epoch's pictures, with its numbers.
public struct Sampling: Codable, Hashable, Sendable {
  public var sampler = SamplerKind.random
  /// Of `balanced`: classes in a smaller share of the pictures are repeated. LVIS takes 0.001 for
  /// its 1203 classes; with few classes 0.001 changes nothing.
  public var balanceThreshold = 0.1
  /// Of `oversampled` and `undersampled`: pictures with the most frequent class for each with the
  /// rarest, at most.
  public var classRatio = 10.0
  /// Of `weighted`: a file of a weight for each picture; empty: by inverse class frequency.
  public var sampleWeights = ""

  public init() {}
}

/// A sampler made for a data set, and what it does to it.
package struct SamplingPlan: Sendable {
  package let sampler: EpochSampler
  /// Nil where every picture comes once.
  package let description: String?

  /// - Parameter isPart: whether the data set is a fold's or a subset.
  /// - Throws: ``DatasetError`` for a file of weights that cannot be used.
  package init(_ sampling: Sampling, for dataset: Dataset, isPart: Bool = false) throws {
    let presence = { ClassPresence(dataset) }
    var note = ""
    switch sampling.sampler {
    case .random: sampler = .random
    case .sequential: sampler = .sequential
    case .weighted:
      if sampling.sampleWeights.isEmpty {
        sampler = .weighted(SamplingRates.inverseFrequency(presence()))
        note = " by inverse class frequency"
      } else {
        let (weights, unnamed, others) = try SampleWeights.read(
          sampling.sampleWeights, for: dataset, isPart: isPart)
        sampler = .weighted(weights)
        note =
          " by \(sampling.sampleWeights)"
          + (unnamed > 0 ? ", \(unnamed) pictures that it does not name weigh 1" : "")
          + (others > 0 ? ", \(others) that it names are not in this part" : "")
      }
    case .balanced:
      let threshold = sampling.balanceThreshold
      sampler = .repeating(SamplingRates.balanced(presence(), threshold: threshold))
      note = " below \(threshold) of the pictures"
    case .oversampled:
      sampler = .repeating(SamplingRates.oversampled(presence(), ratio: sampling.classRatio))
      note = " to \(sampling.classRatio) : 1"
    case .undersampled:
      sampler = .repeating(SamplingRates.undersampled(presence(), ratio: sampling.classRatio))
      note = " to \(sampling.classRatio) : 1"
    }
    description =
      sampler.repeats
      ? "sampler \(sampling.sampler.rawValue)\(note): " + Self.change(sampler, dataset) : nil
  }

  /// Classes named at most: of more, the rarest.
  private static let shown = 12

  /// Pictures, and objects of each class, in an epoch that shows each picture once and in one of the
  /// sampler's on average.
  private static func change(_ sampler: EpochSampler, _ dataset: Dataset) -> String {
    let visits = sampler.expectedVisits(of: dataset.count)
    var (before, after) = (
      [Double](repeating: 0, count: dataset.classNames.count),
      [Double](repeating: 0, count: dataset.classNames.count)
    )
    for index in dataset.samples.indices {
      for object in dataset.annotations(of: index) where !object.isIgnored {
        before[Int(object.classIndex)] += 1
        after[Int(object.classIndex)] += visits[index]
      }
    }
    let present = before.indices.filter { before[$0] > 0 }
    let rarest = present.sorted { (before[$0], $0) < (before[$1], $1) }.prefix(shown)
    let classes = rarest.sorted().map { index in
      "\(dataset.classNames[index]) \(whole(before[index])) → \(whole(after[index]))"
    }
    let more = present.count - classes.count
    return "\(dataset.count) → \(sampler.length(of: dataset.count)) pictures an epoch; objects "
      + "of each class, on average: " + classes.joined(separator: ", ")
      + (more > 0 ? " and \(more) classes with more" : "")
  }

  private static func whole(_ value: Double) -> String { String(Int(value.rounded())) }
}
