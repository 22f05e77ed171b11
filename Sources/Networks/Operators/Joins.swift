/// Puts values behind each other along the channels.
///
/// - Inputs: `[N, Cᵢ, H, W]`
/// - Output: `[N, ΣCᵢ, H, W]`
public struct Concatenation: Operator {
  public init() {}

  public var label: String { "concatenation" }

  public func channels(_ inputs: [Int]) -> Int { inputs.reduce(0, +) }

  public func outputShape(_ inputs: [Shape]) -> Shape {
    for other in inputs {
      precondition(
        other.height == inputs[0].height && other.width == inputs[0].width,
        "concatenation: sizes of \(inputs[0]) and \(other) differ")
    }
    var shape = inputs[0]
    shape.channels = inputs.map(\.channels).reduce(0, +)
    return shape
  }
}

/// Adds two values element by element.
///
/// - Inputs, output: `[N, C, H, W]`
public struct Addition: Operator {
  public init() {}

  public var label: String { "addition" }

  public func outputShape(_ inputs: [Shape]) -> Shape {
    precondition(inputs[0] == inputs[1], "addition: \(inputs[0]) and \(inputs[1]) differ")
    return inputs[0]
  }
}

/// Scales features by a gate that is broadcast over the axes where its extent is 1.
///
/// `y = x · g`. Not the product of two features: a pass that follows features (receptive field)
/// must tell one from the other.
///
/// - Inputs: features `[N, C, H, W]`; gate `[N, C or 1, H or 1, W or 1]`
/// - Output: `[N, C, H, W]`
public struct Gating: Operator {
  public init() {}

  public var label: String { "gating" }

  public func outputShape(_ inputs: [Shape]) -> Shape {
    let (features, gate) = (inputs[0], inputs[1])
    precondition(
      (gate.channels == features.channels || gate.channels == 1)
        && (gate.height == features.height || gate.height == 1)
        && (gate.width == features.width || gate.width == 1),
      "gating: \(gate) does not broadcast over \(features)")
    return features
  }

  public func receptiveStep(input: Int) -> ReceptiveStep { input == 0 ? .cell : .gate }
}

extension Value {
  public static func concatenated(_ values: [Value]) -> Value {
    precondition(!values.isEmpty, "concatenation of no values")
    return values.count == 1
      ? values[0] : values[0].applying(.concatenation(Concatenation()), with: Array(values[1...]))
  }

  public static func + (left: Value, right: Value) -> Value {
    left.applying(.addition(Addition()), with: [right])
  }

  public func gated(by gate: Value) -> Value { applying(.gating(Gating()), with: [gate]) }
}
