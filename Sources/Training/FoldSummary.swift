import Datasets
import Evaluation
import Foundation

/// What the runs of a cross-validation reached, taken together.
package struct FoldSummary: Encodable {
  package struct Run: Encodable {
    /// Of its folder.
    package var run: String
    /// As ``FoldChoice`` is written.
    package var fold: String
    /// From 1; the one whose figures these are.
    package var epoch: Int
    /// COCO's twelve in their order; nil where undefined.
    package var values: [Double?]

    private enum CodingKeys: String, CodingKey { case run, fold, epoch, figures }

    package func encode(to encoder: any Encoder) throws {
      var container = encoder.container(keyedBy: CodingKeys.self)
      try container.encode(run, forKey: .run)
      try container.encode(fold, forKey: .fold)
      try container.encode(epoch, forKey: .epoch)
      try container.encode(
        Dictionary(uniqueKeysWithValues: zip(ValidationResult.figureNames, values)),
        forKey: .figures)
    }
  }

  /// One of COCO's figures over the runs that have it.
  package struct Figure: Encodable {
    package var name: String
    package var runs: Int
    package var mean: Double
    /// With n − 1 below; nil for fewer than two runs, as are the bounds.
    package var deviation: Double?
    /// Bounds of the mean's 95 % interval.
    package var low: Double?
    package var high: Double?

    /// Student's interval with `(1/n + 1/(K − 1)) s²` for the mean's variance, K the number of parts:
    /// the runs share most of what they trained on, and s²/n would be too small. Nadeau, Bengio:
    /// *Inference for the Generalization Error*, Machine Learning 2003, §3; no estimate of this
    /// variance from one cross-validation is unbiased (Bengio, Grandvalet, JMLR 2004).
    ///
    /// - Parameters:
    ///   - values: at least one.
    ///   - folds: K, at least 2.
    package init(_ name: String, _ values: [Double], folds: Int) {
      self.name = name
      runs = values.count
      let count = Double(values.count)
      mean = values.reduce(0, +) / count
      guard values.count > 1 else { return }
      let variance =
        values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / (count - 1)
      deviation = variance.squareRoot()
      let half =
        Distributions.studentQuantile(0.975, degrees: count - 1)
        * ((1 / count + 1 / Double(folds - 1)) * variance).squareRoot()
      (low, high) = (mean - half, mean + half)
    }
  }

  package private(set) var runs: [Run] = []
  package private(set) var figures: [Figure] = []
  /// What there is to know, a sentence each.
  package private(set) var notes: [String] = []

  /// - Parameters:
  ///   - paths: of run folders, at least two.
  ///   - takesLast: the last epoch that was validated, instead of each run's best one, which was
  ///     chosen on the part that it is measured on.
  /// - Throws: ``TrainingError`` for a folder that is no run's, or runs that do not belong together.
  package init(_ paths: [String], takesLast: Bool = false) throws {
    let read = try paths.map { try FoldRun($0, takesLast: takesLast) }
    let folds = try Self.folds(of: read)
    runs = read.map {
      Run(run: $0.path, fold: $0.settings.fold.setting, epoch: $0.epoch, values: $0.figures)
    }
    for (index, name) in ValidationResult.figureNames.enumerated() {
      let values = runs.compactMap { $0.values[index] }
      if !values.isEmpty { figures.append(Figure(name, values, folds: folds)) }
    }
    note(read, folds)
  }

  /// K, once the runs are known to be of one division.
  private static func folds(of runs: [FoldRun]) throws -> Int {
    let first = runs[0]
    var seen: [FoldChoice: String] = [:]
    for run in runs {
      switch (first.settings.fold, run.settings.fold) {
      case (.none, .none): continue
      case (.part(_, let count), .part(let part, let others)):
        if count != others {
          throw TrainingError.foldsDiffer(
            run: run.path, problem: "is part \(part) of \(others), \(first.path) one of \(count)")
        }
        for name in ["seed", "data"] {
          guard let setting = Setting.named(name) else { continue }
          let (mine, its) = (setting.read(first.settings), setting.read(run.settings))
          if mine != its {
            throw TrainingError.foldsDiffer(
              run: run.path, problem: "has \(name) \(its), \(first.path) has \(mine)")
          }
        }
        if let other = seen.updateValue(run.path, forKey: run.settings.fold) {
          throw TrainingError.foldsDiffer(
            run: run.path, problem: "is part \(part) as is \(other)")
        }
      default:
        let odd = run.settings.fold == .none ? run : first
        throw TrainingError.foldsDiffer(run: odd.path, problem: "was not trained with --fold")
      }
    }
    if case .part(_, let count) = first.settings.fold { return count }
    return runs.count
  }

  private mutating func note(_ read: [FoldRun], _ folds: Int) {
    if read[0].settings.fold == .none {
      notes.append("no run was trained with --fold: each is taken for one part of a division")
    } else if read.count < folds {
      let present = Set(read.map(\.settings.fold))
      let missing = (1...folds).filter { !present.contains(.part($0, of: folds)) }
      notes.append(
        "of \(folds) parts \(missing.map(String.init).joined(separator: ", ")) "
          + "\(missing.count == 1 ? "is" : "are") missing")
    }
    for run in read where run.lastEpoch < run.settings.epochs {
      notes.append("\(run.path) has \(run.lastEpoch) of \(run.settings.epochs) epochs")
    }
    let free = ["fold", "data", "workers", "recompute"]
    let differing = Setting.all.filter { setting in
      !free.contains(setting.name) && Set(read.map { setting.read($0.settings) }).count > 1
    }
    if !differing.isEmpty {
      notes.append(
        "settings differ between the runs: "
          + differing.map(\.name).joined(separator: ", "))
    }
  }
}

/// What a run folder's files say.
private struct FoldRun {
  let path: String
  let settings: TrainingSettings
  /// From 1.
  let epoch: Int
  let lastEpoch: Int
  /// In the order of ``ValidationResult/figureNames``.
  let figures: [Double?]

  init(_ path: String, takesLast: Bool) throws {
    self.path = path
    let folder = RunFolder(path)
    let manager = FileManager.default
    guard manager.fileExists(atPath: folder.settingsFile),
      let data = manager.contents(atPath: folder.metricsFile)
    else { throw TrainingError.noMetrics(run: path) }
    settings = try ResolvedSettings(recipe: folder.settingsFile, options: []).values
    var rows = String(decoding: data, as: UTF8.self).split(separator: "\n").map {
      $0.split(separator: ",", omittingEmptySubsequences: false).map(String.init)
    }
    let names = rows.isEmpty ? [] : rows.removeFirst()
    let columns = ValidationResult.figureNames.map(names.firstIndex)
    guard let score = columns.first ?? nil, columns.allSatisfy({ $0 != nil }),
      rows.allSatisfy({ $0.count == names.count })
    else { throw TrainingError.noMetrics(run: path) }
    lastEpoch = rows.compactMap { Int($0[0]) }.last ?? 0
    // An epoch without a validation has no figures.
    let validated = rows.filter { row in columns.contains { $0.map { !row[$0].isEmpty } ?? false } }
    guard let last = validated.last else { throw TrainingError.noMetrics(run: path) }
    func value(_ row: [String]) -> Double { Double(row[score]) ?? -1 }
    // The first of equals, as the trainer keeps it.
    let best = validated.dropFirst().reduce(validated[0]) { value($1) > value($0) ? $1 : $0 }
    let row = takesLast ? last : best
    epoch = Int(row[0]) ?? 0
    figures = columns.map { $0.flatMap { Double(row[$0]) } }
  }
}
