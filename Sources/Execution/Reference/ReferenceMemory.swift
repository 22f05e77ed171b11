/// One block of memory for all that a reference plan holds, handed out piece by piece.
///
/// Every piece is written before it is read, except those that are asked for as zero.
final class ReferenceMemory<Scalar: ReferenceScalar> {
  /// Pieces start at multiples of this many elements: 64 bytes for Float.
  private static var alignment: Int { 16 }

  let bytes: Int
  private let base: UnsafeMutablePointer<Scalar>
  private let capacity: Int
  private var used = 0

  /// - Parameter pieces: elements of each piece that will be asked for.
  init(pieces: [Int]) {
    capacity = pieces.map(Self.rounded).reduce(0, +)
    bytes = max(64, capacity * MemoryLayout<Scalar>.stride)
    base = UnsafeMutableRawPointer.allocate(byteCount: bytes, alignment: 64)
      .bindMemory(to: Scalar.self, capacity: capacity)
  }

  deinit { UnsafeMutableRawPointer(base).deallocate() }

  func take(_ count: Int) -> UnsafeMutablePointer<Scalar> {
    precondition(used + Self.rounded(count) <= capacity, "more memory taken than announced")
    defer { used += Self.rounded(count) }
    return base + used
  }

  func takeZeros(_ count: Int) -> UnsafeMutablePointer<Scalar> {
    let piece = take(count)
    piece.update(repeating: 0, count: count)
    return piece
  }

  private static func rounded(_ count: Int) -> Int {
    (count + alignment - 1) / alignment * alignment
  }
}
