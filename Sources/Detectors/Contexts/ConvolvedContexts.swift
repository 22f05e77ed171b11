import Networks

/// ``AtrousSpatialPyramidPooling``.
///
/// - Input: `[N, C, H, W]`
/// - Output: `[N, channels, H, W]`
public struct AtrousContext: Context {
  /// Of the result, and of each branch.
  public var channels = 256
  public var dilations = [6, 12, 18]
  /// Whether the mean over the whole feature is a branch.
  public var hasMean = true
  public var activation = ActivationName.relu

  public init() {}

  public func callAsFunction(_ x: Value, norm: Norm = .standard) -> Value {
    requireValid { try validate() }
    return x.through(
      "aspp",
      AtrousSpatialPyramidPooling(
        channels: channels, dilations: dilations, hasMean: hasMean,
        activation: activation.function, norm: norm))
  }

  public func validate() throws {
    let check = SettingsCheck("context")
    try check.positive(["channels": channels])
    try check.positive(["dilations": dilations])
  }
}

/// ``ReceptiveFieldBlock``, channels kept.
///
/// - Input: `[N, C, H, W]`
/// - Output: `[N, C, H, W]`
public struct ReceptiveFieldContext: Context {
  /// How many times fewer channels branches are made of.
  public var reduction = 8
  public var activation = ActivationName.relu

  public init() {}

  public func callAsFunction(_ x: Value, norm: Norm = .standard) -> Value {
    requireValid { try validate() }
    return x.through(
      "rfb",
      ReceptiveFieldBlock(
        channels: x.channels, reduction: reduction, activation: activation.function, norm: norm))
  }

  public func validate() throws {
    try SettingsCheck("context").positive(["reduction": reduction])
  }
}

/// ``DilatedStack``.
///
/// - Input: `[N, C, H, W]`
/// - Output: `[N, channels, H, W]`
public struct DilatedContext: Context {
  public var channels = 256
  /// Of each block's 3×3 convolution. Without a common factor, so that no cell is passed over.
  public var dilations = [1, 3, 5, 1, 3, 5]
  /// How many times fewer channels the 3×3 convolutions have.
  public var reduction = 4
  public var activation = ActivationName.relu

  public init() {}

  public func callAsFunction(_ x: Value, norm: Norm = .standard) -> Value {
    requireValid { try validate() }
    return x.through(
      "dilated",
      DilatedStack(
        channels: channels, dilations: dilations, reduction: reduction,
        activation: activation.function, norm: norm))
  }

  public func validate() throws {
    let check = SettingsCheck("context")
    try check.positive(["channels": channels, "reduction": reduction])
    try check.positive(["dilations": dilations])
  }
}
