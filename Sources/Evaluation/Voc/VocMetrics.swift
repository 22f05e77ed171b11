/// Average precision by the rules of the PASCAL VOC challenges, in 0 … 1.
///
/// Detections of a class are ranked over all images, best score first, equal scores as they came;
/// there is no limit of detections. Each looks at the object of greatest IoU in its image, the first
/// of equal ones: from IoU 0.5 on it is a hit, or a miss where that object was found before, and
/// does not count where the object is difficult. All others are misses. (COCO lets a detection take
/// the next best object instead.) VOC measures in whole pixels, both ends within; boxes from 1-based
/// inclusive corners (left = xmin − 1, right = xmax) have the same IoU.
///
/// Everingham et al.: *The PASCAL Visual Object Classes (VOC) Challenge*, IJCV 2010, §4.2;
/// `VOCevaldet.m` of the development kits of 2007 and 2010.
package struct VocMetrics: Encodable, Hashable, Sendable {
  /// IoU from which a detection finds an object.
  package var overlap: Double
  /// VOC 2007: mean over classes of ``VocClassMetrics/elevenPoints``.
  package var elevenPoints: Figure
  /// VOC 2010 on: mean over classes of ``VocClassMetrics/allPoints``.
  package var allPoints: Figure
  package var perClass: [VocClassMetrics]

  init(overlap: Double, perClass: [VocClassMetrics]) {
    self.overlap = overlap
    self.perClass = perClass
    elevenPoints = mean(perClass.map(\.elevenPoints))
    allPoints = mean(perClass.map(\.allPoints))
  }

  enum CodingKeys: String, CodingKey {
    case overlap = "iou"
    case elevenPoints = "AP11"
    case allPoints = "AP"
    case perClass
  }
}

package struct VocClassMetrics: Encodable, Hashable, Sendable {
  package var label: String
  /// Objects that are not difficult, and those that are, crowds among them.
  package var instances: Int
  package var difficult: Int
  /// Mean over recalls 0, 0.1, … 1 of the highest precision at this recall or beyond.
  package var elevenPoints: Figure
  /// Area under precision, made to fall, against recall.
  package var allPoints: Figure

  enum CodingKeys: String, CodingKey {
    case label, instances, difficult
    case elevenPoints = "AP11"
    case allPoints = "AP"
  }
}

private func mean(_ figures: [Figure]) -> Figure {
  let values = figures.compactMap(\.value)
  return Figure(values.isEmpty ? nil : values.reduce(0, +) / Double(values.count))
}
