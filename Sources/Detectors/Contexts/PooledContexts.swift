import Networks

/// ``SpatialPyramidPooling``, channels kept.
///
/// - Input: `[N, C, H, W]`
/// - Output: `[N, C, H, W]`
public struct PooledContext: Context {
  /// Sides of the windows, odd.
  public var kernels = [5, 9, 13]
  public var activation = ActivationName.silu

  public init() {}

  public func callAsFunction(_ x: Value, norm: Norm = .standard) -> Value {
    requireValid { try validate() }
    return x.through(
      "spp",
      SpatialPyramidPooling(
        channels: x.channels, kernels: kernels, activation: activation.function, norm: norm))
  }

  public func validate() throws {
    let check = SettingsCheck("context")
    try check.positive(["kernels": kernels])
    for kernel in kernels { try check.odd(["kernels": kernel]) }
    // Each names its pool; and a window twice would only double its channels.
    try check.require(
      Set(kernels).count == kernels.count, "kernels",
      "must differ from each other, got \(kernels)")
  }
}

/// ``SpatialPyramidPoolingFast``, channels kept.
///
/// - Input: `[N, C, H, W]`
/// - Output: `[N, C, H, W]`
public struct PooledFastContext: Context {
  /// Side of the window, odd.
  public var kernel = 5
  public var activation = ActivationName.silu

  public init() {}

  public func callAsFunction(_ x: Value, norm: Norm = .standard) -> Value {
    requireValid { try validate() }
    return x.through(
      "sppf",
      SpatialPyramidPoolingFast(
        channels: x.channels, kernel: Extent(kernel), activation: activation.function, norm: norm))
  }

  public func validate() throws {
    try SettingsCheck("context").odd(["kernel": kernel])
  }
}
