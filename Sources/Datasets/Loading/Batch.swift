import Images

/// One picture of a batch.
public struct BatchItem: Sendable, Hashable {
  /// Index in the data set.
  public var sample: Int
  public var path: String
  public var recipe: Recipe
  public var targets: Targets
}

/// A batch in one of its loader's buffers, on loan until ``release()`` or until nothing refers to
/// it any more.
///
/// `@unchecked Sendable`: the loader hands a batch to one consumer, and writes the buffer again only
/// after it came back.
public final class Batch: @unchecked Sendable {
  public let epoch: Int
  public let step: Int
  public let size: CanvasSize
  /// One for each picture that could be read: in training as many as the batch size.
  public let items: [BatchItem]
  /// How its pixels were made.
  public let input: InputFormat

  private let buffer: BatchBuffer
  private let giveBack: @Sendable (BatchBuffer) -> Void
  private var isReleased = false

  init(
    epoch: Int, step: Int, size: CanvasSize, items: [BatchItem], buffer: BatchBuffer,
    input: InputFormat, giveBack: @escaping @Sendable (BatchBuffer) -> Void
  ) {
    self.epoch = epoch
    self.step = step
    self.size = size
    self.items = items
    self.buffer = buffer
    self.input = input
    self.giveBack = giveBack
  }

  deinit { release() }

  /// `[items.count, input.channels, size.height, size.width]`, planes (of 3 channels RGB), aligned
  /// to 64 bytes.
  public var pixels: UnsafeMutablePointer<Float> {
    precondition(!isReleased, "a batch's pixels are gone once it is released")
    return buffer.floats
  }

  /// Objects of the batch's pictures that are no targets.
  public var lost: LostBoxes {
    var sum = LostBoxes()
    for item in items { sum += item.targets.lost }
    return sum
  }

  /// Copies of small objects that were pasted into the batch's pictures, or should have been.
  public var copies: CopyCounts {
    var sum = CopyCounts()
    for item in items { sum += item.targets.copies }
    return sum
  }

  /// Lets the loader fill the buffer again. Once is enough.
  public func release() {
    guard !isReleased else { return }
    isReleased = true
    giveBack(buffer)
  }
}

/// Memory for the pixels of one batch.
///
/// `@unchecked Sendable`: whoever holds it writes: first the workers, each its own slot, then the
/// consumer.
final class BatchBuffer: @unchecked Sendable {
  let floats: UnsafeMutablePointer<Float>
  private let raw: UnsafeMutableRawPointer

  init(count: Int) {
    raw = .allocate(byteCount: count * MemoryLayout<Float>.stride, alignment: 64)
    floats = raw.bindMemory(to: Float.self, capacity: count)
  }

  deinit { raw.deallocate() }
}
