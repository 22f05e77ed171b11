/// Where a batch enters.
public struct Input: Operator {
  public var channels: Int

  public var label: String { "input" }

  public func channels(_ inputs: [Int]) -> Int { channels }
}

/// Where a result leaves, as plain `[N, C, H, W]` in 32-bit floats, and where gradients come back.
public struct Output: Operator {
  public var name: String

  public var label: String { "output" }
}

extension Value {
  /// Marks the value as a result of the network under this name, and returns the value, so that it
  /// may be used further.
  @discardableResult
  public func output(_ name: String) -> Value {
    _ = scoped(name) { $0.applying(.output(Output(name: name))) }
    return self
  }
}
