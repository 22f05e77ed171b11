import Boxes
import CBridge

extension Recipe {
  /// Executes the recipe: every source resampled once, colour changed, written as planes, and what
  /// ``finish`` says done to them.
  ///
  /// Sampling is bilinear at half-integer pixel centres; where the map shrinks by more than 2, an
  /// area-averaged smaller copy is read, which the picture keeps. Inside a source's rectangle the
  /// points that fall inside its picture and region are written, blended with what is there after
  /// the change of colour. Gray counts as RGB of equal parts, alpha is ignored, 16-bit values are
  /// divided by 257.
  ///
  /// - Parameters:
  ///   - pictures: the picture of a source's index; full-size or decoded at reduced size.
  ///   - scale: output = pixel · scale + offset, pixel in 0–255.
  ///   - offset: see `scale`.
  ///   - planes: room for `[3, height, width]` floats: red, green, blue.
  /// - Throws: ``ImageError/invalidArgument(reason:)`` for a rectangle that leaves the canvas, a
  ///   matrix that is not finite, a negative gain, an opacity beyond 0–1 or an inverted region; see
  ///   ``Finish`` for its numbers.
  public func compose(
    pictures: (Int) throws -> Picture, scale: Float = 1 / 255, offset: Float = 0,
    into planes: UnsafeMutablePointer<Float>
  ) throws {
    guard fill.count == 3 else {
      throw ImageError.invalidArgument(reason: "a fill has 3 channels, not \(fill.count)")
    }
    let used = try sources.map { try pictures($0.picture) }
    let bridged = try zip(sources, used).map { source, picture in try source.bridged(picture) }
    defer { withExtendedLifetime(used) {} }
    try bridged.withUnsafeBufferPointer { bridged in
      var recipe = cb_recipe(
        width: Int32(clamping: width), height: Int32(clamping: height),
        sources: bridged.baseAddress, source_count: bridged.count,
        fill: (fill[0], fill[1], fill[2]), hue_shift: hueShift, saturation_gain: saturationGain,
        value_gain: valueGain, brightness: tone.brightness, contrast: tone.contrast,
        gray: tone.isGray, scale: scale, offset: offset)
      try ImageError.check("recipe") { message, capacity in
        cb_compose(&recipe, planes, message, capacity)
      }
    }
    try finish.apply(to: planes, width: width, height: height, scale: scale, offset: offset)
  }

  /// The planes in an array of their own; see ``compose(pictures:scale:offset:into:)``.
  public func composed(
    pictures: (Int) throws -> Picture, scale: Float = 1 / 255, offset: Float = 0
  ) throws -> [Float] {
    var planes = [Float](repeating: 0, count: 3 * max(0, width) * max(0, height))
    try planes.withUnsafeMutableBufferPointer { buffer in
      guard let start = buffer.baseAddress, !buffer.isEmpty else {
        throw ImageError.invalidArgument(reason: "a canvas of \(width)×\(height) has no pixels")
      }
      try compose(pictures: pictures, scale: scale, offset: offset, into: start)
    }
    return planes
  }
}

extension Recipe.Source {
  func bridged(_ picture: Picture) throws(ImageError) -> cb_source {
    guard rectangle.count == 4 else {
      throw .invalidArgument(reason: "a source's rectangle has 4 sides, not \(rectangle.count)")
    }
    guard perspective.count == 2 else {
      throw .invalidArgument(
        reason: "a source's perspective has 2 numbers, not \(perspective.count)")
    }
    let map = canvasToPicture
    let region =
      region
      ?? Box(
        left: 0, top: 0, right: Float(picture.originalWidth), bottom: Float(picture.originalHeight))
    return cb_source(
      image: picture.handle, matrix: (map.a, map.b, map.c, map.d, map.e, map.f),
      perspective: (perspective[0], perspective[1]),
      left: Int32(clamping: rectangle[0]), top: Int32(clamping: rectangle[1]),
      right: Int32(clamping: rectangle[2]), bottom: Int32(clamping: rectangle[3]),
      region: (
        Double(region.left), Double(region.top), Double(region.right), Double(region.bottom)
      ), opacity: opacity, feather: feather)
  }
}
