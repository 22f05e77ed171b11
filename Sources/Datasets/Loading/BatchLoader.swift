import Foundation
import Images

/// Makes batches ahead of their use on threads of its own and hands them out strictly in order,
/// the same whatever the number of workers.
public final class BatchLoader {
  public struct Settings: Sendable, Hashable {
    /// Threads; with 0 the caller of ``BatchLoader/next()`` does the work itself.
    public var workers = 2
    /// Batches made ahead, at most.
    public var prefetch = 2
    /// Channels of a batch, and how pixels become network input.
    public var input = InputFormat()

    /// Batches in memory: those made ahead, and the one on loan.
    package var bufferCount: Int { max(1, prefetch) + 1 }

    public init() {}
  }

  private let queue: BatchQueue

  /// - Parameters:
  ///   - epochs: which to go through, one after another without a pause.
  ///   - step: where in the first of them to begin, as after a resume.
  public init(
    maker: RecipeMaker, schedule: BatchSchedule, cache: PictureCache,
    epochs: Range<Int>, step: Int = 0, settings: Settings = Settings()
  ) {
    precondition(
      schedule.samples.allSatisfy { maker.dataset.samples.indices.contains(Int($0)) },
      "the schedule names samples beyond the \(maker.dataset.count) of the data set")
    let samples = SampleMaker(
      maker: maker, schedule: schedule, cache: cache, input: settings.input)
    queue = BatchQueue(
      samples: samples, epochs: epochs, firstStep: step,
      bufferCount: settings.bufferCount)
    for index in 0..<settings.workers {
      let queue = queue
      queue.addWorker()
      let thread = Thread { queue.work() }
      thread.name = "loader \(index)"
      thread.start()
    }
  }

  deinit { queue.stop() }

  /// The next batch; nil after the last of the last epoch.
  ///
  /// With workers it waits for them. At most ``Settings/prefetch`` batches may be on loan while
  /// another is asked for.
  ///
  /// - Throws: the error that kept this batch from being made.
  public func next() throws -> Batch? { try queue.next() }

  /// Batches handed out and not released.
  public var loanCount: Int { queue.loanCount }
}
