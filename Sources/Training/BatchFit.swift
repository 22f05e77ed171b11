/// What a run may take of memory.
package struct MemoryBudget: CustomStringConvertible {
  package let bytes: Int
  /// E.g. "4000 MiB".
  package let description: String

  /// Of what is available where nothing was given: the rest is left to other programs, to the page
  /// cache, and to what ``MemoryEstimate`` does not know of.
  static let percent = 60

  /// - Throws: ``TrainingError/readFailed(path:reason:)`` where the system does not tell what is
  ///   available and nothing was given, ``TrainingError/memoryTooLarge(given:available:)``.
  package init(_ settings: TrainingSettings, system: SystemMemory = SystemMemory()) throws {
    if let memory = settings.memory {
      if let available = try? system.available, memory > available >> 20 {
        throw TrainingError.memoryTooLarge(given: memory, available: available >> 20)
      }
      bytes = memory << 20
      description = "\(memory) MiB"
    } else {
      bytes = try system.available / 100 * Self.percent
      description = "\(bytes >> 20) MiB, \(Self.percent) % of the memory available"
    }
  }
}

/// The largest batch that a budget of memory holds.
package struct BatchFit: CustomStringConvertible {
  package let batch: Int
  /// What the run takes with it.
  package let bytes: Int
  private let budget: MemoryBudget
  private let pictures: Int

  /// - Parameters:
  ///   - pictures: of the training split; a batch is never larger.
  ///   - bytes: what a run with batches of so many pictures takes.
  /// - Throws: ``TrainingError/memoryTooSmall(budget:needed:)`` where not one picture fits, and what
  ///   `bytes` throws.
  package init(_ budget: MemoryBudget, pictures: Int, bytes: (Int) throws -> Int) throws {
    self.budget = budget
    self.pictures = pictures
    let most = min(pictures, Self.bound)
    var (fitting, taken) = (1, try bytes(1))
    guard taken <= budget.bytes else {
      throw TrainingError.memoryTooSmall(
        budget: budget.description, needed: Self.mebibytes(taken))
    }
    // The first that is known not to fit, or not allowed. Doubling keeps what is tried small.
    var tooMany = most + 1
    while fitting + 1 < tooMany {
      let doubles = tooMany > most && 2 * fitting <= most
      let next = doubles ? 2 * fitting : (fitting + tooMany) / 2
      let needed = try bytes(next)
      if needed <= budget.bytes { (fitting, taken) = (next, needed) } else { tooMany = next }
    }
    (batch, self.bytes) = (fitting, taken)
  }

  private static let bound = TrainingSettings.batchBounds.upperBound

  private static func mebibytes(_ bytes: Int) -> Int { (bytes + (1 << 20) - 1) >> 20 }

  /// Why it is no larger.
  var reason: String {
    switch batch {
    case pictures: "all \(pictures) training pictures"
    case Self.bound: "the most there may be"
    default: "fits \(budget)"
    }
  }

  package var description: String {
    "batch auto: \(batch) (\(reason)); the run takes about \(Self.mebibytes(bytes)) MiB"
  }
}

extension ResolvedSettings {
  /// From here on the number alone decides: settings.yaml is a recipe that repeats the run anywhere.
  package mutating func take(_ fit: BatchFit) {
    set("batch", to: String(fit.batch), how: fit.reason)
    guard let memory = values.memory else { return }
    set("memory", to: "auto", how: "\(memory) were given; batch was fitted")
  }
}
