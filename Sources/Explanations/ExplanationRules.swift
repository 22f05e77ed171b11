import Detectors

/// What counts as found, and what is compared with what.
package struct ExplanationRules: Hashable, Sendable {
  /// How detections are made of the network's boxes.
  package var detection: DetectionOptions
  /// IoU from which a detection finds an object: AP50's.
  package var overlap: Double
  /// IoU from which a badly lying box is meant for an object at all: t_b of Bolya et al.: *TIDE*,
  /// ECCV 2020, §2.2.
  package var touchingOverlap = 0.1
  /// Of each of the head's levels; see `ObjectSizeRule`.
  package var levels: [LevelRange]
  /// The finest stride, pixels of the network's input.
  package var cell: Double

  package init(
    detection: DetectionOptions = DetectionOptions(), overlap: Double = 0.5,
    levels: [LevelRange], cell: Double
  ) {
    self.detection = detection
    self.overlap = overlap
    self.levels = levels
    self.cell = cell
  }
}
