/// Which thresholds, sizes and numbers of detections an evaluation covers; the defaults are COCO's.
package struct CocoSettings: Hashable, Sendable {
  /// Overlaps from which a detection may match an object; ascending, at most 64.
  package let overlapThresholds: [Double]
  /// Recalls at which precision is read; ascending.
  package let recallThresholds: [Double]
  /// How many detections of one class count in one image, best first; ascending.
  package let detectionLimits: [Int]
  package let areaRanges: [AreaRange]

  package init(
    overlapThresholds: [Double] = CocoSettings.overlaps,
    recallThresholds: [Double] = CocoSettings.recalls,
    detectionLimits: [Int] = [1, 10, 100],
    areaRanges: [AreaRange] = [.all, .small, .medium, .large]
  ) {
    precondition((1...64).contains(overlapThresholds.count), "1 to 64 overlap thresholds")
    precondition(!recallThresholds.isEmpty && !areaRanges.isEmpty, "no recalls or area ranges")
    precondition(!detectionLimits.isEmpty && detectionLimits.min()! > 0, "limits must be positive")
    self.overlapThresholds = overlapThresholds.sorted()
    self.recallThresholds = recallThresholds.sorted()
    self.detectionLimits = detectionLimits.sorted()
    self.areaRanges = areaRanges
  }

  /// Those of numpy's `linspace(.5, .95, 10)`, whose ninth lies one bit below 0.9.
  package static let overlaps =
    [0.5, 0.55, 0.6, 0.65, 0.7, 0.75, 0.8, 0.85, 0.8999999999999999, 0.95]

  /// 0, 0.01, …, 1.
  package static let recalls = (0...100).map { Double($0) * 0.01 }

  var largestLimit: Int { detectionLimits[detectionLimits.count - 1] }
}

/// A closed range of areas in square pixels.
package struct AreaRange: Hashable, Sendable {
  package var name: String
  package var lower: Double
  package var upper: Double

  package init(name: String, lower: Double, upper: Double) {
    self.name = name
    self.lower = lower
    self.upper = upper
  }

  package func contains(_ area: Double) -> Bool { area >= lower && area <= upper }

  // The ranges share their ends, as pycocotools has them: an object of 32² counts in two.
  package static let all = AreaRange(name: "all", lower: 0, upper: 1e10)
  package static let small = AreaRange(name: "small", lower: 0, upper: 32 * 32)
  package static let medium = AreaRange(name: "medium", lower: 32 * 32, upper: 96 * 96)
  package static let large = AreaRange(name: "large", lower: 96 * 96, upper: 1e10)
}
