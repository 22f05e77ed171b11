import Foundation

/// One block of memory that plans lay their values out in. Plans that share an arena must not
/// interleave their runs: a run overwrites what another left.
///
/// `@unchecked Sendable`: touched on the engine thread only.
public final class Arena: @unchecked Sendable {
  private(set) var base = UnsafeMutableRawPointer.allocate(byteCount: 64, alignment: 4096)
  private(set) var bytes = 64

  public init() {}

  deinit { base.deallocate() }

  /// Grows to hold `needed` bytes; what was there is lost.
  func reserve(_ needed: Int) {
    guard needed > bytes else { return }
    base.deallocate()
    base = UnsafeMutableRawPointer.allocate(byteCount: needed, alignment: 4096)
    memset(base, 0, needed)
    bytes = needed
  }
}

/// A range of the arena that holds something from its first to its last use.
final class Buffer {
  let bytes: Int
  let arena: Arena
  /// Positions in the plan's list of kernels.
  fileprivate(set) var firstUse = Int.max
  fileprivate(set) var lastUse = -1
  fileprivate(set) var offset = 0

  init(bytes: Int, in arena: Arena) {
    self.bytes = max(64, (bytes + 63) / 64 * 64)
    self.arena = arena
  }

  func use(at position: Int) {
    firstUse = min(firstUse, position)
    lastUse = max(lastUse, position)
  }

  var pointer: UnsafeMutableRawPointer { arena.base + offset }

  var floats: UnsafeMutablePointer<Float> { pointer.assumingMemoryBound(to: Float.self) }

  var integers: UnsafeMutablePointer<Int32> { pointer.assumingMemoryBound(to: Int32.self) }

  var indices: UnsafeMutablePointer<UInt8> { pointer.assumingMemoryBound(to: UInt8.self) }
}

/// Places buffers so that those in use at the same time do not overlap: the largest first, each at
/// the lowest offset that is free throughout its life.
///
/// Pisarchyk, Lee: *Efficient Memory Management for Deep Neural Net Inference*, 2020, §4.2 (greedy
/// by size).
///
/// - Returns: bytes needed.
func place(_ buffers: [Buffer]) -> Int {
  let order = buffers.indices.filter { buffers[$0].lastUse >= 0 }.sorted {
    (buffers[$0].bytes, $1) > (buffers[$1].bytes, $0)
  }
  var placed: [Buffer] = []
  var end = 0
  for index in order {
    let buffer = buffers[index]
    var offset = 0
    for other in placed
    where other.firstUse <= buffer.lastUse && buffer.firstUse <= other.lastUse {
      if other.offset - offset >= buffer.bytes { break }
      offset = max(offset, other.offset + other.bytes)
    }
    buffer.offset = offset
    let position = placed.firstIndex { $0.offset > offset } ?? placed.count
    placed.insert(buffer, at: position)
    end = max(end, offset + buffer.bytes)
  }
  return end
}
