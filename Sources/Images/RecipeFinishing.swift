import CBridge

extension Recipe.Finish {
  /// Executes the changes on a composed canvas; costs nothing where there are none.
  ///
  /// - Parameters:
  ///   - scale: value = pixel · scale + offset, pixel in 0–255.
  ///   - planes: `[3, height, width]`.
  /// - Throws: ``ImageError/invalidArgument(reason:)`` for a number out of its range.
  func apply(
    to planes: UnsafeMutablePointer<Float>, width: Int, height: Int, scale: Float, offset: Float
  ) throws {
    guard self != Recipe.Finish() else { return }
    guard hidden.allSatisfy({ $0.count == 4 }) else {
      throw ImageError.invalidArgument(reason: "a hidden rectangle has 4 sides")
    }
    guard grid.map({ $0.period > 0 }) ?? true else {
      throw ImageError.invalidArgument(reason: "a grid's period must be positive")
    }
    let rectangles = hidden.joined().map(Int32.init(clamping:))
    try rectangles.withUnsafeBufferPointer { rectangles in
      var finish = cb_finish(
        width: Int32(clamping: width), height: Int32(clamping: height), scale: scale,
        offset: offset, hidden: rectangles.baseAddress, hidden_count: hidden.count,
        grid_period: Int32(clamping: grid?.period ?? 0),
        grid_side: Int32(clamping: grid?.side ?? 0), grid_x: Int32(clamping: grid?.x ?? 0),
        grid_y: Int32(clamping: grid?.y ?? 0), blur_radius: blurRadius, noise_deviation: noise,
        noise_key: noiseKey, jpeg_quality: Int32(clamping: jpegQuality ?? 0))
      try ImageError.check("recipe") { message, capacity in
        cb_finish_canvas(&finish, planes, message, capacity)
      }
    }
  }
}
