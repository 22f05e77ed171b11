import Datasets

/// How much of the training split a run takes.
public enum SubsetSize: Codable, Hashable, Sendable {
  case all
  /// More than 0 and less than 1.
  case share(Double)
  /// Positive.
  case count(Int)

  /// Of so many pictures; at least one.
  package func pictures(of total: Int) -> Int {
    switch self {
    case .all: total
    case .share(let share): max(1, Int((share * Double(total)).rounded()))
    case .count(let count): count
    }
  }
}

extension SubsetSize: SettingValue {
  /// `all`, a share such as `0.1` or `10%`, or a whole number of pictures.
  package init?(setting text: String) {
    if text == "all" {
      self = .all
    } else if let count = Int(text) {
      guard count > 0 else { return nil }
      self = .count(count)
    } else {
      let isPercent = text.hasSuffix("%")
      guard let number = Double(isPercent ? String(text.dropLast()) : text) else { return nil }
      let share = isPercent ? number / 100 : number
      guard share > 0, share <= 1 else { return nil }
      self = share == 1 ? .all : .share(share)
    }
  }

  package var setting: String {
    switch self {
    case .all: "all"
    case .share(let share): share.setting
    case .count(let count): count.setting
    }
  }
}

/// Which part of the training split is validated on, the others being trained on.
public enum FoldChoice: Codable, Hashable, Sendable {
  /// The splits are as they are.
  case none
  /// From 1.
  case part(Int, of: Int)
}

extension FoldChoice: SettingValue {
  package static let mostFolds = 100

  /// `none`, or e.g. `2/5`.
  package init?(setting text: String) {
    if text == "none" {
      self = .none
      return
    }
    let words = text.split(separator: "/", omittingEmptySubsequences: false)
    let numbers = words.compactMap { Int($0) }
    guard words.count == 2, numbers.count == 2, (2...Self.mostFolds).contains(numbers[1]),
      (1...numbers[1]).contains(numbers[0])
    else { return nil }
    self = .part(numbers[0], of: numbers[1])
  }

  package var setting: String {
    switch self {
    case .none: "none"
    case .part(let part, let count): "\(part)/\(count)"
    }
  }
}

extension SamplerKind: SettingValue {}

extension Setting {
  /// Which pictures a run takes, and how often.
  static let choosing = [
    Setting(
      "fold", \.fold,
      "Divide the training split by the seed, stratified by class, train on all parts but this one "
        + "and validate on it.",
      range: "part/parts, such as 1/5, up to \(FoldChoice.mostFolds) parts, or none"),
    Setting(
      "subset", \.subset, "Train on so much of the training split, drawn by the seed.",
      range: "a share such as 0.1 or 10%, a number of pictures, or all"),
    Setting(
      "sampler", choice: \.sampling.sampler,
      "Which pictures make an epoch: each once, shuffled or in order; drawn with replacement by "
        + "weight; those of rare classes repeated (by their share or to classRatio); or some of "
        + "those of frequent classes left out."),
    Setting(
      "balanceThreshold", \.sampling.balanceThreshold,
      "With sampler balanced, classes in a smaller share f of the pictures are repeated √(this / f) "
        + "times.",
      unit: "share", in: 1e-6...1),
    Setting(
      "classRatio", \.sampling.classRatio,
      "With sampler oversampled or undersampled, pictures of the most frequent class for each of "
        + "the rarest.",
      unit: "", in: 1...1e6),
    Setting(
      "sampleWeights", \.sampling.sampleWeights,
      "With sampler weighted, a file of lines 'path weight'; empty: by inverse class frequency.",
      range: "file"),
    Setting(
      "dropLast", \.dropLast,
      "Leave out the batch that an epoch does not fill, instead of filling it with the epoch's first "
        + "pictures.",
      range: "true | false"),
  ]
}
