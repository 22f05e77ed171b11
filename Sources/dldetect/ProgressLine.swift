import Foundation

/// Progress on standard error: a bar that is redrawn on a terminal, else a line now and then.
final class ProgressLine {
  private let isTerminal: Bool
  private let interval: Duration
  private var last: ContinuousClock.Instant?

  init(isTerminal: Bool = Messages.isTerminal) {
    self.isTerminal = isTerminal
    interval = isTerminal ? .milliseconds(100) : .seconds(30)
  }

  /// - Parameters:
  ///   - part: what is done, 0 … 1.
  ///   - text: made only when it is shown.
  func show(_ part: Double, _ text: () -> String) {
    let now = ContinuousClock.now
    if let last, now - last < interval { return }
    // The first line of a log comes after an interval, since short work needs none.
    let isFirst = last == nil
    last = now
    if isTerminal {
      Messages.raw("\r\u{1B}[K\(bar(part)) \(text())")
    } else if !isFirst {
      Messages.note(text())
    }
  }

  /// Removes the bar.
  func clear() {
    if isTerminal && last != nil { Messages.raw("\r\u{1B}[K") }
  }

  private func bar(_ part: Double) -> String {
    let cells = 24
    let full = Int((min(1, max(0, part)) * Double(cells)).rounded())
    return "[" + String(repeating: "=", count: full)
      + String(repeating: " ", count: cells - full) + "]"
  }
}
