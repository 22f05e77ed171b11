import CBridge

/// What can go wrong with a picture. `source` is its path, or "bytes in memory".
public enum ImageError: Error, Hashable, CustomStringConvertible {
  case notFound(source: String)
  /// Not a picture, of a kind that is not supported, or not to be opened at all.
  case unreadable(source: String, reason: String)
  /// A picture whose data ends early or contradicts itself.
  case damaged(source: String, reason: String)
  /// A 16-bit picture where 8 bits were asked for.
  case sixteenBits(source: String)
  /// More or fewer channels than a network takes.
  case otherChannels(source: String, has: Int, wanted: Int)
  /// `has`: bits a channel, 32 of floats; `wanted`: in words.
  case otherDepth(source: String, has: Int, wanted: String)
  case writeFailed(source: String, reason: String)
  case outOfMemory(source: String)
  /// A recipe, size or coordinate that cannot be carried out.
  case invalidArgument(reason: String)

  public var description: String {
    switch self {
    case .notFound(let source): "\(source): no such picture file"
    case .unreadable(let source, let reason): "\(source): cannot be read as a picture: \(reason)"
    case .damaged(let source, let reason): "\(source): \(reason)"
    case .sixteenBits(let source):
      "\(source): has 16 bits a channel where 8 are wanted"
    case .otherChannels(let source, let has, let wanted):
      "\(source): has \(has) channels where \(wanted) are taken"
    case .otherDepth(let source, let has, let wanted):
      "\(source): has \(Normalization.depth(bits: has)) where \(wanted)"
    case .writeFailed(let source, let reason): "\(source): cannot be written: \(reason)"
    case .outOfMemory(let source): "\(source): not enough memory"
    case .invalidArgument(let reason): reason
    }
  }

  /// The description without the path that it begins with.
  package func reason(path: String) -> String {
    description.hasPrefix(path + ": ")
      ? String(description.dropFirst(path.count + 2)) : description
  }

  private init(_ status: cb_status, source: String, reason: String) {
    self =
      switch status {
      case CB_NOT_FOUND: .notFound(source: source)
      case CB_TRUNCATED: .damaged(source: source, reason: reason)
      case CB_UNSUPPORTED: .sixteenBits(source: source)
      case CB_WRITE_FAILED: .writeFailed(source: source, reason: reason)
      case CB_OUT_OF_MEMORY: .outOfMemory(source: source)
      case CB_INVALID_ARGUMENT: .invalidArgument(reason: reason)
      default: .unreadable(source: source, reason: reason)
      }
  }

  /// Makes a call of the C boundary and throws what it reports.
  static func check(
    _ source: String,
    _ call: (_ message: UnsafeMutablePointer<CChar>?, _ capacity: Int) -> cb_status
  ) throws(ImageError) {
    let capacity = 512
    var status = CB_OK
    let reason = String(unsafeUninitializedCapacity: capacity) { buffer in
      buffer.withMemoryRebound(to: CChar.self) { message in
        message[0] = 0
        status = call(message.baseAddress, capacity)
        return message.firstIndex(of: 0) ?? 0
      }
    }
    guard status == CB_OK else { throw ImageError(status, source: source, reason: reason) }
  }
}
