import Foundation
import Logging

/// What commands say on standard error.
enum Messages {
  private static let logger = Logger(label: "dldetect") { _ in LineHandler() }

  static func note(_ line: String) { logger.info("\(line)") }
  static func warn(_ line: String) { logger.warning("\(line)") }
  static func error(_ line: String) { logger.error("\(line)") }

  static let isTerminal = isatty(STDERR_FILENO) == 1

  static func raw(_ text: String) {
    // Where both streams go to one file, lines keep their order.
    fflush(nil)
    FileHandle.standardError.write(Data(text.utf8))
  }

  /// One line a message; what is not plain information says so first.
  private struct LineHandler: LogHandler {
    var metadata: Logger.Metadata = [:]
    var logLevel = Logger.Level.info

    subscript(metadataKey key: String) -> Logger.Metadata.Value? {
      get { metadata[key] }
      set { metadata[key] = newValue }
    }

    func log(event: LogEvent) {
      let prefix = event.level >= .warning ? "\(event.level): " : ""
      // On a terminal a progress line may stand there.
      let clear = Messages.isTerminal ? "\r\u{1B}[K" : ""
      Messages.raw("\(clear)\(prefix)\(event.message)\n")
    }
  }
}
