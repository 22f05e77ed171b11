import Boxes
import Images

/// The sizes of a split's objects in pixels of one resolution.
package struct SizeStatistics: Hashable, Sendable, Encodable {
  /// √(width · height) of the boxes, within their pictures.
  package var side: ValueSummary?
  package var sideHistogram: LogHistogram
  /// COCO's classes by area, which is the mask's where it is given: under 32² pixels, up to 96², over.
  package var small = 0
  package var medium = 0
  package var large = 0

  /// - Parameters:
  ///   - objects: with the scale of each one's picture.
  init(_ objects: [(annotation: Annotation, scale: Double)]) {
    let sides = objects.map { object in
      let box = object.annotation.box
      return (Double(box.width) * Double(box.height)).squareRoot() * object.scale
    }
    side = ValueSummary(sides)
    sideHistogram = LogHistogram(sides)
    for (annotation, scale) in objects {
      let area = annotation.area * scale * scale
      if area < 32 * 32 {
        small += 1
      } else if area <= 96 * 96 {
        medium += 1
      } else {
        large += 1
      }
    }
  }
}

/// How close objects stand to each other.
package struct CrowdingStatistics: Hashable, Sendable, Encodable {
  package var objectsPerPicture: ValueSummary?
  /// Pictures by the number of their objects, from 0.
  package var pictureHistogram: [Int]
  /// Pictures with two objects or more.
  package var picturesWithPairs: Int
  /// Of these, the mean of the largest IoU between two of their objects; nil without any.
  package var meanLargestIoU: Double?

  /// - Parameter pictures: the boxes of each.
  init(_ pictures: [[Box]]) {
    let counts = pictures.map(\.count)
    objectsPerPicture = ValueSummary(counts.map(Double.init))
    pictureHistogram = Array(repeating: 0, count: (counts.max() ?? 0) + 1)
    for count in counts { pictureHistogram[count] += 1 }
    let largest = pictures.compactMap(Self.largestIoU)
    picturesWithPairs = largest.count
    meanLargestIoU = largest.isEmpty ? nil : largest.reduce(0, +) / Double(largest.count)
  }

  private static func largestIoU(_ boxes: [Box]) -> Double? {
    guard boxes.count > 1 else { return nil }
    var largest: Float = 0
    for (index, box) in boxes.enumerated() {
      for other in boxes[(index + 1)...] {
        let shared = box.clipped(to: other).area
        largest = max(largest, shared / (box.area + other.area - shared))
      }
    }
    return Double(largest)
  }
}
