import Datasets
import Detectors
import Evaluation
import Foundation
import Images

/// All of a run that is not a tensor: where it stands, and what it has seen.
package struct TrainingState: Codable, Hashable {
  package var settings: ResolvedSettings
  /// The model's settings whole, since the file that they came from may change.
  package var modelYAML: String
  package var classNames: [String]
  package var data: DataFingerprint
  /// As measured before the first step; nil in checkpoints from before there was a choice: linear.
  package var normalization: Normalization?
  /// Complete epochs.
  package var epoch = 0
  /// Batches of the present epoch that are done.
  package var batch = 0
  /// Optimizer steps of the whole run.
  package var step = 0
  package var sums = EpochSums()
  /// Nadam's; nil in checkpoints from before there was one.
  package var momentumProduct: Double?
  /// Of schedule plateau.
  package var plateau: Plateau?
  package var best: Best?
  /// Early stopping ended the run, or its last epoch.
  package var isFinished = false
  /// Length of metrics.csv at this point.
  package var metricsBytes = 0

  package struct Best: Codable, Hashable {
    package var epoch: Int
    package var score: Double
    package var metrics: CocoMetrics
  }

  package init(
    settings: ResolvedSettings, modelYAML: String, classNames: [String], data: DataFingerprint
  ) {
    self.settings = settings
    self.modelYAML = modelYAML
    self.classNames = classNames
    self.data = data
  }
}

/// What metrics.csv says about an epoch, summed over its batches in order.
package struct EpochSums: Codable, Hashable {
  package private(set) var batches = 0
  package private(set) var names: [String] = []
  package private(set) var terms: [Double] = []
  package private(set) var positives = 0
  package private(set) var unmatchedTargets = 0
  /// Objects of which too little was left on the input to be targets.
  package private(set) var tooSmallTargets = 0
  /// Objects of which too little was left visible; nil where there were none.
  package private(set) var hiddenTargets: Int?
  /// Copies of small objects, pasted and not; nil where none were to be.
  package private(set) var copies: CopyCounts?
  package private(set) var gradientNorm = 0.0
  package private(set) var steps = 0

  package init() {}

  package mutating func add(_ loss: LossTerms) {
    if batches == 0 {
      names = loss.names
      terms = Array(repeating: 0, count: loss.values.count)
    }
    batches += 1
    for (index, value) in loss.values.enumerated() { terms[index] += Double(value) }
    positives += loss.positives
    unmatchedTargets += loss.unmatchedTargets
  }

  package mutating func add(_ lost: LostBoxes) {
    tooSmallTargets += lost.tooLittleLeft
    if lost.hidden > 0 { hiddenTargets = (hiddenTargets ?? 0) + lost.hidden }
  }

  package mutating func add(_ copies: CopyCounts) {
    guard copies != CopyCounts() else { return }
    var sum = self.copies ?? CopyCounts()
    sum += copies
    self.copies = sum
  }

  package mutating func add(gradientNorm norm: Double) {
    steps += 1
    gradientNorm += norm
  }

  /// Mean of each term over the batches.
  package var means: [Double] { terms.map { $0 / Double(max(1, batches)) } }

  package var loss: Double { means.reduce(0, +) }

  package var meanGradientNorm: Double { gradientNorm / Double(max(1, steps)) }
}
