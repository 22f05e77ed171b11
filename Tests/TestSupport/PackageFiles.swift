import Foundation

/// The package's root: where tests find files that are committed beside them.
///
/// - Parameter file: leave out; the caller's path, `<root>/Tests/<folder>/<file>`.
public func packageRoot(_ file: String = #filePath) -> URL {
  URL(fileURLWithPath: file).deletingLastPathComponent().deletingLastPathComponent()
    .deletingLastPathComponent()
}
