import Datasets
import Detectors
import Execution
import Images
import Networks

/// Everything that decides how a training run goes. The same names serve YAML recipes, the command
/// line (in kebab-case) and the run's settings.yaml; ``Setting/all`` documents each.
public struct TrainingSettings: Codable, Hashable, Sendable {
  /// The word for the data set that the program draws itself.
  public static let builtInData = "shapes"
  package static let batchBounds = 1...4096

  public var model = "nano"
  public var data = builtInData
  public var anchors = AnchorChoice.model
  /// Of all levels together; nil: three a level.
  public var anchorCount: Int?
  public var weights = ""
  public var strict = false

  public var fold = FoldChoice.none
  public var subset = SubsetSize.all
  public var sampling = Sampling()
  public var dropLast = false

  public var epochs = 100
  public var minutes = 0.0
  /// Nil until it has been fitted to the memory.
  public var batch: Int? = 8
  /// MiB; nil: a share of what the system has available.
  public var memory: Int?
  public var size: Extent = 320
  public var multiScale = 0.0
  public var earlyScale = 1.0
  public var earlyShare = 0.5
  public var seed: UInt64 = 0
  public var precision = PrecisionChoice.auto
  public var recompute = false
  public var threads = 0
  public var workers = 2
  public var cache: ByteCount = "1GB"
  public var cacheFolder = ""

  public var optimizer = OptimizerKind.adamw
  public var learningRate = 0.002
  public var momentum = 0.9
  public var nesterov = true
  public var beta2 = 0.999
  public var epsilon = OptimizerRule.standardEpsilon(.adamw)
  public var rmspropAlpha = 0.99
  public var momentumDecay = 0.004
  public var trustCoefficient = 0.001
  public var weightDecay = 0.05
  public var l1Decay = 0.0
  public var decayKind = DecayKind.auto
  public var groups = ParameterGroups()
  public var schedule = ScheduleKind.cosine
  public var finalFraction = 0.01
  public var milestones = Milestones()
  public var stepFactor = 0.1
  public var restartEpochs = 10.0
  public var restartFactor = 2
  public var plateauMetric = PlateauMetric.ap
  public var plateauFactor = 0.1
  public var plateauPatience = 5
  public var plateauThreshold = 1e-4
  public var plateauCooldown = 0
  public var warmupEpochs = 2.0
  public var accumulation = 1
  public var clipNorm = 10.0
  public var clipValue = 0.0
  public var flooding = 0.0
  public var emaDecay = 0.998
  public var emaTau = 300.0

  public var normalization = Normalization.Kind.linear
  public var percentiles = PercentileRange(low: 1, high: 99)
  /// 0: all.
  public var normalizationPictures = 1000

  public var augmentation = Augmentation()
  public var closeMosaic = 12
  public var mosaicWindow = 512

  public var validateEvery = 5
  public var patience = 0
  public var checkpointSeconds = 120.0
  public var checkpointSteps = 0

  public init() {}

  /// ``batch``, once it is known.
  package var batchSize: Int {
    guard let batch else { preconditionFailure("batch auto has not been fitted to the memory") }
    return batch
  }

  /// Of decoded pictures that are kept; validation gets the quarter that is left.
  package var trainingCacheBytes: Int { cache.bytes / 4 * 3 }
  package var validationCacheBytes: Int { cache.bytes / 4 }

  /// Whether a part of the training split is trained on.
  package var takesPart: Bool { fold != .none || subset != .all }

  /// A cache of pictures for a data set: in memory, or in ``cacheFolder`` alone, where the system
  /// keeps in memory what it has room for.
  ///
  /// - Throws: ``DatasetError/cannotCreate(path:reason:)``.
  package func pictureCache(
    _ dataset: Dataset, bytes: Int, largestSize: CanvasSize, input: InputFormat, isTraining: Bool
  ) throws -> PictureCache {
    precondition(cacheFolder.isEmpty || bytes > 0, "a folder of pictures needs a cache above 0")
    let store =
      cacheFolder.isEmpty
      ? nil : try PictureStore(folder: cacheFolder, dataset: dataset, budget: bytes)
    return PictureCache(
      dataset: dataset, budget: bytes, store: store, largestSize: largestSize,
      largestScale: isTraining ? augmentation.largestScale : 1, input: input,
      window: isTraining ? mosaicWindow : .max)
  }

  /// Of the first ``earlyEpochs``: the nearest multiples of 32.
  package var earlySize: Extent {
    func side(_ full: Int) -> Int {
      max(1, Int((Double(full) * earlyScale / 32).rounded())) * 32
    }
    return Extent(height: side(size.height), width: side(size.width))
  }

  /// What ``multiScale`` makes of a size, which comes first.
  package func sizes(around size: Extent, _ model: ModelSettings) -> [CanvasSize] {
    BatchSchedule.sizes(
      around: CanvasSize(size), factors: (1 - multiScale)...(1 + multiScale),
      multiple: max(32, model.sizeMultiple))
  }

  /// The sizes that batches are drawn at, the run's own first, and the settings that they come from.
  package func trainedSizes(_ model: ModelSettings) -> [(size: Extent, key: String)] {
    [(size, "size"), (earlySize, "earlyScale")].flatMap { base, key in
      sizes(around: base, model).enumerated().map { ($1.extent, $0 == 0 ? key : "multiScale") }
    }
  }

  package var earlyEpochs: Int {
    earlySize == size ? 0 : Int((Double(epochs) * earlyShare).rounded())
  }
}
