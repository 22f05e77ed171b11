import RandomNumbers

/// Multiplies by random factors with mean 1 in training, and does nothing in inference.
///
/// What is drawn depends on the run's seed, the epoch, the batch and the node alone, so that a resumed
/// run draws what an uninterrupted one would have.
///
/// - Input, output: `[N, C, H, W]`
public struct Dropout: Operator, Layer {
  /// What shares a factor, and how it is drawn. With the rate `p`, a factor is 0 with probability `p`,
  /// else `1 / (1 − p)`.
  public enum Kind: Hashable, Sendable, Codable {
    /// Each number. Srivastava et al.: *Dropout*, JMLR 2014.
    case elements
    /// The channels of a picture. Tompson et al.: *Efficient Object Localization Using Convolutional
    /// Networks*, CVPR 2015, §3.2.
    case channels
    /// Each number's is normal with variance `p / (1 − p)`. Srivastava et al., §10.
    case gaussian
    /// A picture: put on a residual branch, it drops the branch. Huang et al.: *Deep Networks with
    /// Stochastic Depth*, ECCV 2016.
    case pictures
    /// Squares of `side` cells (the largest that fits) of a channel of a picture, whose middles are
    /// drawn so that about `p` of the cells is dropped; what is left of the picture is scaled by what
    /// was dropped. Ghiasi, Lin, Le: *DropBlock*, NeurIPS 2018, algorithm 1 and eq. 1.
    case squares(side: Int)
  }

  public var kind: Kind
  /// The share that is dropped, 0 ..< 1, at the end of the ramp.
  public var rate: Float
  /// Steps of the optimizer over which the rate grows in equal parts from 0: DropBlock's scheduled
  /// keep probability (§3). 0: it does not change.
  public var rampSteps: Int
  /// Tells apart what the nodes of one network draw; set where it is traced.
  public internal(set) var stream = 0

  public init(_ kind: Kind, rate: Float, rampSteps: Int = 0) {
    self.kind = kind
    self.rate = rate
    self.rampSteps = rampSteps
  }

  public var label: String {
    switch kind {
    case .elements: "dropout"
    case .channels: "channel-dropout"
    case .gaussian: "gaussian-dropout"
    case .pictures: "drop-path"
    case .squares: "drop-block"
    }
  }

  public func callAsFunction(_ x: Value) -> Value {
    var traced = self
    traced.stream = x.tracer.nodes.count
    return rate > 0 ? x.applying(.dropout(traced)) : x
  }

  /// Of dropped squares.
  var side: Int? { if case .squares(let side) = kind { side } else { nil } }

  /// The rate at a step of the optimizer.
  public func rate(step: Int) -> Float {
    rampSteps > 0 ? rate * min(1, Float(step) / Float(rampSteps)) : rate
  }

  /// Of all that a node draws for one batch.
  public func key(seed: UInt64, epoch: Int, batch: Int) -> UInt64 {
    var generator = KeyedGenerator(seed: seed, purpose: "dropout", stream, epoch, batch)
    return generator.next()
  }

  /// DropBlock's γ: the probability that a square's middle lies at a cell where it fits.
  public static func middleRate(_ rate: Float, side: Int, in shape: Shape) -> Float {
    let (height, width) = (shape.height, shape.width)
    let (down, across) = (min(side, height), min(side, width))
    let places = (height - down + 1) * (width - across + 1)
    return min(1, rate * Float(height * width) / Float(down * across * places))
  }
}

extension Value {
  public func dropped(_ dropout: Dropout?) -> Value { dropout.map { through("drop", $0) } ?? self }
}

extension Graph {
  /// Dropouts that stand before a batch norm, with the nearest one: in training the norm's running
  /// variance takes in the noise, which inference does not have. That of a frozen norm takes in nothing.
  ///
  /// Li, Chen, Hu, Yang: *Understanding the Disharmony Between Dropout and Batch Normalization by
  /// Variance Shift*, CVPR 2019.
  public var dropoutsBeforeNorms: [(dropout: String, norm: String)] {
    var nearest = [String?](repeating: nil, count: nodes.count)
    let consumers = consumers
    for index in nodes.indices.reversed() {
      nearest[index] =
        consumers[index].lazy.compactMap { consumer -> String? in
          guard case .batchNorm(let norm) = nodes[consumer].operation, norm.statistics != .frozen
          else { return nearest[consumer] }
          return nodes[consumer].name
        }.first
    }
    return nodes.indices.compactMap { index in
      guard case .dropout(let dropout) = nodes[index].operation, let norm = nearest[index] else {
        return nil
      }
      switch dropout.kind {
      case .elements, .channels, .gaussian: return (nodes[index].name, norm)
      // Made for networks with batch norms.
      case .pictures, .squares: return nil
      }
    }
  }

  /// A sentence about one of them.
  static func warning(dropout: String, norm: String) -> String {
    "\(dropout) drops before the batch norm \(norm), whose running variance takes in noise that "
      + "inference does not have; drop behind the last norm, or take group norm"
  }
}
