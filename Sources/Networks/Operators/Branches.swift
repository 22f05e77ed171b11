/// Makes shares that add up to 1 of what lies behind each other along the channels.
///
/// The channels are `branches` equal runs; `y = e^x / Σ e^x`, the sum over the channels at the same
/// place in each run.
///
/// - Input, output: `[N, C, H, W]`
public struct Softmax: Operator, Layer {
  /// `nil`: each channel is a branch, so that a cell's channels add up to 1.
  public var branches: Int?

  public init(branches: Int? = nil) { self.branches = branches }

  public var label: String { "softmax" }

  /// How far apart along the channels those of one sum lie.
  public func step(channels: Int) -> Int { channels / (branches ?? channels) }

  public func channels(_ inputs: [Int]) -> Int {
    let branches = branches ?? 1
    precondition(
      inputs[0] % branches == 0, "softmax: \(inputs[0]) channels are no \(branches) branches")
    return inputs[0]
  }

  public func callAsFunction(_ x: Value) -> Value { x.applying(.softmax(self)) }
}

/// Adds up what lies behind each other along the channels, in equal runs.
///
/// - Input: `[N, branches·C, H, W]`
/// - Output: `[N, C, H, W]`
public struct BranchSum: Operator, Layer {
  public var branches: Int

  public init(branches: Int) { self.branches = branches }

  public var label: String { "branch-sum" }

  public func channels(_ inputs: [Int]) -> Int {
    precondition(
      inputs[0] % branches == 0, "branch-sum: \(inputs[0]) channels are no \(branches) branches")
    return inputs[0] / branches
  }

  public func outputShape(_ inputs: [Shape]) -> Shape {
    var shape = inputs[0]
    shape.channels /= branches
    return shape
  }

  public func callAsFunction(_ x: Value) -> Value { x.applying(.branchSum(self)) }
}
