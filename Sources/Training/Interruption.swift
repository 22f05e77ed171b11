import Foundation
import Synchronization

/// Ctrl-C as a flag that long work looks at between steps. The second one ends the process at once.
public enum Interruption {
  private static let flag = Atomic<Bool>(false)

  /// From here on SIGINT and SIGTERM set the flag.
  ///
  /// They are unblocked too, in case whoever started the program had them blocked. Call it before
  /// other threads are there: they inherit what is blocked.
  public static func watch() {
    var set = sigset_t()
    sigemptyset(&set)
    sigaddset(&set, SIGINT)
    sigaddset(&set, SIGTERM)
    pthread_sigmask(SIG_UNBLOCK, &set, nil)
    for number in [SIGINT, SIGTERM] {
      signal(number) { number in
        Interruption.flag.store(true, ordering: .relaxed)
        signal(number, SIG_DFL)
      }
    }
  }

  public static var isRequested: Bool { flag.load(ordering: .relaxed) }
}
