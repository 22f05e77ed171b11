import CBridge
import Synchronization

/// A decoded picture: interleaved rows without gaps, 1 (gray), 3 (RGB), 4 (RGBA) or, as of sensors
/// that are no cameras, 2 to 16 channels of 8 or 16 bits or of 32-bit floats.
///
/// `@unchecked Sendable`: the pixels are written only by methods that mutate a picture its caller
/// owns alone (drawing, ``withMutablePixels(_:)``); everything else reads, and the smaller copies
/// that composing keeps are made under a lock.
public final class Picture: @unchecked Sendable {
  package let handle: OpaquePointer
  /// Made while composing, by their first channel; see ``triple(from:)``.
  private let triples = Mutex<[Int: Picture]>([:])

  /// What holds the pixels, where that is not the handle.
  private let owner: AnyObject?

  package init(owning handle: OpaquePointer) {
    self.handle = handle
    owner = nil
  }

  /// A picture for reading only whose pixels lie in `owner`, with 16 readable bytes behind them.
  package init(
    _ layout: cb_image_layout, pixels: UnsafeRawPointer, in owner: AnyObject
  ) throws(ImageError) {
    let pixels = pixels.assumingMemoryBound(to: UInt8.self)
    handle = try Picture.made("stored picture") { out, message, capacity in
      cb_image_borrow(layout, pixels, out, message, capacity)
    }
    self.owner = owner
  }

  package var layout: cb_image_layout { cb_image_get_layout(handle) }

  deinit { cb_image_destroy(handle) }

  /// An 8-bit picture copied from interleaved rows.
  ///
  /// - Parameter channels: 1 … 16.
  public convenience init(pixels: [UInt8], width: Int, height: Int, channels: Int = 3) throws {
    try Picture.checkCount(pixels.count, width, height, channels)
    try self.init(
      owning: Picture.made("picture") { out, message, capacity in
        cb_image_create(
          pixels, Int32(width), Int32(height), Int32(channels), out, message, capacity)
      })
  }

  /// A 16-bit picture copied from interleaved rows.
  ///
  /// - Parameter channels: 1 … 16.
  public convenience init(pixels: [UInt16], width: Int, height: Int, channels: Int = 3) throws {
    try Picture.checkCount(pixels.count, width, height, channels)
    try self.init(
      owning: Picture.made("picture") { out, message, capacity in
        cb_image_create_16(
          pixels, Int32(width), Int32(height), Int32(channels), out, message, capacity)
      })
  }

  /// A picture of 32-bit floats copied from interleaved rows.
  ///
  /// - Parameter channels: 1 … 16.
  public convenience init(pixels: [Float], width: Int, height: Int, channels: Int = 3) throws {
    try Picture.checkCount(pixels.count, width, height, channels)
    try self.init(
      owning: Picture.made("picture") { out, message, capacity in
        cb_image_create_float(
          pixels, Int32(width), Int32(height), Int32(channels), out, message, capacity)
      })
  }

  /// A picture of one colour.
  public convenience init(width: Int, height: Int, filledWith colour: Colour) throws {
    let one = [colour.red, colour.green, colour.blue]
    let count = max(0, width) * max(0, height)
    try self.init(
      pixels: [UInt8](unsafeUninitializedCapacity: 3 * count) { buffer, initialized in
        for index in 0..<3 * count { buffer.initializeElement(at: index, to: one[index % 3]) }
        initialized = 3 * count
      }, width: width, height: height)
  }

  private var info: cb_image_info { cb_image_get_info(handle) }

  public var width: Int { Int(info.width) }
  public var height: Int { Int(info.height) }
  /// 1 (gray), 3 (RGB), 4 (RGBA), or any other number up to 16.
  public var channels: Int { Int(info.channels) }
  /// Bits a channel: 8, 16, or 32 of floats.
  public var bits: Int { Int(info.bits) }
  /// Width before decoding at reduced size; recipes and boxes are stated in these pixels.
  public var originalWidth: Int { Int(info.original_width) }
  /// Height before decoding at reduced size; recipes and boxes are stated in these pixels.
  public var originalHeight: Int { Int(info.original_height) }
  /// Full-size pixels along each side of one of this picture's: 1, 2, 4 or 8.
  public var reduction: Int { Int(info.reduction) }
  /// Bytes held: the pixels, and the copies that composing has made of them so far.
  package var byteCount: Int {
    triples.withLock { $0.values.reduce(cb_image_byte_count(handle)) { $0 + $1.byteCount } }
  }

  /// Bytes held once it was composed, but for smaller copies.
  package var composedByteCount: Int {
    let pixels = width * height * bits / 8
    return pixels * channels + (isComposedWhole ? 0 : pixels * ((channels + 2) / 3 * 3))
  }

