import Networks

/// What the reference backend computes in: OpenBLAS serves Float and Double.
public protocol ReferenceScalar: BinaryFloatingPoint, Sendable {
  /// `c = alpha·op(a)·op(b) + beta·c`, row-major, `op` transposes where asked for.
  static func multiplyMatrices(
    transposeA: Bool, transposeB: Bool, rows: Int, columns: Int, inner: Int, alpha: Self,
    a: UnsafePointer<Self>, strideA: Int, b: UnsafePointer<Self>, strideB: Int, beta: Self,
    c: UnsafeMutablePointer<Self>, strideC: Int)
  static func exponential(_ x: Self) -> Self
  static func hyperbolicTangent(_ x: Self) -> Self
  /// `2/√π·∫₀ˣ e^(−t²) dt`
  static func errorFunction(_ x: Self) -> Self
}

/// A dense `[N, C, H, W]` block that a reference kernel reads or writes.
struct ReferenceTensor<Scalar: ReferenceScalar> {
  let shape: Shape
  let batch: Int
  let pointer: UnsafeMutablePointer<Scalar>

  var count: Int { batch * shape.count }

  var isFinite: Bool { UnsafeBufferPointer(start: pointer, count: count).allSatisfy(\.isFinite) }

  /// The first cell of one channel of one image.
  func plane(_ image: Int, _ channel: Int) -> UnsafeMutablePointer<Scalar> {
    pointer + (image * shape.channels + channel) * shape.area
  }
}

/// What one node of a graph works on in the reference backend.
struct ReferenceContext<Scalar: ReferenceScalar> {
  var inputs: [ReferenceTensor<Scalar>]
  var output: ReferenceTensor<Scalar>
  var parameters: [UnsafeMutableBufferPointer<Scalar>]
  var buffers: [UnsafeMutableBufferPointer<Scalar>]
  var mode: Mode
  var arguments: RunArguments
  // Of the backward pass:
  /// Gradient of the output.
  var outputGradient: ReferenceTensor<Scalar>?
  /// Gradients of the inputs, to be added to; nil where none is wanted.
  var inputGradients: [ReferenceTensor<Scalar>?] = []
  /// Gradients of the parameters, to be added to.
  var parameterGradients: [UnsafeMutableBufferPointer<Scalar>] = []
  /// At least ``ReferenceKernel/scratchCount(inputs:output:)`` elements that any kernel may
  /// overwrite; nothing survives there from one call to the next.
  var scratch: UnsafeMutablePointer<Scalar>?
  /// Of the node: keys what it draws.
  var name = ""
}

/// An operator's plain implementation, generic over the scalar: the oracle for every fast kernel,
/// and what serves where the fast backend has none.
///
/// Implementations carry `@_specialize` for Float and Double: they are called through an
/// existential, where the compiler would otherwise leave every addition to a witness table.
protocol ReferenceKernel: Operator {
  /// Elements of scratch memory that both directions need.
  func scratchCount(inputs: [Shape], output: Shape) -> Int
  func forward<Scalar: ReferenceScalar>(_ context: ReferenceContext<Scalar>)
  /// Adds to the gradients of inputs and parameters; forward has run on the same context before.
  func backward<Scalar: ReferenceScalar>(_ context: ReferenceContext<Scalar>)
}

extension ReferenceKernel {
  func scratchCount(inputs: [Shape], output: Shape) -> Int { 0 }
}

extension Operation {
  var referenceKernel: any ReferenceKernel {
    switch self {
    case .input(let operation): operation
    case .convolution(let operation): operation
    case .batchNorm(let operation): operation
    case .groupNorm(let operation): operation
    case .activation(let operation): operation
    case .pooling(let operation): operation
    case .spatialMean(let operation): operation
    case .resize(let operation): operation
    case .concatenation(let operation): operation
    case .addition(let operation): operation
    case .gating(let operation): operation
    case .linear(let operation): operation
    case .regionPooling(let operation): operation
    case .dropout(let operation): operation
    case .spatialMaximum(let operation): operation
    case .channelSummary(let operation): operation
    case .softmax(let operation): operation
    case .branchSum(let operation): operation
    case .channelConvolution(let operation): operation
    case .attention(let operation): operation
    case .weightedSum(let operation): operation
    case .transposedConvolution(let operation): operation
    case .borderPadding(let operation): operation
    case .adaptivePooling(let operation): operation
    case .stochasticPooling(let operation): operation
    case .output(let operation): operation
    }
  }
}
