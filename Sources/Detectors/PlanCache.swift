import Execution
import Networks

/// Inference plans of the sizes used last, each with its input. They share one arena.
final class PlanCache {
  struct Key: Hashable {
    var batch: Int
    var size: Extent
  }

  /// A plan and the batch that it reads.
  final class Entry {
    let plan: any Plan<Float>
    let input: UnsafeMutableBufferPointer<Float>

    init(_ plan: any Plan<Float>) {
      self.plan = plan
      input = .allocate(capacity: plan.batch * plan.inputShapes[0].count)
      input.initialize(repeating: 0)
      let pointer = UnsafePointer(input.baseAddress!)
      Engine.shared.run { plan.bind(input: 0, to: pointer) }
    }

    deinit { input.deallocate() }

    func sample(_ index: Int) -> UnsafeMutablePointer<Float> {
      input.baseAddress! + index * plan.inputShapes[0].count
    }
  }

  private let compile: (Key) throws -> any Plan<Float>
  private let capacity: Int
  /// The one used last comes last.
  private var entries: [(key: Key, entry: Entry)] = []

  init(capacity: Int, compile: @escaping (Key) throws -> any Plan<Float>) {
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
    Engine.shared.run { for (_, entry) in entries { entry.plan.reloadVariables() } }
  }
}
