import Datasets
import Foundation
import Reports
import Training

/// Shows how a run goes on standard error.
final class ConsoleObserver: TrainingObserver {
  private let progress = ProgressLine()
  private var start = ContinuousClock.now
  private var firstEpoch: Int?

  func note(_ line: String) { Messages.note(line) }
  func warn(_ line: String) { Messages.warn(line) }
  func clear() { progress.clear() }

  func begins(with batch: Batch, classNames: [String], in folder: RunFolder) {
    do {
      try ContactSheet(batch, classNames: classNames).picture().write(to: folder.firstBatch)
    } catch {
      warn("there is no picture of the first batch: \(Failure(error).line ?? "\(error)")")
    }
  }

  func stepped(_ step: StepProgress) {
    let part = Double(step.batch) / Double(step.batches)
    if firstEpoch == nil { (firstEpoch, start) = (step.epoch, .now) }
    progress.show(part) {
      "epoch \(step.epoch + 1)/\(step.epochs)  batch \(step.batch)/\(step.batches)  "
        + "loss \(number(step.meanLoss))  rate \(number(step.learningRate))" + remaining(step, part)
    }
  }

  func validating(_ done: Int, of total: Int) {
    progress.show(Double(done) / Double(max(1, total))) { "validating: batch \(done)/\(total)" }
  }

  func epochEnded(_ summary: EpochSummary) {
    progress.clear()
    var line = "epoch \(summary.epoch + 1)/\(summary.epochs): loss \(number(summary.loss))"
    if let validation = summary.validation {
      let metrics = validation.metrics
      line += ", AP \(number(metrics.ap)), AP50 \(number(metrics.ap50))"
      line += ", validation loss \(number(validation.loss))"
      if summary.isBest { line += " (best so far)" }
    }
    note(line)
  }

  /// By the mean time of the epochs since the start.
  private func remaining(_ step: StepProgress, _ part: Double) -> String {
    let done = Double(step.epoch - (firstEpoch ?? 0)) + part
    guard done > 0.05 else { return "" }
    let elapsed = (ContinuousClock.now - start) / .seconds(1)
    let left = Int(elapsed / done * (Double(step.epochs - step.epoch) - part))
    return left >= 3600
      ? "  \(left / 3600) h \(left % 3600 / 60) min left" : "  \(left / 60) min \(left % 60) s left"
  }

  private func number(_ value: Double?) -> String {
    value.map { String(format: "%.4g", $0) } ?? "–"
  }
}
