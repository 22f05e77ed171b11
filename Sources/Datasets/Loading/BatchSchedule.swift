import RandomNumbers

/// Which samples, at which size, make up each batch of each epoch: a function of its settings.
public struct BatchSchedule: Sendable, Hashable {
  /// Indices into the data set, in the order in which they come when nothing is shuffled.
  public var samples: [Int32]
  public var batchSize: Int
  /// Chosen by ``sampler`` each epoch and always full batches: the last one of an epoch takes the
  /// epoch's first pictures once more, drawn differently, unless ``dropsLast`` says that it is left
  /// out. Otherwise samples come in order, once, and the last batch may be smaller.
  public var isTraining: Bool
  public var seed: UInt64
  /// What an epoch of training goes through.
  public var sampler = EpochSampler.random
  /// When training, a batch that the epoch does not fill is left out.
  public var dropsLast = false
  /// Drawn from for each batch when training; the first is taken otherwise.
  public var sizes: [CanvasSize]
  /// Drawn from instead in the first ``earlyEpochs`` when training.
  public var earlySizes: [CanvasSize] = []
  public var earlyEpochs = 0

  public init(
    samples: [Int32], batchSize: Int, isTraining: Bool, seed: UInt64 = 0, sizes: [CanvasSize]
  ) {
    precondition(!samples.isEmpty && batchSize > 0, "a schedule needs samples and a batch size")
    precondition(!sizes.isEmpty, "a schedule needs at least one canvas size")
    self.samples = samples
    self.batchSize = batchSize
    self.isTraining = isTraining
    self.seed = seed
    self.sizes = sizes
  }

  /// All samples of a data set of `sampleCount`.
  public init(
    sampleCount: Int, batchSize: Int, isTraining: Bool, seed: UInt64 = 0, sizes: [CanvasSize]
  ) {
    self.init(
      samples: (0..<sampleCount).map(Int32.init), batchSize: batchSize, isTraining: isTraining,
      seed: seed, sizes: sizes)
  }

  public var sampleCount: Int { samples.count }

  /// Samples that an epoch goes through.
  public var epochLength: Int { isTraining ? sampler.length(of: sampleCount) : sampleCount }

  /// 0 where ``dropsLast`` leaves nothing.
  public var stepsPerEpoch: Int {
    isTraining && dropsLast
      ? epochLength / batchSize : (epochLength + batchSize - 1) / batchSize
  }

  /// The size at which any batch fits.
  public var largestSize: CanvasSize {
    let all = sizes + earlySizes
    return CanvasSize(width: all.map(\.width).max() ?? 1, height: all.map(\.height).max() ?? 1)
  }

  /// `[batchSize, channels, height, width]` at the size at which that is most.
  package func mostFloats(channels: Int) -> Int {
    batchSize * channels * ((sizes + earlySizes).map(\.area).max() ?? 0)
  }

  public func size(epoch: Int, step: Int) -> CanvasSize {
    guard isTraining else { return sizes[0] }
    let sizes = epoch < earlyEpochs ? earlySizes : sizes
    var generator = KeyedGenerator(seed: seed, purpose: "batch size", epoch, step)
    return sizes[generator.index(below: sizes.count)]
  }

  /// The samples of an epoch as they come.
  public func order(epoch: Int) -> [Int32] {
    isTraining ? sampler.order(of: samples, seed: seed, epoch: epoch) : samples
  }

  /// The positions of an epoch's order that share pictures with `position`: the order is cut into
  /// equal blocks of `window` to nearly twice as many. Nil where that is all of it.
  ///
  /// A function of the schedule alone: which pictures a mosaic takes does not depend on what is in
  /// memory, and yet all uses of a picture in an epoch lie close together.
  package func mosaicBlock(of position: Int, window: Int, in count: Int) -> Range<Int>? {
    let blocks = count / max(1, window)
    guard isTraining, blocks > 1 else { return nil }
    func start(_ block: Int) -> Int { block * count / blocks }
    let position = position % count
    var block = position * blocks / count
    // Both divisions round down: the block may be the next one.
    if start(block + 1) <= position { block += 1 }
    return start(block)..<start(block + 1)
  }

  /// Positions in the epoch's order; at its end it starts over.
  public func positions(step: Int) -> Range<Int> {
    precondition((0..<stepsPerEpoch).contains(step), "step \(step) of \(stepsPerEpoch) in an epoch")
    let start = step * batchSize
    return start..<(isTraining ? start + batchSize : min(start + batchSize, sampleCount))
  }

  /// Sizes for training at several scales: `base` times each factor in the range whose sides are
  /// multiples of `multiple`, `base` among them; the shape of `base` is kept to the nearest multiple.
  public static func sizes(
    around base: CanvasSize, factors: ClosedRange<Double>, multiple: Int = 32
  ) -> [CanvasSize] {
    let step = Double(multiple)
    let lowest = Int((Double(base.width) * factors.lowerBound / step).rounded(.up))
    let highest = Int((Double(base.width) * factors.upperBound / step).rounded(.down))
    var sizes = [base]
    for units in stride(from: max(1, lowest), through: highest, by: 1) {
      let width = units * multiple
      let height = Double(base.height) * Double(width) / Double(base.width)
      let size = CanvasSize(
        width: width, height: max(1, Int((height / step).rounded())) * multiple)
      if size != base { sizes.append(size) }
    }
    return sizes
  }
}
