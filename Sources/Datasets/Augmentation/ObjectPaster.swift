import Boxes
import Images
import RandomNumbers

/// Pastes copies of small objects into one sample, as ``Pasting`` says.
struct ObjectPaster {
  let dataset: Dataset
  let augmentation: Augmentation
  /// Of all pictures; nil unless copies come from ``Pasting/Origin/any``.
  let smallObjects: SmallObjects?
  var generator: KeyedGenerator

  private var pasting: Pasting { augmentation.pasting }

  /// What is to be copied, and its scale on the canvas before a factor is drawn.
  private struct Original {
    var picture: Int
    var annotation: Int
    /// Canvas pixels for a picture pixel.
    var scale: Double
  }

  /// A copy where it is to lie.
  private struct Placement {
    /// Picture point to canvas point.
    var map: Affine
    /// The object on the canvas.
    var box: Box
    /// The part of the picture that is copied: the object and the border that fades.
    var region: Box
    /// That part on the canvas.
    var shown: Box
  }

  /// Something that copies may not hide.
  private struct Obstacle {
    var box: Box
    /// Area that copies cover already, counted twice where they overlap.
    var covered: Float = 0
  }

  /// - Parameter isUsable: as in ``RecipeMaker/make(_:isUsable:)``.
  mutating func paste(
    into result: inout RecipeMaker.Result, isUsable: (Int) -> Bool
  ) {
    let grounds = result.recipe.sources
    var obstacles = (result.targets.boxes + result.targets.ignored).map { Obstacle(box: $0) }
    for original in originals(&result, isUsable) {
      let canvas = Box(
        left: 0, top: 0, right: Float(result.recipe.width), bottom: Float(result.recipe.height))
      guard let placement = place(original, on: canvas, grounds, &obstacles) else {
        result.targets.copies.unplaced += 1
        result.consulted.append(original.picture)
        continue
      }
      result.targets.copies.pasted += 1
      result.targets.pastedBoxes += 1
      result.recipe.sources.append(source(placement, of: original.picture, canvas))
      result.targets.boxes.append(placement.box)
      result.targets.classes.append(dataset.annotations[original.annotation].classIndex)
      result.targets.annotations.append(Int32(original.annotation))
      obstacles.append(Obstacle(box: placement.box))
    }
  }

  /// One for each copy.
  private mutating func originals(
    _ result: inout RecipeMaker.Result, _ isUsable: (Int) -> Bool
  ) -> [Original] {
    switch pasting.origin {
    case .same: return originals(ofSample: result)
    case .any:
      let drawn = originals(for: result.recipe, isUsable)
      result.targets.copies.unplaced += drawn.count { $0 == nil }
      return drawn.compactMap { $0 }
    }
  }

  private mutating func originals(ofSample result: RecipeMaker.Result) -> [Original] {
    var originals: [Original] = []
    for annotation in result.targets.annotations.map(Int.init)
    where dataset.annotations[annotation].isSmall(below: pasting.size)
      && generator.chance(pasting.probability)
    {
      guard
        let source = result.recipe.sources.first(where: {
          dataset.annotations(of: $0.picture).indices.contains(annotation)
        })
      else { preconditionFailure("annotation \(annotation) is in none of the sample's pictures") }
      let original = Original(
        picture: source.picture, annotation: annotation, scale: source.scale)
      originals += Array(repeating: original, count: pasting.copies)
    }
    return originals
  }

  /// Nil where no small object is in a picture that can be used.
  private mutating func originals(
    for recipe: Recipe, _ isUsable: (Int) -> Bool
  ) -> [Original?] {
    guard generator.chance(pasting.probability), let first = recipe.sources.first else { return [] }
    // How much larger than fitted the sample shows its pictures.
    let zoom = first.scale / fit(first.picture, recipe)
    let members = smallObjects?.members ?? []
    return (0..<pasting.copies).map { _ in
      guard !members.isEmpty else { return nil }
      let start = generator.index(below: members.count)
      let usable = (0..<members.count).lazy.map { members[(start + $0) % members.count] }
        .first { isUsable($0.picture) }
      guard let member = usable else { return nil }
      return Original(
        picture: member.picture, annotation: member.annotation,
        scale: zoom * fit(member.picture, recipe))
    }
  }

  /// Canvas pixels for a picture pixel at which the upright picture just fits.
  private func fit(_ picture: Int, _ recipe: Recipe) -> Double {
    let sample = dataset.samples[picture]
    return min(
      Double(recipe.width) / Double(sample.width), Double(recipe.height) / Double(sample.height))
  }

