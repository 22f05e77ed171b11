import Boxes
import Datasets
import Images
import TestSupport

/// One black picture with a white rectangle for each object, and makers of its samples.
struct RectanglePictures {
  let folder: TemporaryFolder
  let dataset: Dataset
  let pictures: [Picture]

  /// - Parameter rectangles: of each picture, all of 100 × 80 pixels; each an object.
  init(_ rectangles: [[Box]]) throws {
    folder = try TemporaryFolder()
    var pictures: [Picture] = []
    for (index, boxes) in rectangles.enumerated() {
      let picture = try Picture(width: 100, height: 80, filledWith: .black)
      for box in boxes { try picture.drawRectangle(box, colour: .white, thickness: nil) }
      try folder.writePicture("images/\(index).png")
      try picture.write(to: folder.path + "/images/\(index).png")
      let lines = boxes.map {
        "0 \($0.centerX / 100) \($0.centerY / 80) \($0.width / 100) \($0.height / 80)\n"
      }
      try folder.write(lines.joined(), to: "labels/\(index).txt")
      pictures.append(picture)
    }
    let file = try folder.write("train: images\nnames: [a]\n", to: "d.yaml")
    self.pictures = pictures
    dataset = try DataDescription.load(file).dataset(.train)
  }

  func maker(_ change: (inout Augmentation) -> Void) throws -> RecipeMaker {
    var augmentation = Augmentation.none
    change(&augmentation)
    try augmentation.validate()
    return RecipeMaker(dataset: dataset, augmentation: augmentation, seed: 2)
  }

  /// The first plane on a black canvas, 0–1.
  func plane(_ recipe: Recipe) throws -> [Float] {
    var recipe = recipe
    recipe.fill = [0, 0, 0]
    let planes = try recipe.composed(pictures: { pictures[$0] })
    return Array(planes.prefix(recipe.width * recipe.height))
  }

  /// The box around all pixels of at least half of white; nil where there are none.
  func found(_ recipe: Recipe) throws -> Box? {
    let plane = try plane(recipe)
    let bright = plane.indices.filter { plane[$0] > 0.5 }
    guard !bright.isEmpty else { return nil }
    let columns = bright.map { $0 % recipe.width }
    let rows = bright.map { $0 / recipe.width }
    return Box(
      left: Float(columns.min()!), top: Float(rows.min()!), right: Float(columns.max()! + 1),
      bottom: Float(rows.max()! + 1))
  }
}

/// The largest distance between corresponding sides.
func distance(_ a: Box, _ b: Box) -> Float {
  [a.left - b.left, a.top - b.top, a.right - b.right, a.bottom - b.bottom].map(abs).max()!
}
