extension Picture {
  /// An 8-bit RGB picture of network input, as composing writes it, for looking at: black to white
  /// is 0 to 1, or ±3 deviations where it was normalised by those, rounded and clipped. Of more than
  /// three channels the first three are red, green and blue; of fewer the first is gray.
  ///
  /// - Parameters:
  ///   - planes: `[channels, height, width]`.
  ///   - input: how they were made.
  public convenience init(
    planes: UnsafePointer<Float>, width: Int, height: Int, input: InputFormat = InputFormat()
  ) throws {
    let count = max(0, width) * max(0, height)
    let isStandard = input.normalization.kind == .standard
    let (gain, black): (Float, Float) = isStandard ? (255.0 / 6, 127.5) : (255, 0)
    let pixels = [UInt8](unsafeUninitializedCapacity: 3 * count) { buffer, initialized in
      for channel in 0..<3 {
        let plane = planes + (input.channels < 3 ? 0 : channel) * count
        for index in 0..<count {
          buffer[3 * index + channel] = UInt8(min(255, max(0, plane[index] * gain + black)) + 0.5)
        }
      }
      initialized = 3 * count
    }
    try self.init(pixels: pixels, width: width, height: height)
  }
}
