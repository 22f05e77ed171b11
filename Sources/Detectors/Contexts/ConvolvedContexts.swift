import Networks

/// ``AtrousSpatialPyramidPooling``.
public struct AtrousContext: Context {
  /// Of the result, and of each branch.
  public var channels = 256
  public var dilations = [6, 12, 18]
  /// Whether the mean over the whole feature is a branch.
  public var hasMean = true
  public var activation = ActivationName.relu

  public init() {}

  package func callAsFunction(_ x: Value, norm: Norm) -> Value {
    x.through(
      "aspp",
      AtrousSpatialPyramidPooling(
        channels: channels, dilations: dilations, hasMean: hasMean,
        activation: activation.function, norm: norm))
  }

  package func validate() throws {
    let check = SettingsCheck("context")
    try check.positive(["channels": channels])
    try check.positive(["dilations": dilations])
  }
}

/// ``ReceptiveFieldBlock``, channels kept.
public struct ReceptiveFieldContext: Context {
  /// How many times fewer channels branches are made of.
  public var reduction = 8
  public var activation = ActivationName.relu

  public init() {}

  package func callAsFunction(_ x: Value, norm: Norm) -> Value {
    x.through(
      "rfb",
      ReceptiveFieldBlock(
        channels: x.channels, reduction: reduction, activation: activation.function, norm: norm))
  }

  package func validate() throws {
    try SettingsCheck("context").positive(["reduction": reduction])
  }
}

/// ``DilatedStack``.
public struct DilatedContext: Context {
  public var channels = 256
  /// Of each block's 3×3 convolution. Without a common factor, so that no cell is passed over.
  public var dilations = [1, 3, 5, 1, 3, 5]
  /// How many times fewer channels the 3×3 convolutions have.
  public var reduction = 4
  public var activation = ActivationName.relu

  public init() {}

  package func callAsFunction(_ x: Value, norm: Norm) -> Value {
    x.through(
      "dilated",
      DilatedStack(
        channels: channels, dilations: dilations, reduction: reduction,
        activation: activation.function, norm: norm))
  }

  package func validate() throws {
    let check = SettingsCheck("context")
    try check.positive(["channels": channels, "reduction": reduction])
    try check.positive(["dilations": dilations])
  }
}
