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
    try requireList(kernels, key: "context.kernels")
    if let even = kernels.first(where: { $0 % 2 == 0 }) {
      throw SettingsError.contradiction(
        key: "context.kernels", reason: "must be odd, got \(even); \(even + 1) would do")
    }
    // Each names its pool; and a window twice would only double its channels.
    guard Set(kernels).count == kernels.count else {
      throw SettingsError.contradiction(
        key: "context.kernels", reason: "must differ from each other, got \(kernels)")
    }
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
    try requirePositive([kernel], key: "context.kernel")
    guard kernel % 2 == 1 else {
      throw SettingsError.contradiction(
        key: "context.kernel", reason: "must be odd, got \(kernel); \(kernel + 1) would do")
    }
  }
}

/// - Throws: ``SettingsError/contradiction(key:reason:)``.
func requireList(_ values: [Int], key: String) throws {
  guard !values.isEmpty else {
    throw SettingsError.contradiction(key: key, reason: "must have one entry or more")
  }
  try requirePositive(values, key: key)
}