  /// Draws size, orientation and places until one is free; nil where none is found.
  private mutating func place(
    _ original: Original, on canvas: Box, _ grounds: [Recipe.Source],
    _ obstacles: inout [Obstacle]
  ) -> Placement? {
    let scale = original.scale * generator.uniform(1 - pasting.scale, 1 + pasting.scale)
    let turn = Self.turn(
      transposed: generator.chance(augmentation.transpose),
      mirrored: generator.chance(augmentation.horizontalFlip),
      upsideDown: generator.chance(augmentation.verticalFlip), scale: scale)
    let object = dataset.annotations[original.annotation].box
    let region = grown(object, by: pasting.feather / scale, in: dataset.samples[original.picture])
    let size = turn(object)
    guard size.width <= canvas.width, size.height <= canvas.height else { return nil }
    let (spareX, spareY) = (
      Double(canvas.width - size.width) / 2, Double(canvas.height - size.height) / 2
    )
    for _ in 0..<Pasting.tries {
      let map = Affine.translation(
        Double(canvas.centerX) + generator.uniform(-1, 1) * spareX - Double(size.centerX),
        Double(canvas.centerY) + generator.uniform(-1, 1) * spareY - Double(size.centerY)
      ).after(turn)
      let placement = Placement(
        map: map, box: map(object).clipped(to: canvas), region: region,
        shown: map(region).clipped(to: canvas))
      // A copy that would be no target is not pasted.
      guard Double(min(placement.box.width, placement.box.height)) >= augmentation.minimumSide
      else { return nil }
      if isOnPicture(placement.box, grounds), take(placement, &obstacles) { return placement }
    }
    return nil
  }

  private static func turn(
    transposed: Bool, mirrored: Bool, upsideDown: Bool, scale: Double
  ) -> Affine {
    let (sx, sy) = (mirrored ? -scale : scale, upsideDown ? -scale : scale)
    return transposed ? Affine(a: 0, b: sx, c: 0, d: sy, e: 0, f: 0) : .scale(sx, sy)
  }

  private func grown(_ box: Box, by margin: Double, in picture: Sample) -> Box {
    let margin = Float(margin)
    return Box(
      left: box.left - margin, top: box.top - margin, right: box.right + margin,
      bottom: box.bottom + margin
    ).clipped(
      to: Box(left: 0, top: 0, right: Float(picture.width), bottom: Float(picture.height)))
  }

  /// Whether the whole box lies in one of the sample's pictures, not on the fill.
  private func isOnPicture(_ box: Box, _ grounds: [Recipe.Source]) -> Bool {
    grounds.contains { ground in
      let picture = dataset.samples[ground.picture]
      let below = ground.map(box)
      let rectangle = ground.rectangle.map(Float.init)
      return box.left >= rectangle[0] && box.top >= rectangle[1] && box.right <= rectangle[2]
        && box.bottom <= rectangle[3] && below.left >= 0 && below.top >= 0
        && below.right <= Float(picture.width) && below.bottom <= Float(picture.height)
    }
  }

  /// Takes the place if it is free.
  private func take(_ placement: Placement, _ obstacles: inout [Obstacle]) -> Bool {
    let limit = Float(pasting.overlap)
    var hidden: [(index: Int, area: Float)] = []
    for (index, obstacle) in obstacles.enumerated() {
      let area = placement.shown.clipped(to: obstacle.box).area
      guard area > 0 else { continue }
      guard obstacle.covered + area <= limit * obstacle.box.area,
        placement.box.clipped(to: obstacle.box).area <= limit * placement.box.area
      else { return false }
      hidden.append((index, area))
    }
    for (index, area) in hidden { obstacles[index].covered += area }
    return true
  }

  private func source(_ placement: Placement, of picture: Int, _ canvas: Box) -> Recipe.Source {
    guard let inverse = placement.map.inverse else {
      preconditionFailure("a copy is placed at scale 0: settings were not validated")
    }
    let shown = placement.shown
    var source = Recipe.Source(
      picture: picture, canvasToPicture: inverse,
      rectangle: [
        Int(shown.left.rounded(.down)), Int(shown.top.rounded(.down)),
        min(Int(canvas.right), Int(shown.right.rounded(.up))),
        min(Int(canvas.bottom), Int(shown.bottom.rounded(.up))),
      ])
    source.region = placement.region
    source.feather = Float(pasting.feather)
    return source
  }
}

extension Recipe.Source {
  /// Canvas pixels for a picture pixel: the root of how many times areas grow, in perspective in the
  /// middle of the rectangle.
  ///
  /// The Jacobian of `(x, y) ↦ m(x, y) / w` is `det [m; g h 1] / w³`, `w = g x + h y + 1`.
  fileprivate var scale: Double {
    let (m, g, h) = (canvasToPicture, perspective[0], perspective[1])
    let determinant =
      m.a * (m.e - m.f * h) - m.b * (m.d - m.f * g) + m.c * (m.d * h - m.e * g)
    let (x, y) = (
      Double(rectangle[0] + rectangle[2]) / 2, Double(rectangle[1] + rectangle[3]) / 2
    )
    let w = g * x + h * y + 1
    return (abs(w * w * w) / abs(determinant)).squareRoot()
  }
}
