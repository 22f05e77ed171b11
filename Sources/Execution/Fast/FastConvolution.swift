import CBridge
import Networks

/// oneDNN's primitives of one convolution at one size.
final class FastConvolution {
  let handle: OpaquePointer
  let hasBias: Bool
  let name: String
  /// Layouts and post-operations.
  let details: String

  init(
    _ operation: Convolution, name: String, input: Shape, output: Shape, batch: Int,
    hasBias: Bool, isPlainSource: Bool, mode: Mode, precision: Precision,
    needsSourceGradient: Bool, fusion: Fusion
  ) throws {
    let window = operation.window
    var settings = cb_convolution_settings(
      batch: Int32(batch), groups: Int32(operation.groups), in_channels: Int32(input.channels),
      in_height: Int32(input.height), in_width: Int32(input.width),
      out_channels: Int32(output.channels), out_height: Int32(output.height),
      out_width: Int32(output.width), kernel_height: Int32(window.kernel.height),
      kernel_width: Int32(window.kernel.width), stride_height: Int32(window.stride.height),
      stride_width: Int32(window.stride.width), dilation_height: Int32(window.dilation.height),
      dilation_width: Int32(window.dilation.width), pad_top: Int32(window.padding.top),
      pad_left: Int32(window.padding.left), pad_bottom: 0, pad_right: 0, has_bias: hasBias,
      plain_source: isPlainSource, training: mode == .training,
      needs_source_gradient: needsSourceGradient, activation: cb_activation(fusion.function),
      addend: fusion.bridgedAddend, type: precision.bridged)
    // oneDNN wants the padding that is read, not what the window leaves over at the far side.
    func farPadding(
      _ out: Int, _ stride: Int, _ dilation: Int, _ kernel: Int, _ near: Int, _ size: Int
    )
      -> Int32
    {
      Int32((out - 1) * stride + dilation * (kernel - 1) + 1 - near - size)
    }
    settings.pad_bottom = farPadding(
      output.height, window.stride.height, window.dilation.height, window.kernel.height,
      window.padding.top, input.height)
    settings.pad_right = farPadding(
      output.width, window.stride.width, window.dilation.width, window.kernel.width,
      window.padding.left, input.width)
    var created: OpaquePointer?
    try bridged(name) { cb_convolution_create(&settings, &created, $0, $1) }
    handle = created!
    self.hasBias = hasBias
    self.name = name
    let blocked = "nChw\(View.block)c"
    let operations = [
      hasBias ? "bias" : nil, fusion.before.map { _ in "sum" },
      fusion.function == .identity ? nil : fusion.function.label, fusion.after.map { _ in "sum" },
    ]
    details =
      (["\(isPlainSource ? "nchw" : blocked) → \(blocked)"] + operations.compactMap { $0 })
      .joined(separator: ", ")
  }

  deinit { cb_convolution_destroy(handle) }

  /// About what oneDNN holds of one, most of it machine code: seven primitives in training, of which
  /// four reorder weights, two in inference. By the growth of `nano`'s process.
  static func libraryBytes(_ mode: Mode) -> Int { mode == .training ? 256 << 10 : 80 << 10 }

  func packedBytes(_ pass: cb_convolution_pass) -> Int {
    cb_convolution_packed_bytes(handle, pass)
  }

  func implementation(_ pass: cb_convolution_pass) -> String {
    String(cString: cb_convolution_implementation(handle, pass))
  }

  func pack(_ weights: UnsafePointer<Float>, into packed: UnsafeMutableRawPointer) {
    run { cb_convolution_pack(handle, weights, packed, $0, $1) }
  }

  func forward(
    source: UnsafeRawPointer, packed: UnsafeRawPointer, bias: UnsafePointer<Float>?,
    addend: UnsafeMutableRawPointer?, destination: UnsafeMutableRawPointer
  ) {
    run { cb_convolution_forward(handle, source, packed, bias, addend, destination, $0, $1) }
  }

  func backwardSource(
    gradient: UnsafeRawPointer, weights: UnsafePointer<Float>,
    scratch: UnsafeMutableRawPointer, sourceGradient: UnsafeMutableRawPointer
  ) {
    run {
      cb_convolution_backward_source(handle, gradient, weights, scratch, sourceGradient, $0, $1)
    }
  }

  func backwardWeights(
    source: UnsafeRawPointer, gradient: UnsafeRawPointer,
    scratch: UnsafeMutableRawPointer, biasScratch: UnsafeMutablePointer<Float>?,
    accumulates: Bool, weights: UnsafeMutablePointer<Float>, bias: UnsafeMutablePointer<Float>?
  ) {
    run {
      cb_convolution_backward_weights(
        handle, source, gradient, scratch, biasScratch, accumulates, weights, bias, $0, $1)
    }
  }

  /// A primitive that was created and bound to memory of the right size does not fail.
  private func run(_ call: (UnsafeMutablePointer<CChar>, Int) -> cb_status) {
    do {
      try bridged(name, call)
    } catch {
      preconditionFailure("\(error)")
    }
  }
}

extension Fusion {
  fileprivate var bridgedAddend: cb_addend {
    if before != nil { return CB_ADD_BEFORE_ACTIVATION }
    return after == nil ? CB_NO_ADDEND : CB_ADD_AFTER_ACTIVATION
  }
}

/// Why a graph cannot be compiled or run.
public enum ExecutionError: Error, CustomStringConvertible {
  case libraryRefused(node: String, reason: String)
  case unsupportedPrecision(Precision, reason: String)

  public var description: String {
    switch self {
    case .libraryRefused(let node, let reason): "oneDNN refuses \(node): \(reason)"
    case .unsupportedPrecision(let precision, let reason):
      "precision \(precision.rawValue) is not available: \(reason)"
    }
  }
}

/// Calls across the boundary with a buffer for the message; throws what came back.
func bridged(_ node: String, _ call: (UnsafeMutablePointer<CChar>, Int) -> cb_status) throws {
  try withUnsafeTemporaryAllocation(of: CChar.self, capacity: 512) { message in
    message[0] = 0
    guard call(message.baseAddress!, message.count) == CB_OK else {
      throw ExecutionError.libraryRefused(
        node: node, reason: String(cString: message.baseAddress!))
    }
  }
}
