import Glibc

/// Files read with as few calls of the system as it takes.
enum FileBytes {
  /// All bytes of a file; nil where it cannot be read.
  static func whole(_ path: String) -> [UInt8]? {
    let file = open(path, O_RDONLY | O_CLOEXEC)
    guard file >= 0 else { return nil }
    defer { close(file) }
    var bytes = read(file, most: smallFile)
    // Most annotation files end here.
    guard let first = bytes, first.count == smallFile else { return bytes }
    var status = stat()
    guard fstat(file, &status) == 0 else { return nil }
    bytes?.reserveCapacity(Int(status.st_size))
    while true {
      guard let more = read(file, most: largeBlock) else { return nil }
      if more.isEmpty { return bytes }
      bytes?.append(contentsOf: more)
    }
  }

  private static let smallFile = 4096
  private static let largeBlock = 1 << 20

  /// Up to `most` bytes, fewer only at the end.
  private static func read(_ file: Int32, most: Int) -> [UInt8]? {
    var failed = false
    let bytes = [UInt8](unsafeUninitializedCapacity: most) { buffer, count in
      while count < most {
        let got = Glibc.read(file, buffer.baseAddress! + count, most - count)
        if got < 0 && errno == EINTR { continue }
        failed = got < 0
        if got <= 0 { return }
        count += got
      }
    }
    return failed ? nil : bytes
  }
}
