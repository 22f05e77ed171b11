import Datasets
import Detectors

/// Who is told how a run goes, on the thread that runs it.
public protocol TrainingObserver: AnyObject {
  /// A sentence to be said once.
  func note(_ line: String)
  /// The same, for what the user may want to mend.
  func warn(_ line: String)
  /// The run's first batch, before its step; its pixels are there for the call only.
  func begins(with batch: Batch, classNames: [String], in folder: RunFolder)
  func stepped(_ progress: StepProgress)
  /// Batches of the validation that are done.
  func validating(_ done: Int, of total: Int)
  func epochEnded(_ summary: EpochSummary)
}

extension TrainingObserver {
  public func begins(with batch: Batch, classNames: [String], in folder: RunFolder) {}
  public func stepped(_ progress: StepProgress) {}
  public func validating(_ done: Int, of total: Int) {}
}

/// How far a run is after a step.
public struct StepProgress: Sendable {
  /// From 0.
  public var epoch: Int
  public var epochs: Int
  /// Batches of the epoch that are done.
  public var batch: Int
  public var batches: Int
  public var loss: LossTerms
  public var learningRate: Double
  /// Mean of the epoch so far.
  public var meanLoss: Double
}

/// What came of an epoch.
public struct EpochSummary: Sendable {
  /// From 0.
  public var epoch: Int
  public var epochs: Int
  /// Mean of its batches.
  public var loss: Double
  /// Nil where the epoch was not validated.
  public var validation: ValidationResult?
  public var isBest: Bool
  public var seconds: Double
}

/// Says nothing.
public final class SilentObserver: TrainingObserver {
  public init() {}
  public func note(_ line: String) {}
  public func warn(_ line: String) {}
  public func epochEnded(_ summary: EpochSummary) {}
}
