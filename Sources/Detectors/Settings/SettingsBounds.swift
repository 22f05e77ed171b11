import Networks
import Yams

/// What every number of a model's settings must be, whatever else holds for each: beyond it lies no
/// network, only arithmetic that overflows and graphs without end.
enum SettingsBounds {
  /// Of channels, sides, weights and whatever else has no bound of its own.
  static let largest = 65_536

  /// By the last part of a key.
  private static let largestOf: [String: Int] = {
    let counts = [
      "depth", "depths", "kernel", "kernels", "stemKernel", "firstKernel", "bins", "dilations",
      "branches", "heads", "positions", "side",
    ]
    let steps = ["rampSteps", "firstStep", "lastStep"]
    var bounds = ["samples": 64]
    for key in counts { bounds[key] = 1024 }
    for key in steps { bounds[key] = 1_000_000_000 }
    return bounds
  }()

  /// Entries of a list. Strides double from stage to stage, and pictures have sides of 8,192 at most.
  private static let longest = 256
  private static let longestOf = ["strides": 12, "widths": 12, "depths": 12, "after": 12]

  /// - Throws: ``SettingsError/contradiction(key:reason:)`` of the first number that is none, negative or
  ///   too large, and of the first list that is too long.
  static func check(_ model: ModelSettings) throws {
    guard let node = try? Yams.compose(yaml: model.yaml), case .mapping(var mapping) = node else {
      return
    }
    mapping["name"] = nil
    try check(.mapping(mapping), path: [])
  }

  private static func check(_ node: Node, path: [String]) throws {
    switch node {
    case .mapping(let mapping):
      for (key, value) in mapping { try check(value, path: path + [key.string ?? ""]) }
    case .sequence(let list):
      try checkLength(list.count, path)
      for value in list { try check(value, path: path) }
    case .scalar(let scalar):
      if let number = Double.construct(from: scalar) { try check(number, scalar.string, path) }
    case .alias: break
    }
  }

  private static func check(_ number: Double, _ text: String, _ path: [String]) throws {
    let bound = largestOf[path.last ?? ""] ?? largest
    let reason: String? =
      if !number.isFinite {
        "must be a finite number, got \(text)"
      } else if number < 0 {
        "must not be negative, got \(plain(number, text))"
      } else if number > Double(bound) {
        "must be at most \(bound), got \(plain(number, text))"
      } else {
        nil
      }
    if let reason {
      throw SettingsError.contradiction(key: path.joined(separator: "."), reason: reason)
    }
  }

  /// As one writes it, not as the encoder does: `-1`, not `-1e+0`.
  private static func plain(_ number: Double, _ text: String) -> String {
    Int(text) == nil && number.isFinite ? SettingsCheck.text(number) : text
  }

  private static func checkLength(_ count: Int, _ path: [String]) throws {
    let bound = longestOf[path.last ?? ""] ?? longest
    guard count <= bound else {
      throw SettingsError.contradiction(
        key: path.joined(separator: "."),
        reason: "must have at most \(bound) entries, got \(count)")
    }
  }
}

extension Graph {
  /// As many as take 4 GiB; detectors have some hundredths of it.
  private static let mostParameters = 1 << 30

  /// - Throws: ``SettingsError/contradiction(key:reason:)``.
  func checkSize() throws {
    if let empty = nodes.first(where: { $0.channels < 1 }) {
      throw SettingsError.contradiction(
        key: empty.name.prefix { $0 != "." }.description,
        reason: "leaves \(empty.name) no channels; widths must be larger")
    }
    // Each tensor's number fits an Int, their sum may not.
    let sum = parameters.reduce(0) { $0 + Double($1.count) }
    guard sum > Double(Self.mostParameters),
      let largest = parameters.max(by: { $0.count < $1.count })
    else { return }
    throw SettingsError.contradiction(
      key: largest.name.prefix { $0 != "." }.description,
      reason: "makes the network too large: \(Int(min(sum, 1e18))) parameters, at most "
        + "\(Self.mostParameters); the largest tensor is \(largest.name) \(largest.shape)")
  }
}
