import Networks

/// What the reference backend computes in: OpenBLAS serves Float and Double.
public protocol ReferenceScalar: BinaryFloatingPoint, Sendable {
  /// `c = alpha·op(a)·op(b) + beta·c`, row-major, `op` transposes where asked for.
  static func multiplyMatrices(
    transposeA: Bool, transposeB: Bool, rows: Int, columns: Int, inner: Int, alpha: Self,
    a: UnsafePointer<Self>, strideA: Int, b: UnsafePointer<Self>, strideB: Int, beta: Self,
    c: UnsafeMutablePointer<Self>, strideC: Int)
  static func exponential(_ x: Self) -> Self
}

/// A dense `[N, C, H, W]` block that a reference kernel reads or writes.
struct ReferenceTensor<Scalar: ReferenceScalar> {
  let shape: Shape
  let batch: Int
  let pointer: UnsafeMutablePointer<Scalar>

  var count: Int { batch * shape.count }
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
}

/// An operator's plain implementation, generic over the scalar: the oracle for every fast kernel,
/// and what serves where the fast backend has none.
protocol ReferenceKernel: Operator {
  func forward<Scalar: ReferenceScalar>(_ context: ReferenceContext<Scalar>)
  /// Adds to the gradients of inputs and parameters; forward has run on the same context before.
  func backward<Scalar: ReferenceScalar>(_ context: ReferenceContext<Scalar>)
}
