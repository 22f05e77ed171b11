extension Picture {
  /// An 8-bit RGB picture of planes as composing writes them, rounded and kept within 0–255.
  ///
  /// - Parameters:
  ///   - planes: `[3, height, width]`: red, green, blue.
  ///   - scale: plane = pixel · scale + offset, as they were composed; not 0.
  ///   - offset: see `scale`.
  public convenience init(
    planes: UnsafePointer<Float>, width: Int, height: Int, scale: Float = 1 / 255,
    offset: Float = 0
  ) throws {
    let count = max(0, width) * max(0, height)
    let pixels = [UInt8](unsafeUninitializedCapacity: 3 * count) { buffer, initialized in
      for channel in 0..<3 {
        for index in 0..<count {
          let value = (planes[channel * count + index] - offset) / scale
          buffer[3 * index + channel] = UInt8(min(255, max(0, value)) + 0.5)
        }
      }
      initialized = 3 * count
    }
    try self.init(pixels: pixels, width: width, height: height)
  }
}
