import CBridge
import Foundation

/// The one thread that runs plans.
///
/// libgomp keeps a team of threads for each thread that calls it, and its thread count is a
/// property of that caller: plans run from wherever a task happens to be would break `--threads`,
/// speed and repeatability.
///
/// `@unchecked Sendable`: its state is guarded by `condition`.
public final class Engine: @unchecked Sendable {
  public static let shared = Engine()

  private let condition = NSCondition()
  private var pending: (() -> Void)?
  private var isReady = false
  private let serial = NSLock()
  private var thread: Thread?
  private var threads = max(1, ProcessInfo.processInfo.activeProcessorCount)

  private init() {}

  /// Threads of the team, the engine thread among them. Set it before anything runs.
  public var threadCount: Int {
    get { condition.withLock { threads } }
    set {
      precondition(newValue > 0, "the engine needs at least one thread")
      condition.withLock { threads = newValue }
      if condition.withLock({ thread != nil }) { run { cb_set_threads(Int32(newValue)) } }
    }
  }

  /// Runs `body` on the engine thread and waits for it. A call from that thread runs at once.
  public func run<Result>(_ body: () throws -> Result) rethrows -> Result {
    if Thread.current === condition.withLock({ thread }) { return try body() }
    return try withoutActuallyEscaping(body) { body in
      try perform(body).get()
    }
  }

  private func perform<Value>(_ body: @escaping () throws -> Value)
    -> Swift.Result<Value, any Error>
  {
    serial.lock()
    defer { serial.unlock() }
    var result: Swift.Result<Value, any Error>?
    start()
    condition.lock()
    isReady = false
    pending = { result = Swift.Result(catching: body) }
    condition.broadcast()
    while !isReady { condition.wait() }
    condition.unlock()
    return result!
  }

  private func start() {
    condition.withLock {
      guard thread == nil else { return }
      let count = threads
      let new = Thread { [self] in
        cb_set_threads(Int32(count))
        serve()
      }
      new.name = "engine"
      new.stackSize = 16 << 20
      thread = new
      new.start()
    }
  }

  private func serve() {
    condition.lock()
    while true {
      while pending == nil { condition.wait() }
      let body = pending!
      pending = nil
      condition.unlock()
      body()
      condition.lock()
      isReady = true
      condition.broadcast()
    }
  }
}

/// Computes `element` for every index below `count` on the engine's team of threads.
///
/// Indices must not depend on each other: the result is then the same for any number of threads.
package func mapOnTeam<Element>(_ count: Int, _ element: (Int) -> Element) -> [Element] {
  Array(unsafeUninitializedCapacity: count) { buffer, initialized in
    let start = buffer.baseAddress!
    withoutActuallyEscaping(element) { element in
      var body: (Int) -> Void = { (start + $0).initialize(to: element($0)) }
      withUnsafeMutablePointer(to: &body) { context in
        cb_parallel(
          count, { $0!.assumingMemoryBound(to: ((Int) -> Void).self).pointee($1) }, context)
      }
    }
    initialized = count
  }
}