  /// Whether composing reads all that it needs from the picture itself.
  private var isComposedWhole: Bool {
    bits == 32 ? channels == 3 : channels == 1 || channels == 3
  }

  /// Three channels from `first` on, made once and kept; after the last one it is repeated. Gray and
  /// the first three of a photograph are the picture itself, which is composed as it is.
  func triple(from first: Int) throws(ImageError) -> Picture {
    if first == 0, isComposedWhole || bits <= 16 && channels == 4 { return self }
    if let known = triples.withLock({ $0[first] }) { return known }
    let made = Picture(
      owning: try Picture.made("picture") { out, message, capacity in
        cb_image_triple(handle, Int32(first), out, message, capacity)
      })
    return triples.withLock {
      let kept = $0[first] ?? made
      $0[first] = kept
      return kept
    }
  }

  private var sampleCount: Int { width * height * channels }

  /// The samples of an 8-bit picture, row by row; valid inside `body` only.
  public func withPixels<Result>(
    _ body: (UnsafeBufferPointer<UInt8>) throws -> Result
  ) rethrows -> Result {
    precondition(bits == 8, "withPixels needs an 8-bit picture; this one has \(bits) bits")
    defer { withExtendedLifetime(self) {} }
    let start = cb_image_pixels(handle)!.assumingMemoryBound(to: UInt8.self)
    return try body(UnsafeBufferPointer(start: start, count: sampleCount))
  }

  /// The samples of a 16-bit picture, row by row; valid inside `body` only.
  public func with16BitPixels<Result>(
    _ body: (UnsafeBufferPointer<UInt16>) throws -> Result
  ) rethrows -> Result {
    precondition(bits == 16, "with16BitPixels needs a 16-bit picture; this one has \(bits) bits")
    defer { withExtendedLifetime(self) {} }
    let start = cb_image_pixels(handle)!.assumingMemoryBound(to: UInt16.self)
    return try body(UnsafeBufferPointer(start: start, count: sampleCount))
  }

  /// The samples of a picture of floats, row by row; valid inside `body` only.
  public func withFloatPixels<Result>(
    _ body: (UnsafeBufferPointer<Float>) throws -> Result
  ) rethrows -> Result {
    precondition(bits == 32, "withFloatPixels needs a picture of floats; this one has \(bits) bits")
    defer { withExtendedLifetime(self) {} }
    let start = cb_image_pixels(handle)!.assumingMemoryBound(to: Float.self)
    return try body(UnsafeBufferPointer(start: start, count: sampleCount))
  }

  /// The samples of an 8-bit picture for writing. The caller must be the only one to use it.
  public func withMutablePixels<Result>(
    _ body: (UnsafeMutableBufferPointer<UInt8>) throws -> Result
  ) rethrows -> Result {
    precondition(bits == 8, "withMutablePixels needs an 8-bit picture; this one has \(bits) bits")
    defer { withExtendedLifetime(self) {} }
    triples.withLock { $0 = [:] }
    let start = cb_image_mutable_pixels(handle)!.assumingMemoryBound(to: UInt8.self)
    return try body(UnsafeMutableBufferPointer(start: start, count: sampleCount))
  }

  /// A picture of its own with the same pixels.
  public func copy() throws(ImageError) -> Picture {
    Picture(
      owning: try Picture.made("picture") { out, message, capacity in
        cb_image_copy(handle, out, message, capacity)
      })
  }

  /// A copy of 8 bits a channel: a 16-bit value divided by 257 and rounded.
  public func narrowedTo8Bits() throws -> Picture {
    guard bits == 16 else { return try copy() }
    let narrow = with16BitPixels { $0.map { UInt8((UInt32($0) + 128) / 257) } }
    return try Picture(pixels: narrow, width: width, height: height, channels: channels)
  }

  /// The handle that a call of the C boundary hands out.
  static func made(
    _ source: String,
    _ call: (UnsafeMutablePointer<OpaquePointer?>, UnsafeMutablePointer<CChar>?, Int) -> cb_status
  ) throws(ImageError) -> OpaquePointer {
    var handle: OpaquePointer?
    try ImageError.check(source) { message, capacity in call(&handle, message, capacity) }
    return handle!
  }

  /// As many as TIFF files of sensors commonly have; the shim's limit.
  public static let mostChannels = 16

  private static func checkCount(
    _ count: Int, _ width: Int, _ height: Int, _ channels: Int
  ) throws(ImageError) {
    let limit = 1 << 28
    guard (1...limit).contains(width), (1...limit).contains(height),
      (1...mostChannels).contains(channels)
    else {
      throw .invalidArgument(
        reason: "a picture of \(width)×\(height) pixels and \(channels) channels cannot be made")
    }
    guard count == width * height * channels else {
      throw .invalidArgument(
        reason: "\(width)×\(height) pixels of \(channels) channels are "
          + "\(width * height * channels) samples, not \(count)")
    }
  }
}
