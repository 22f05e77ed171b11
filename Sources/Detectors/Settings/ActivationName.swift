import Networks

/// An activation as settings name it: `silu`, or with a number of its own `leakyReLU(0.2)`; in Swift
/// `.silu` and `.leakyReLU(slope: 0.2)`, or any ``ActivationFunction`` in brackets.
public struct ActivationName: Hashable, Sendable {
  public var function: ActivationFunction

  public init(_ function: ActivationFunction) { self.function = function }

  public static let identity = ActivationName(.identity)
  public static let relu = ActivationName(.relu)
  public static let relu6 = ActivationName(.relu6)
  public static let prelu = ActivationName(.prelu)
  public static let silu = ActivationName(.silu)
  public static let learnedSwish = ActivationName(.learnedSwish)
  public static let hardSwish = ActivationName(.hardSwish)
  public static let gelu = ActivationName(.gelu)
  public static let geluTanh = ActivationName(.geluTanh)
  public static let mish = ActivationName(.mish)
  public static let tanh = ActivationName(.tanh)
  public static let sigmoid = ActivationName(.sigmoid)
  public static let hardSigmoid = ActivationName(.hardSigmoid)

  public static func leakyReLU(slope: Float) -> ActivationName { .init(.leakyReLU(slope: slope)) }
  public static func elu(alpha: Float) -> ActivationName { .init(.elu(alpha: alpha)) }
  public static func swish(beta: Float) -> ActivationName { .init(.swish(beta: beta)) }

  /// Names of functions without a number.
  private static let plain: [(name: String, function: ActivationFunction)] = [
    ("relu", .relu), ("relu6", .relu6), ("prelu", .prelu), ("silu", .silu),
    ("swish", .learnedSwish), ("hardSwish", .hardSwish), ("gelu", .gelu),
    ("geluTanh", .geluTanh),
    // x·σ(1.702x): Hendrycks, Gimpel: *Gaussian Error Linear Units*, 2016, §2.
    ("geluSigmoid", .swish(beta: 1.702)), ("mish", .mish), ("tanh", .tanh),
    ("sigmoid", .sigmoid), ("hardSigmoid", .hardSigmoid), ("identity", .identity),
  ]

  /// Names of functions with a number, and the one they have where none is written.
  private static let numbered:
    [(name: String, number: Float?, make: @Sendable (Float) -> ActivationFunction)] = [
      // The slope of Darknet's layers: Redmon, Farhadi: *YOLO9000*, CVPR 2017.
      ("leakyReLU", 0.1, { .leakyReLU(slope: $0) }),
      ("elu", 1, { .elu(alpha: $0) }),
      // Without a number it is learned.
      ("swish", nil, { .swish(beta: $0) }),
    ]

  /// All of them.
  package static var names: [String] {
    plain.map(\.name) + numbered.filter { $0.number != nil }.map(\.name)
  }

  /// Of a name as YAML has it; `nil` for text that names none.
  package init?(_ text: String) {
    if let plain = Self.plain.first(where: { $0.name == text }) {
      self.init(plain.function)
      return
    }
    let name = text.prefix { $0 != "(" }
    guard let entry = Self.numbered.first(where: { $0.name == name }) else { return nil }
    let rest = text.dropFirst(name.count)
    guard !rest.isEmpty else {
      guard let number = entry.number else { return nil }
      self.init(entry.make(number))
      return
    }
    guard rest.hasPrefix("("), rest.hasSuffix(")"),
      let number = Float(rest.dropFirst().dropLast()), number.isFinite
    else { return nil }
    self.init(entry.make(number))
  }

  /// As settings have it.
  package var text: String {
    if let plain = Self.plain.first(where: { $0.function == function }) { return plain.name }
    let number = function.constant ?? 0
    let entry = Self.numbered.first { $0.make(number) == function }!
    return entry.number == number ? entry.name : "\(entry.name)(\(number))"
  }
}

extension ActivationName: Codable {
  public init(from decoder: any Decoder) throws {
    let text = try decoder.singleValueContainer().decode(String.self)
    guard let name = ActivationName(text) else {
      throw UnknownChoice(
        path: decoder.codingPath.map(\.stringValue), name: text, valid: Self.names)
    }
    self = name
  }

  public func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    try container.encode(text)
  }
}
