/// Every operator there is. A closed list, so that the compiler names each backend and each pass
/// that lacks one.
public enum Operation: Hashable, Sendable {
  case input(Input)
  case convolution(Convolution)
  case batchNorm(BatchNorm)
  case groupNorm(GroupNorm)
  case activation(Activation)
  case pooling(Pooling)
  case spatialMean(SpatialMean)
  case resize(Resize)
  case concatenation(Concatenation)
  case addition(Addition)
  case gating(Gating)
  case linear(Linear)
  case regionPooling(RegionPooling)
  case dropout(Dropout)
  case spatialMaximum(SpatialMaximum)
  case channelSummary(ChannelSummary)
  case softmax(Softmax)
  case branchSum(BranchSum)
  case channelConvolution(ChannelConvolution)
  case attention(DotProductAttention)
  case weightedSum(WeightedSum)
  case transposedConvolution(TransposedConvolution)
  case borderPadding(BorderPadding)
  case adaptivePooling(AdaptivePooling)
  case stochasticPooling(StochasticPooling)
  case output(Output)

  /// What the operator states about itself.
  public var rules: any Operator {
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
