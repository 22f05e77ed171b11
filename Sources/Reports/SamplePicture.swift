import Boxes
import Datasets
import Images

/// A training sample as the network gets it, with the boxes it is to find.
package struct SamplePicture {
  private let picture: Picture
  package let targets: Targets
  private let classNames: [String]

  /// - Parameters:
  ///   - planes: `[channels, size.height, size.width]`; copied.
  ///   - classNames: what class indices mean.
  package init(
    planes: UnsafePointer<Float>, size: CanvasSize, targets: Targets, classNames: [String],
    input: InputFormat = InputFormat()
  ) throws {
    picture = try Picture(
      planes: planes, width: size.width, height: size.height, input: input)
    self.targets = targets
    self.classNames = classNames
  }

  /// At most `width` pixels wide, its shape kept. Pasted objects are marked with a plus; regions to
  /// ignore are gray.
  ///
  /// - Parameter namesClasses: false: colours alone tell the classes.
  package func drawn(width: Int = .max, namesClasses: Bool = true) throws -> Picture {
    let width = min(width, picture.width)
    let height = max(1, (picture.height * width + picture.width / 2) / picture.width)
    let map = Affine.scale(
      Double(width) / Double(picture.width), Double(height) / Double(picture.height))
    let canvas = try fitted(width, height)
    for box in targets.ignored {
      try canvas.draw(map(box), colour: .field, label: namesClasses ? "ignored" : nil)
    }
    let firstPasted = targets.boxes.count - targets.pastedBoxes
    for (index, box) in targets.boxes.enumerated() {
      let label = Int(targets.classes[index])
      let parts = (namesClasses ? [classNames[label]] : []) + (index >= firstPasted ? ["+"] : [])
      try canvas.draw(
        map(box), colour: .ofClass(label),
        label: parts.isEmpty ? nil : parts.joined(separator: " "))
    }
    return canvas
  }

  private func fitted(_ width: Int, _ height: Int) throws -> Picture {
    guard width < picture.width else { return try picture.copy() }
    let recipe = Recipe(
      width: width, height: height,
      sources: [
        Recipe.Source(
          picture: 0,
          canvasToPicture: .scale(
            Double(picture.width) / Double(width), Double(picture.height) / Double(height)),
          rectangle: [0, 0, width, height])
      ])
    return try Picture(
      planes: recipe.composed(pictures: { _ in picture }), width: width, height: height)
  }
}
