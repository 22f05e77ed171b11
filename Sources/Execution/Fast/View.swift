import CBridge
import Networks

/// A blocked value in the arena: `[N, ⌈C / b⌉, H, W, b]`, possibly a run of channel blocks inside
/// a larger value.
struct View {
  let buffer: Buffer
  let shape: Shape
  let batch: Int
  let precision: Precision
  /// Elements from the buffer's start, and from one image to the next.
  let offset: Int
  let imageStride: Int

  static var block: Int { Int(cb_channel_block()) }

  static func blocks(_ channels: Int) -> Int { (channels + block - 1) / block }

  /// Channels rounded up to whole blocks: the length of vectors that hold one number a channel.
  static func padded(_ channels: Int) -> Int { blocks(channels) * block }

  /// Elements of one image's value.
  static func elements(_ shape: Shape) -> Int { padded(shape.channels) * shape.area }

  /// A value of its own.
  init(_ shape: Shape, batch: Int, precision: Precision, buffer: Buffer) {
    self.init(
      buffer: buffer, shape: shape, batch: batch, precision: precision, offset: 0,
      imageStride: View.elements(shape))
  }

  private init(
    buffer: Buffer, shape: Shape, batch: Int, precision: Precision, offset: Int, imageStride: Int
  ) {
    self.buffer = buffer
    self.shape = shape
    self.batch = batch
    self.precision = precision
    self.offset = offset
    self.imageStride = imageStride
  }

  /// `channels` channels from `first` on, a multiple of the block.
  func slice(first: Int, channels: Int) -> View {
    precondition(first % View.block == 0, "a slice must start at a multiple of \(View.block)")
    return View(
      buffer: buffer,
      shape: Shape(channels: channels, height: shape.height, width: shape.width), batch: batch,
      precision: precision, offset: offset + first * shape.area, imageStride: imageStride)
  }

  /// Whether images follow each other without gaps, as oneDNN needs it.
  var isDense: Bool { batch == 1 || imageStride == View.elements(shape) }

  var pointer: UnsafeMutableRawPointer { buffer.pointer + offset * precision.bytes }

  var bridged: cb_view { cb_view(data: pointer, image_stride: imageStride) }

  var extent: cb_extent { cb_extent(shape, batch: batch, precision) }

  /// Whether every element is a finite number.
  var isFinite: Bool { cb_is_finite(extent, bridged) }
}

extension Precision {
  /// Of one element.
  var bytes: Int { self == .bf16 ? 2 : 4 }

  var bridged: cb_type { self == .bf16 ? CB_BF16 : CB_F32 }
}

extension cb_extent {
  init(_ shape: Shape, batch: Int, _ precision: Precision) {
    self.init(
      batch: Int32(batch), blocks: Int32(View.blocks(shape.channels)),
      height: Int32(shape.height), width: Int32(shape.width), type: precision.bridged)
  }
}

extension cb_view {
  static var absent: cb_view { cb_view(data: nil, image_stride: 0) }

  init(_ view: View?) { self = view?.bridged ?? .absent }
}

extension cb_activation {
  /// - Parameter learned: one number a channel, in place of a constant.
  init(_ function: ActivationFunction, learned: UnsafePointer<Float>? = nil) {
    self.init(
      function: function.bridged, number: function.constant ?? 0, learned: learned)
  }
}

extension ActivationFunction {
  fileprivate var bridged: cb_function {
    switch self {
    case .identity: CB_IDENTITY
    case .relu: CB_RELU
    case .relu6: CB_RELU6
    case .leakyReLU, .prelu: CB_LEAKY_RELU
    case .elu: CB_ELU
    case .silu: CB_SILU
    case .swish, .learnedSwish: CB_SWISH
    case .hardSwish: CB_HARD_SWISH
    case .gelu: CB_GELU
    case .geluTanh: CB_GELU_TANH
    case .mish: CB_MISH
    case .tanh: CB_TANH
    case .sigmoid: CB_SIGMOID
    case .hardSigmoid: CB_HARD_SIGMOID
    }
  }
}

extension cb_window {
  init(_ window: Window) {
    self.init(
      kernel_height: Int32(window.kernel.height), kernel_width: Int32(window.kernel.width),
      stride_height: Int32(window.stride.height), stride_width: Int32(window.stride.width),
      pad_top: Int32(window.padding.top), pad_left: Int32(window.padding.left))
  }
}
