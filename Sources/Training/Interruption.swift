import Foundation
import Synchronization

/// Ctrl-C as a flag that long work looks at between steps. The second one ends the process at once.
public enum Interruption {
  private static let flag = Atomic<Bool>(false)

  /// From here on SIGINT and SIGTERM set the flag.
  public static func watch() {
    for number in [SIGINT, SIGTERM] {
      signal(number) { number in
        Interruption.flag.store(true, ordering: .relaxed)
        signal(number, SIG_DFL)
      }
    }
  }

  public static var isRequested: Bool { flag.load(ordering: .relaxed) }
}
