import Datasets
import Images

/// recipes.json of a preview: how each sample was made and what it is to teach.
struct PreviewDocument: Encodable {
  struct Target: Encodable {
    var label: String
    var classIndex: Int
    /// Left, top, right, bottom in canvas pixels.
    var box: [Float]
    /// Position among the split's annotations.
    var annotation: Int
    var isPasted: Bool

    private enum CodingKeys: String, CodingKey {
      case label
      case classIndex = "class"
      case box, annotation
      case isPasted = "pasted"
    }
  }

  struct Lost: Encodable {
    /// Objects out of view.
    var outside: Int
    /// Objects of which too little is left.
    var tooLittleLeft: Int
    /// Objects of which too little shows under what hides parts of the sample.
    var hidden: Int
    /// Copies of small objects that found no place.
    var unplacedCopies: Int
  }

  struct Sample: Encodable {
    var sample: Int
    var path: String
    /// Of the recipe's sources, in their order.
    var pictures: [String]
    var recipe: Recipe
    var targets: [Target]
    /// Regions to ignore, as boxes are.
    var ignored: [[Float]]
    var lost: Lost

    init(_ item: BatchItem, _ dataset: Dataset) {
      let targets = item.targets
      let firstPasted = targets.boxes.count - targets.pastedBoxes
      sample = item.sample
      path = item.path
      recipe = item.recipe
      pictures = item.recipe.sources.map { dataset.samples[$0.picture].path }
      self.targets = targets.boxes.indices.map { index in
        let label = Int(targets.classes[index])
        let box = targets.boxes[index]
        return Target(
          label: dataset.classNames[label], classIndex: label,
          box: [box.left, box.top, box.right, box.bottom],
          annotation: Int(targets.annotations[index]), isPasted: index >= firstPasted)
      }
      ignored = targets.ignored.map { [$0.left, $0.top, $0.right, $0.bottom] }
      lost = Lost(
        outside: targets.lost.outside, tooLittleLeft: targets.lost.tooLittleLeft,
        hidden: targets.lost.hidden,
        unplacedCopies: targets.copies.unplaced)
    }
  }

  /// The split's file or folder.
  var data: String
  var seed: UInt64
  /// From 0.
  var epoch: Int
  /// Height and width.
  var size: [Int]
  var samples: [Sample] = []
}
