import Datasets
import RandomNumbers

/// What a run trains and validates on: a data set's splits, or what `fold` and `subset` make of them.
package struct TrainingSplits {
  package private(set) var training: Dataset
  package private(set) var validation: Dataset?
  /// What was chosen, a sentence each.
  package private(set) var notes: [String] = []

  /// - Parameters:
  ///   - training: the whole training split.
  ///   - validation: the validation split, if there is one; a fold has no use for it.
  /// - Throws: ``TrainingError/invalidSetting(name:value:place:expected:)`` for more parts or pictures
  ///   than there are.
  package init(
    _ settings: TrainingSettings, training: Dataset, validation: () throws -> Dataset?
  ) throws {
    self.training = training
    if case .part(let part, let count) = settings.fold {
      try takeFold(part, of: count, settings)
    } else {
      self.validation = try validation()
    }
    if settings.subset != .all { try takeSubset(settings) }
  }

  private mutating func takeFold(_ part: Int, of count: Int, _ settings: TrainingSettings) throws {
    let groups = PictureGroups(equalFiles: training.samples.map(\.path))
    let parts = PictureDivision(folds: count, seed: settings.seed)
      .stratified(groups, ClassPresence(training))
    guard parts.allSatisfy({ !$0.isEmpty }) else {
      throw TrainingError.invalidSetting(
        name: "fold", value: settings.fold.setting, place: settings.data,
        expected: "at most as many parts as the \(groups.groups.count) different pictures of the "
          + "training split")
    }
    let others = parts.indices.filter { $0 != part - 1 }.flatMap { parts[$0] }.sorted()
    notes.append(
      "fold \(part) of \(count): \(others.count) pictures of the training split to train on, "
        + "\(parts[part - 1].count) to validate on, stratified by class, seed \(settings.seed)"
        + (groups.repeats > 0 ? "; \(groups.repeats) copies stay with their originals" : "")
        + "; the validation split is not used")
    validation = training.selecting(parts[part - 1])
    training = training.selecting(others)
  }

  private mutating func takeSubset(_ settings: TrainingSettings) throws {
    let count = settings.subset.pictures(of: training.count)
    guard count <= training.count else {
      throw TrainingError.invalidSetting(
        name: "subset", value: settings.subset.setting, place: settings.data,
        expected: "at most the \(training.count) pictures there are to train on")
    }
    var generator = KeyedGenerator(seed: settings.seed, purpose: "subset")
    let all = training
    training = all.selecting(generator.permutation(all.count).prefix(count).sorted())
    let lost = Self.classes(of: all).subtracting(Self.classes(of: training)).sorted()
    notes.append(
      "subset: \(count) of \(all.count) training pictures, drawn by seed \(settings.seed)"
        + (lost.isEmpty
          ? ""
          : "; without an object of "
            + lost.prefix(Self.shown).map { all.classNames[$0] }.joined(separator: ", ")
            + (lost.count > Self.shown ? " and \(lost.count - Self.shown) more classes" : "")))
  }

  /// Classes named at most.
  private static let shown = 12

  /// Of which there is a target.
  private static func classes(of dataset: Dataset) -> Set<Int> {
    Set(dataset.annotations.lazy.filter { !$0.isIgnored }.map { Int($0.classIndex) })
  }
}
