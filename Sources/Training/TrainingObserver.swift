import Datasets
import Detectors

/// Who is told how a run goes.
package protocol TrainingObserver: AnyObject {
  /// A sentence to be said once.
  func note(_ line: String)
  /// The same, for what the user may want to mend.
  func warn(_ line: String)
  /// The run's first batch, before its step; its pixels are there for the call only.
  func begins(with batch: Batch, classNames: [String], in folder: RunFolder)
  func stepped(_ progress: StepProgress)
  func validating(_ done: Int, of total: Int)
  func epochEnded(_ summary: EpochSummary)
}

extension TrainingObserver {
  package func begins(with batch: Batch, classNames: [String], in folder: RunFolder) {}
}

package struct StepProgress {
  /// From 0.
  package var epoch: Int
  package var epochs: Int
  /// Batches of the epoch that are done.
  package var batch: Int
  package var batches: Int
  package var loss: LossTerms
  package var learningRate: Double
  /// Mean of the epoch so far.
  package var meanLoss: Double
}

package struct EpochSummary {
  package var epoch: Int
  package var epochs: Int
  package var loss: Double
  package var validation: ValidationResult?
  package var isBest: Bool
  package var seconds: Double
}

/// Says nothing.
package final class SilentObserver: TrainingObserver {
  package init() {}
  package func note(_ line: String) {}
  package func warn(_ line: String) {}
  package func stepped(_ progress: StepProgress) {}
  package func validating(_ done: Int, of total: Int) {}
  package func epochEnded(_ summary: EpochSummary) {}
}
