import CBridge

extension Recipe {
  /// Executes the recipe and normalises what comes of it: network input.
  ///
  /// Photographs (3 channels of 8 or 16 bits) go through ``compose(pictures:scale:offset:into:)``;
  /// of others three channels after three are resampled in the same way, and changes of colour,
  /// blur, noise and JPEG are left out, which have no meaning there; what is hidden has the value 0.
  /// What no picture covers takes, with linear and percentile, the value that lies as far between
  /// low and high as ``fill`` between 0 and 255; with standard 0, the mean.
  /// Values that are not finite must have been replaced.
  ///
  /// - Parameters:
  ///   - pictures: the picture of a source's index.
  ///   - linearScale: of linear normalisation of three channels: input = pixel (0–255) · scale.
  ///   - planes: room for `[channels, height, width]` floats.
  /// - Throws: ``ImageError``; also for a picture with other channels or another depth than `input`.
  public func compose(
    pictures: (Int) throws -> Picture, input: InputFormat, linearScale: Float = 1 / 255,
    into planes: UnsafeMutablePointer<Float>
  ) throws {
    let used = try sources.map { try pictures($0.picture) }
    for picture in used { try input.check(picture, source: "the picture") }
    // Asked for once: whoever hands them out may decode them.
    let known = Dictionary(
      zip(sources.map(\.picture), used), uniquingKeysWith: { first, _ in first })
    func again(_ index: Int) throws -> Picture { try known[index] ?? pictures(index) }
    guard input.channels == 3, used.allSatisfy({ $0.bits <= 16 }) else {
      try composeChannels(again, input, planes)
      normalize(planes, input)
      return
    }
    guard input.normalization.kind != .linear else {
      try compose(pictures: again, scale: linearScale, into: planes)
      return
    }
    var filled = self
    filled.fill = fill(input)
    try filled.compose(pictures: again, scale: 1, into: planes)
    normalize(planes, input)
  }

  /// The planes in an array of their own; see ``compose(pictures:input:linearScale:into:)``.
  public func composed(pictures: (Int) throws -> Picture, input: InputFormat) throws -> [Float] {
    var planes = [Float](repeating: 0, count: input.channels * max(0, width) * max(0, height))
    try planes.withUnsafeMutableBufferPointer { buffer in
      guard let start = buffer.baseAddress, !buffer.isEmpty else {
        throw ImageError.invalidArgument(reason: "a canvas of \(width)×\(height) has no pixels")
      }
      try compose(pictures: pictures, input: input, into: start)
    }
    return planes
  }

  /// For each channel; a recipe's own stands for red, green, blue and whatever follows.
  private func fill(_ input: InputFormat) -> [Float] {
    (0..<input.channels).map { channel in
      let own = fill.isEmpty ? 0 : fill[min(channel, fill.count - 1)]
      return input.normalization.fill(own, channel: channel)
    }
  }

  /// Three channels at a time, in the way of photographs, but without changes of colour.
  private func composeChannels(
    _ picture: (Int) throws -> Picture, _ input: InputFormat,
    _ planes: UnsafeMutablePointer<Float>
  ) throws {
    let fill = fill(input)
    let size = width * height
    for first in stride(from: 0, to: input.channels, by: 3) {
      var part = Recipe(width: width, height: height, sources: sources)
      part.fill = (first..<first + 3).map { fill[min($0, input.channels - 1)] }
      (part.finish.hidden, part.finish.grid) = (finish.hidden, finish.grid)
      let count = min(3, input.channels - first)
      let target = planes + first * size
      guard count < 3 else {
        try part.compose(pictures: { try picture($0).triple(from: first) }, scale: 1, into: target)
        continue
      }
      let all = try part.composed(
        pictures: { try picture($0).triple(from: first) }, scale: 1)
      all.withUnsafeBufferPointer { target.update(from: $0.baseAddress!, count: count * size) }
    }
  }

  private func normalize(_ planes: UnsafeMutablePointer<Float>, _ input: InputFormat) {
    let channels = (0..<input.channels).map { index in
      let channel = input.normalization.composed(index)
      return cb_normalization(
        low: channel.low, high: channel.high, offset: channel.offset, factor: channel.factor)
    }
    cb_normalize(planes, width * height, Int32(input.channels), channels)
  }
}
