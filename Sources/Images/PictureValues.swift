import CBridge

/// What one channel of a picture holds; values that are not finite are left out.
package struct ChannelSums: Hashable, Sendable {
  package var count: Int
  package var sum: Double
  package var squareSum: Double
  package var minimum: Double
  package var maximum: Double
}

extension Picture {
  /// Sums over the pixels, one for each channel.
  ///
  /// - Parameter histogram: room for `channels · 2^bits` counts, of channel after channel, to which
  ///   those of this picture are added; nil: not counted, as are floats.
  package func channelSums(
    histogram: UnsafeMutablePointer<UInt64>? = nil
  ) throws(ImageError) -> [ChannelSums] {
    var sums = [cb_channel_sums](repeating: cb_channel_sums(), count: channels)
    try ImageError.check("picture") { message, capacity in
      cb_image_measure(handle, &sums, histogram, message, capacity)
    }
    return sums.map {
      ChannelSums(
        count: Int($0.count), sum: $0.sum, squareSum: $0.square_sum, minimum: $0.minimum,
        maximum: $0.maximum)
    }
  }

  /// How many values are NaN or infinite; only floats can be.
  public var nonFiniteCount: Int { Int(cb_image_nonfinite_count(handle)) }

  /// The picture with values that are not finite replaced by the low end of their channel; itself
  /// where there are none.
  package func finite(_ input: InputFormat) throws(ImageError) -> Picture {
    guard nonFiniteCount > 0 else { return self }
    let copy = try copy()
    let lows = (0..<channels).map { input.low(of: $0) }
    cb_image_replace_nonfinite(copy.handle, lows)
    return copy
  }

  /// 8-bit RGB to look at and draw on: channel values `low` and below are black, `high` and above
  /// full. The first three channels are shown; of one or two the first, as gray.
  ///
  /// - Parameters: one value for each channel, in the picture's units.
  package func windowed(low: [Float], high: [Float]) throws(ImageError) -> Picture {
    precondition(low.count >= channels && high.count >= channels, "a window has all channels")
    return Picture(
      owning: try Picture.made("picture") { out, message, capacity in
        cb_image_window(handle, low, high, out, message, capacity)
      })
  }

  /// The picture as a network sees it, in 8-bit RGB to look at and draw on; RGB of 8 bits is
  /// shown as it is.
  public func preview(_ input: InputFormat) throws(ImageError) -> Picture {
    if bits == 8, [3, 4].contains(channels) { return self }
    let windows = (0..<channels).map { input.window(of: $0, bits: bits) }
    return try windowed(low: windows.map(\.low), high: windows.map(\.high))
  }

  /// The same without a network: from the least to the greatest value of each channel.
  package func preview() throws(ImageError) -> Picture {
    if bits == 8, channels == 3 { return self }
    let sums = try channelSums()
    return try windowed(low: sums.map { Float($0.minimum) }, high: sums.map { Float($0.maximum) })
  }
}

extension InputFormat {
  /// Of a picture's channel; gray and the channels that are not taken go by the last that is known.
  private func own(_ channel: Int) -> Normalization.Channel? {
    let known = normalization.channels
    return known.isEmpty ? nil : known[min(channel, known.count - 1)]
  }

  fileprivate func low(of channel: Int) -> Float { own(channel)?.low ?? 0 }

  /// What a preview shows: what is not clipped; of standard two deviations to either side.
  fileprivate func window(of channel: Int, bits: Int) -> (low: Float, high: Float) {
    guard let own = own(channel), own.factor > 0 else {
      let known = own(channel)
      return (known?.low ?? 0, known?.high ?? Float((1 << min(bits, 16)) - 1))
    }
    guard normalization.kind == .standard else { return (own.low, own.high) }
    return (max(own.low, own.offset - 2 / own.factor), min(own.high, own.offset + 2 / own.factor))
  }
}
