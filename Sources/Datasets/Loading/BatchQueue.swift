import Foundation

/// The bounded queue behind a loader: slots to fill, in order, and batches that are full.
///
/// `@unchecked Sendable`: everything that changes is reached only while the condition is locked.
/// The pixels of a slot are written outside the lock, by the one worker that took the slot.
final class BatchQueue: @unchecked Sendable {
  /// A batch being made.
  private struct Pending {
    var epoch: Int
    var step: Int
    var size: CanvasSize
    var order: [Int32]
    var positions: Range<Int>
    var buffer: BatchBuffer
    var taken = 0
    var remaining: Int
    var items: [BatchItem?]
    var failure: (any Error)?
  }

  private struct Task {
    var batch: Int
    var index: Int
    var slot: SampleMaker.Slot
    var planes: UnsafeMutablePointer<Float>
  }

  private let samples: SampleMaker
  private let schedule: BatchSchedule
  private let firstBatch: Int
  private let end: Int
  private let condition = NSCondition()
  private var freeBuffers: [BatchBuffer]
  private var pending: [Int: Pending] = [:]
  /// Batches are numbered through all epochs.
  private var nextToBegin: Int
  private var nextToDeliver: Int
  private var order: (epoch: Int, samples: [Int32])?
  private var loans = 0
  private var workers = 0
  private var isStopped = false

  init(samples: SampleMaker, epochs: Range<Int>, firstStep: Int, bufferCount: Int) {
    self.samples = samples
    schedule = samples.schedule
    let steps = schedule.stepsPerEpoch
    firstBatch = epochs.lowerBound * steps + firstStep
    end = epochs.upperBound * steps
    nextToBegin = firstBatch
    nextToDeliver = firstBatch
    let floats = schedule.mostFloats(channels: samples.input.channels)
    freeBuffers = (0..<bufferCount).map { _ in BatchBuffer(count: floats) }
  }

  var loanCount: Int { condition.withLock { loans } }

  func addWorker() { condition.withLock { workers += 1 } }

  /// A worker's life: fills slots until the queue is stopped.
  func work() {
    condition.lock()
    while !isStopped {
      if let task = takeTask() {
        run(task)
      } else {
        condition.wait()
      }
    }
    workers -= 1
    condition.broadcast()
    condition.unlock()
  }

  /// Returns once every worker has finished the slot in its hands.
  func stop() {
    condition.withLock {
      isStopped = true
      condition.broadcast()
      while workers > 0 { condition.wait() }
    }
  }

  /// Waits for, or with no workers makes, the batch that is due.
  func next() throws -> Batch? {
    let due: Pending? = condition.withLock {
      guard nextToDeliver < end else { return nil }
      while pending[nextToDeliver]?.remaining != 0 { advance() }
      guard let done = pending.removeValue(forKey: nextToDeliver) else { return nil }
      nextToDeliver += 1
      loans += 1
      return done
    }
    guard let done = due else { return nil }
    if let failure = done.failure {
      giveBack(done.buffer)
      throw failure
    }
    return Batch(
      epoch: done.epoch, step: done.step, size: done.size, items: compacted(done),
      buffer: done.buffer, input: samples.input,
      giveBack: { [weak self] in self?.giveBack($0) })
  }

  private func advance() {
    precondition(
      !pending.isEmpty || !freeBuffers.isEmpty,
      "all batches are on loan: release one before asking for the next")
    if workers > 0 {
      condition.wait()
    } else if let task = takeTask() {
      run(task)
    }
  }

  private func giveBack(_ buffer: BatchBuffer) {
    condition.withLock {
      freeBuffers.append(buffer)
      loans -= 1
      condition.broadcast()
    }
  }

  /// The next slot to fill; nil while all buffers are in use or nothing is left to do.
  private func takeTask() -> Task? {
    var batch = nextToBegin - 1
    if pending[batch].map({ $0.taken == $0.positions.count }) ?? true {
      guard nextToBegin < end, let buffer = freeBuffers.popLast() else { return nil }
      batch = nextToBegin
      pending[batch] = begin(batch, buffer)
      nextToBegin += 1
    }
    guard let current = pending[batch] else { return nil }
    pending[batch]?.taken += 1
    let slot = SampleMaker.Slot(
      epoch: current.epoch, position: current.positions.lowerBound + current.taken,
      order: current.order, size: current.size)
    return Task(
      batch: batch, index: current.taken, slot: slot,
      planes: current.buffer.floats + current.taken * samples.input.channels * current.size.area)
  }

  private func begin(_ batch: Int, _ buffer: BatchBuffer) -> Pending {
    let (epoch, step) = batch.quotientAndRemainder(dividingBy: schedule.stepsPerEpoch)
    let samples =
      order.flatMap { $0.epoch == epoch ? $0.samples : nil } ?? schedule.order(epoch: epoch)
    order = (epoch, samples)
    let positions = schedule.positions(step: step)
    return Pending(
      epoch: epoch, step: step, size: schedule.size(epoch: epoch, step: step), order: samples,
      positions: positions, buffer: buffer, remaining: positions.count,
      items: Array(repeating: nil, count: positions.count))
  }

  /// Fills a slot with the lock released.
  private func run(_ task: Task) {
    condition.unlock()
    let result = Result { try samples.make(task.slot, into: task.planes) }
    condition.lock()
    switch result {
    case .success(let item): pending[task.batch]?.items[task.index] = item
    case .failure(let error): pending[task.batch]?.failure = error
    }
    pending[task.batch]?.remaining -= 1
    condition.broadcast()
  }

  /// The items there are, their pixels moved together where slots stayed empty.
  private func compacted(_ done: Pending) -> [BatchItem] {
    var items: [BatchItem] = []
    let stride = samples.input.channels * done.size.area
    for (index, item) in done.items.enumerated() {
      guard let item else { continue }
      if items.count < index {
        (done.buffer.floats + items.count * stride).update(
          from: done.buffer.floats + index * stride, count: stride)
      }
      items.append(item)
    }
    return items
  }
}
