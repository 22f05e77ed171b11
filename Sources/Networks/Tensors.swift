import Glibc
import RandomNumbers

/// How a parameter gets its first values.
public enum Initializer: Hashable, Sendable, Codable {
  case constant(Float)
  /// Normal with this standard deviation.
  case normal(deviation: Float)
  /// Uniform in ±bound.
  case uniform(bound: Float)

  /// Normal with deviation √(2 / fanIn). He et al.: *Delving Deep into Rectifiers*, ICCV 2015, §2.2.
  public static func he(fanIn: Int) -> Initializer {
    .normal(deviation: (2 / Float(max(1, fanIn))).squareRoot())
  }

  func fill<Scalar: BinaryFloatingPoint>(
    _ values: UnsafeMutableBufferPointer<Scalar>, with generator: inout KeyedGenerator
  ) {
    switch self {
    case .constant(let value):
      values.update(repeating: Scalar(value))
    case .normal(let deviation):
      for index in values.indices {
        values[index] = Scalar(Double(deviation) * generator.standardNormal())
      }
    case .uniform(let bound):
      for index in values.indices {
        values[index] = Scalar(generator.uniform(-Double(bound), Double(bound)))
      }
    }
  }
}

/// A named tensor that a graph owns: a trained parameter, or a buffer.
public struct TensorSpecification: Hashable, Sendable, Codable {
  /// Dotted path, as in checkpoints and messages.
  public var name: String
  public var shape: [Int]
  public var initializer: Initializer
  /// Whether weight decay applies: not to biases and norms.
  public var decays: Bool

  public init(name: String, shape: [Int], initializer: Initializer, decays: Bool = false) {
    self.name = name
    self.shape = shape
    self.initializer = initializer
    self.decays = decays
  }

  public var count: Int { shape.reduce(1, *) }
}

/// Tensors side by side in one block of memory, each starting at a multiple of 16 elements, so that
/// an optimizer passes over all of them at once. The gaps hold zeros.
public final class TensorStore<Scalar: BinaryFloatingPoint & Sendable>: @unchecked Sendable {
  public let specifications: [TensorSpecification]
  public let offsets: [Int]
  /// Elements in the whole block, gaps included.
  public let count: Int
  public let pointer: UnsafeMutablePointer<Scalar>

  private let indices: [String: Int]
  /// What the system gave, in which `pointer` is aligned.
  private let block: UnsafeMutableRawPointer

  /// All zero; what is never touched, as the gradients of a network that only infers, takes no memory.
  public init(_ specifications: [TensorSpecification]) {
    self.specifications = specifications
    var next = 0
    offsets = specifications.map { specification in
      defer { next += (specification.count + 15) / 16 * 16 }
      return next
    }
    count = next
    let alignment = 64
    guard let block = calloc(1, count * MemoryLayout<Scalar>.stride + alignment) else {
      preconditionFailure("no memory for \(count) numbers")
    }
    self.block = block
    pointer = block.alignedUp(toMultipleOf: alignment)
      .bindMemory(to: Scalar.self, capacity: max(1, count))
    indices = Dictionary(
      uniqueKeysWithValues: specifications.enumerated().map { ($1.name, $0) })
  }

  deinit { free(block) }

  public subscript(index: Int) -> UnsafeMutableBufferPointer<Scalar> {
    UnsafeMutableBufferPointer(start: pointer + offsets[index], count: specifications[index].count)
  }

  public subscript(name: String) -> UnsafeMutableBufferPointer<Scalar>? {
    indices[name].map { self[$0] }
  }

  public func index(of name: String) -> Int? { indices[name] }

  /// Draws every tensor from a stream keyed by the seed and the tensor's name.
  public func initialize(seed: UInt64) {
    for (index, specification) in specifications.enumerated() {
      var generator = KeyedGenerator(seed: seed, purpose: "initial " + specification.name)
      specification.initializer.fill(self[index], with: &generator)
    }
  }

  public func copy(from other: TensorStore) {
    precondition(count == other.count, "stores of \(other.count) and \(count) elements differ")
    pointer.update(from: other.pointer, count: count)
  }

  public func fill(_ value: Scalar) {
    for index in specifications.indices { self[index].update(repeating: value) }
  }
}
