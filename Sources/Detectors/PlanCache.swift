import Execution
import Networks

/// What runs inference at the sizes used last, each with its input.
final class PlanCache {
  struct Key: Hashable {
    var batch: Int
    var size: Extent
  }

  /// What runs a batch, and the batch that it reads.
  final class Entry {
    private let run: any DetectorRun
    private let input: UnsafeMutableBufferPointer<Float>

    init(_ run: any DetectorRun) {
      self.run = run
      input = .allocate(capacity: run.batch * run.inputShape.count)
      input.initialize(repeating: 0)
    }

    deinit { input.deallocate() }

    func sample(_ index: Int) -> UnsafeMutablePointer<Float> {
      input.baseAddress! + index * run.inputShape.count
    }

    /// On the engine thread.
    func forward() -> HeadOutputs {
      run.forward(UnsafePointer(input.baseAddress!), targets: nil, RunArguments())
    }

    func reloadVariables() { run.reloadVariables() }
  }

  private let compile: (Key) throws -> any DetectorRun
  private let capacity: Int
  /// The one used last comes last.
  private var entries: [(key: Key, entry: Entry)] = []

  init(capacity: Int, compile: @escaping (Key) throws -> any DetectorRun) {
    self.capacity = capacity
    self.compile = compile
  }

  func entry(_ key: Key) throws -> Entry {
    if let index = entries.firstIndex(where: { $0.key == key }) {
      entries.append(entries.remove(at: index))
    } else {
      if entries.count >= capacity { entries.removeFirst() }
      entries.append((key, Entry(try compile(key))))
    }
    return entries.last!.entry
  }

  func reloadVariables() {
    Engine.shared.run { for (_, entry) in entries { entry.reloadVariables() } }
  }
}
