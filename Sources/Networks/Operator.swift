/// One kind of computation in a graph: a small value that states everything about itself except
/// how to compute it; backends add that in extensions of their own.
///
/// Several inputs, one output, each `[N, C, H, W]`.
public protocol Operator: Hashable, Sendable {
  /// The field's word for it, lower case: names nodes and appears in tables.
  var label: String { get }

  /// Channels of the output, known while a network is traced.
  func channels(_ inputs: [Int]) -> Int

  /// The output's shape for one sample.
  func outputShape(_ inputs: [Shape]) -> Shape

  /// What an output cell sees of the given input.
  func receptiveStep(input: Int) -> ReceptiveStep

  /// Multiply–adds for one sample, as papers count them: convolutions and matrix products only.
  func multiplyAdds(inputs: [Shape], output: Shape) -> Int

  /// Trained tensors; names are relative ("weight").
  func parameters(inputs: [Int]) -> [TensorSpecification]

  /// Tensors that training updates without gradients, such as running statistics.
  func buffers(inputs: [Int]) -> [TensorSpecification]
}

extension Operator {
  public func channels(_ inputs: [Int]) -> Int { inputs[0] }
  public func outputShape(_ inputs: [Shape]) -> Shape { inputs[0] }
  public func receptiveStep(input: Int) -> ReceptiveStep { .cell }
  public func multiplyAdds(inputs: [Shape], output: Shape) -> Int { 0 }
  public func parameters(inputs: [Int]) -> [TensorSpecification] { [] }
  public func buffers(inputs: [Int]) -> [TensorSpecification] { [] }
}

/// What one output cell of an operator sees of one of its inputs.
public enum ReceptiveStep: Hashable, Sendable {
  /// The cell at the same place.
  case cell
  /// The cells under a sliding window.
  case window(Window)
  /// The cells whose windows, spread over the output, cover it: a window's transpose.
  case spread(Window)
  /// Cell `i` sees cell `⌊i · input / output⌋` (nearest), or the two around the matching centre.
  case resize(ResizeMode)
  /// Cells `⌊i · input / output⌋` to `⌈(i + 1) · input / output⌉`.
  case bins
  /// The cell at the same place, or the one inside that stands for a place beyond the border.
  case border(BorderMode, Padding)
  /// Every cell.
  case global
  /// The value scales features and is none itself (an attention's gate).
  case gate
  /// Only the value's size is used.
  case size
  /// The value says where to look and is no feature itself (regions to be cut out).
  case place
}
