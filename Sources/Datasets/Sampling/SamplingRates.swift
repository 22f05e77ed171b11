/// How often samplers that weigh classes show each picture.
package enum SamplingRates {
  /// Repeat-factor sampling: `r_c = max(1, √(t / f_c))`, and a picture's rate is that of its class
  /// with the greatest. `f_c` is the share of pictures that hold class c, `t` the threshold below
  /// which a class is repeated. Pictures without targets have rate 1.
  ///
  /// Gupta, Dollár, Girshick: *LVIS: A Dataset for Large Vocabulary Instance Segmentation*, CVPR
  /// 2019, appendix B.
  package static func balanced(_ presence: ClassPresence, threshold: Double) -> [Double] {
    let total = Double(presence.classes.count)
    let background = presence.pictureCounts.count - 1
    let factors = presence.pictureCounts.enumerated().map { index, count in
      guard count > 0, index != background else { return 1.0 }
      return max(1, (threshold * total / Double(count)).squareRoot())
    }
    return presence.classes.map { $0.map { factors[$0] }.max() ?? 1 }
  }

  /// Repeats pictures until each class would be in at least one picture for every `ratio` of the most
  /// frequent one's: `r_c = max(1, n_max / (ratio · n_c))`; a picture takes the greatest of its
  /// classes. Classes that stand together lift each other, so that the outcome may differ.
  package static func oversampled(_ presence: ClassPresence, ratio: Double) -> [Double] {
    let counts = presence.pictureCounts.dropLast()
    let most = Double(counts.max() ?? 0)
    let factors =
      counts.map { $0 == 0 ? 1.0 : max(1, most / (ratio * Double($0))) } + [1]
    return presence.classes.map { $0.map { factors[$0] }.max() ?? 1 }
  }

  /// Leaves pictures out until no class would be in more than `ratio` pictures for each of the rarest
  /// one's: `k_c = min(1, ratio · n_min / n_c)`; a picture takes the greatest of its classes, so that
  /// one with a rare class always stays. Pictures without targets count as a class that is not the
  /// rarest.
  package static func undersampled(_ presence: ClassPresence, ratio: Double) -> [Double] {
    let least = Double(presence.pictureCounts.dropLast().filter { $0 > 0 }.min() ?? 0)
    guard least > 0 else { return presence.classes.map { _ in 1 } }
    let factors = presence.pictureCounts.map {
      $0 == 0 ? 1.0 : min(1, ratio * least / Double($0))
    }
    return presence.classes.map { $0.map { factors[$0] }.max() ?? 1 }
  }

  /// A weight for each picture: the sum of `1 / n_c` over its classes, so that in sum each class
  /// weighs the same, pictures without targets being one more.
  package static func inverseFrequency(_ presence: ClassPresence) -> [Double] {
    presence.classes.map { classes in
      classes.reduce(0) { $0 + 1 / Double(presence.pictureCounts[$1]) }
    }
  }
}
