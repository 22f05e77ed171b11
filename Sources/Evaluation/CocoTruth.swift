/// The objects that are there: what detections are held against.
///
/// Objects and detections name their image and class by position in ``imageIDs`` and
/// ``categories``; the ids themselves appear only in files and in the order of images.
package struct CocoTruth: Sendable {
  /// Each image's id. Detections of equal score rank by ascending image id, as in pycocotools.
  package var imageIDs: [Int]
  package var categories: [CocoCategory]
  package var objects: [CocoObject]

  package init(imageIDs: [Int], categories: [CocoCategory], objects: [CocoObject]) {
    self.imageIDs = imageIDs
    self.categories = categories
    self.objects = objects
  }

  /// A set without ids of its own: images and categories are numbered from 1.
  package init(labels: [String], imageCount: Int, objects: [CocoObject]) {
    self.init(
      imageIDs: Array(1..<imageCount + 1),
      categories: labels.enumerated().map { CocoCategory(id: $0.offset + 1, label: $0.element) },
      objects: objects)
  }
}

package struct CocoCategory: Hashable, Sendable {
  package var id: Int
  package var label: String

  package init(id: Int, label: String) {
    self.id = id
    self.label = label
  }
}

/// A box as COCO's files have it: top-left corner and size, pixels.
package struct CocoBox: Hashable, Sendable {
  package var x: Double
  package var y: Double
  package var width: Double
  package var height: Double

  package init(x: Double, y: Double, width: Double, height: Double) {
    self.x = x
    self.y = y
    self.width = width
    self.height = height
  }

  package var area: Double { width * height }

  /// The part of both boxes over the part of either; of a crowd, over this box's own area, since a
  /// crowd's box says only that objects are somewhere inside. Zero where a box has no area.
  package func overlap(with truth: CocoBox, isCrowd: Bool) -> Double {
    let width = min(self.width + x, truth.width + truth.x) - max(x, truth.x)
    guard width > 0 else { return 0 }
    let height = min(self.height + y, truth.height + truth.y) - max(y, truth.y)
    guard height > 0 else { return 0 }
    let shared = width * height
    return shared / (isCrowd ? area : area + truth.area - shared)
  }
}

/// One true object.
package struct CocoObject: Hashable, Sendable {
  package var image: Int
  package var category: Int
  package var box: CocoBox
  /// Decides the object's size class. In COCO's files this is the mask's area, not the box's.
  package var area: Double
  /// A region of many objects: any number of detections may match it, and none of them counts.
  package var isCrowd: Bool
  /// Neither finding nor missing it counts, as for VOC's difficult objects. A crowd always is.
  package var isIgnored: Bool

  package init(
    image: Int, category: Int, box: CocoBox, area: Double? = nil, isCrowd: Bool = false,
    isIgnored: Bool = false
  ) {
    self.image = image
    self.category = category
    self.box = box
    self.area = area ?? box.area
    self.isCrowd = isCrowd
    self.isIgnored = isIgnored || isCrowd
  }
}

/// One detected object.
package struct CocoDetection: Hashable, Sendable {
  package var image: Int
  package var category: Int
  package var box: CocoBox
  package var score: Double

  package init(image: Int, category: Int, box: CocoBox, score: Double) {
    self.image = image
    self.category = category
    self.box = box
    self.score = score
  }
}
