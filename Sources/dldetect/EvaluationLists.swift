import ArgumentParser
import Evaluation

/// Overlap thresholds: `0.5,0.75`, a range `0.5:0.95:0.05`, or both.
struct OverlapList {
  let thresholds: [Double]

  @Sendable init(parsing text: String) throws {
    let parts = text.split(separator: ",", omittingEmptySubsequences: false)
    let all = try parts.flatMap { try Self.range(String($0)) }
    guard all.count <= 64, Set(all).count == all.count else {
      throw ValidationError("expected 1 to 64 different thresholds")
    }
    thresholds = all
  }

  private static func range(_ text: String) throws -> [Double] {
    let numbers = text.split(separator: ":", omittingEmptySubsequences: false).map { Double($0) }
    let expected = ValidationError(
      "expected thresholds above 0 and up to 1, as 0.5,0.75 or low:high:step")
    guard let low = numbers[0], low > 0, low <= 1 else { throw expected }
    if numbers.count == 1 { return [low] }
    guard numbers.count == 3, let high = numbers[1], let step = numbers[2], high > low, high <= 1,
      step > 0
    else { throw expected }
    let count = ((high - low) / step).rounded()
    guard count <= 1000, abs(low + count * step - high) < 1e-9 else {
      throw ValidationError("the step of \(text) must go up in its range")
    }
    // numpy's linspace, which made COCO's thresholds: its last is the given end.
    let exact = (high - low) / count
    return (0..<Int(count)).map { Double($0) * exact + low } + [high]
  }
}

/// How many detections count: `1,10,100`.
struct LimitList {
  let limits: [Int]

  @Sendable init(parsing text: String) throws {
    let numbers = text.split(separator: ",", omittingEmptySubsequences: false).map { Int($0) }
    limits = numbers.compactMap(\.self).filter { $0 > 0 }
    guard limits.count == numbers.count, Set(limits).count == limits.count else {
      throw ValidationError("expected different positive numbers, as 1,10,100")
    }
  }
}

/// Ranges of areas: `tiny=0-256,small=256-1024,rest=1024-inf`.
struct AreaList {
  let ranges: [AreaRange]

  @Sendable init(parsing text: String) throws {
    ranges = try text.split(separator: ",", omittingEmptySubsequences: false).map {
      try Self.range(String($0))
    }
    let names = ranges.map(\.name)
    guard Set(names).count == names.count, !names.contains(AreaRange.all.name) else {
      throw ValidationError("expected different names, none of them '\(AreaRange.all.name)'")
    }
  }

  private static func range(_ text: String) throws -> AreaRange {
    let parts = text.split(separator: "=", omittingEmptySubsequences: false)
    let ends = parts.count == 2 ? parts[1].split(separator: "-") : []
    guard ends.count == 2, !parts[0].isEmpty, let low = Double(ends[0]),
      // COCO's bound where there is none.
      let high = ends[1] == "inf" ? AreaRange.all.upper : Double(ends[1]),
      low.isFinite, high.isFinite, low >= 0, low < high
    else {
      throw ValidationError("expected ranges of square pixels, as small=0-1024,large=1024-inf")
    }
    return AreaRange(name: String(parts[0]), lower: low, upper: high)
  }
}

/// What is to be reached: `precision=0.9,recall=0.8,fppi=0.1`.
struct OperatingTargetList {
  let targets: [OperatingTarget]

  @Sendable init(parsing text: String) throws {
    targets = try text.split(separator: ",", omittingEmptySubsequences: false).map {
      try Self.target(String($0))
    }
  }

  private static func target(_ text: String) throws -> OperatingTarget {
    let parts = text.split(separator: "=", omittingEmptySubsequences: false)
    if parts.count == 2, let value = Double(parts[1]), value.isFinite {
      switch parts[0] {
      case "precision" where value > 0 && value <= 1: return .precision(value)
      case "recall" where value > 0 && value <= 1: return .recall(value)
      case "fppi" where value >= 0: return .falsePositivesPerImage(value)
      default: break
      }
    }
    throw ValidationError(
      "'\(text)' is no target; expected precision or recall above 0 and up to 1, or fppi of 0 or "
        + "more, as precision=0.9,recall=0.8,fppi=0.1")
  }
}
