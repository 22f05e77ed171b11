import Networks

/// ``SpatialPyramidPooling``, channels kept.
public struct PooledContext: Context {
  /// Sides of the windows, odd.
  public var kernels = [5, 9, 13]
  public var activation = ActivationName.silu

  public init() {}

  package func callAsFunction(_ x: Value, norm: Norm) -> Value {
    x.through(
      "spp",
      SpatialPyramidPooling(
        channels: x.channels, kernels: kernels, activation: activation.function, norm: norm))
  }

  package func validate() throws {
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
public struct PooledFastContext: Context {
  /// Side of the window, odd.
  public var kernel = 5
  public var activation = ActivationName.silu

  public init() {}

  package func callAsFunction(_ x: Value, norm: Norm) -> Value {
    x.through(
      "sppf",
      SpatialPyramidPoolingFast(
        channels: x.channels, kernel: Extent(kernel), activation: activation.function, norm: norm))
  }

  package func validate() throws {
    try SettingsCheck("context").odd(["kernel": kernel])
  }
}
