import Glibc

/// Replaces a file as a whole: whoever reads it, or cuts the power, sees the old content or the new,
/// never a part.
///
/// Writes a temporary file beside it, makes it durable, renames it, and makes the renaming durable.
///
/// - Parameter chunks: written one after the other; memory is borrowed.
/// - Throws: ``WeightsError/diskFull(file:bytes:)`` or ``WeightsError/writeFailed(file:reason:)``;
///   then the file is as it was and the temporary one is gone.
package func writeAtomically(_ path: String, _ chunks: [UnsafeRawBufferPointer]) throws {
  let temporary = "\(path).\(getpid()).partial"
  do {
    try write(chunks, to: temporary)
    guard rename(temporary, path) == 0 else { throw WriteFailure(code: errno) }
    try synchronizeFolder(of: path)
  } catch let failure as WriteFailure {
    unlink(temporary)
    if failure.code == ENOSPC || failure.code == EDQUOT {
      throw WeightsError.diskFull(file: path, bytes: chunks.map(\.count).reduce(0, +))
    }
    throw WeightsError.writeFailed(file: path, reason: String(cString: strerror(failure.code)))
  }
}

package func writeAtomically(_ path: String, _ bytes: [UInt8]) throws {
  try bytes.withUnsafeBytes { try writeAtomically(path, [$0]) }
}

private struct WriteFailure: Error {
  var code: Int32
}

private func write(_ chunks: [UnsafeRawBufferPointer], to path: String) throws {
  let file = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o644)
  guard file >= 0 else { throw WriteFailure(code: errno) }
  do {
    for chunk in chunks { try writeAll(chunk, to: file) }
    guard fsync(file) == 0 else { throw WriteFailure(code: errno) }
  } catch {
    close(file)
    throw error
  }
  // Some file systems report a full disk only here.
  guard close(file) == 0 else { throw WriteFailure(code: errno) }
}

private func writeAll(_ chunk: UnsafeRawBufferPointer, to file: Int32) throws {
  var rest = chunk[...]
  while !rest.isEmpty {
    let buffer = UnsafeRawBufferPointer(rebasing: rest)
    let count = Glibc.write(file, buffer.baseAddress, buffer.count)
    if count < 0, errno == EINTR { continue }
    guard count > 0 else { throw WriteFailure(code: count < 0 ? errno : ENOSPC) }
    rest = rest.dropFirst(count)
  }
}

private func synchronizeFolder(of path: String) throws {
  let parent = path.lastIndex(of: "/").map { path[..<$0] } ?? "."
  let folder = open(parent.isEmpty ? "/" : String(parent), O_RDONLY | O_DIRECTORY | O_CLOEXEC)
  guard folder >= 0 else { throw WriteFailure(code: errno) }
  defer { close(folder) }
  // EINVAL: the file system has nothing to synchronise there.
  guard fsync(folder) == 0 || errno == EINVAL else { throw WriteFailure(code: errno) }
}
