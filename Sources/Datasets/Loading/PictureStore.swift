import CBridge
import Foundation
import Glibc
import Images

/// Decoded pictures in a file that outlives the run, mapped into memory: the system keeps as much of
/// it in memory as there is room for.
///
/// A picture is known by its path, the size and time of change of its file, and the side and channels
/// that it is decoded at: a checksum of the contents would need the file read, which is half of what the store
/// saves. The file grows at its end only. A record counts once its header is whole, which is written
/// after the pixels; they have a checksum of their own, looked at before they are used first. So a
/// process that is cut off leaves a shorter store, never a wrong one. The first process to open a
/// store adds to it, others only read what is there by then.
///
/// `@unchecked Sendable`: everything that changes is reached only while the lock is held; records
/// are not written again.
package final class PictureStore: @unchecked Sendable {
  /// What a record is found by.
  private struct Key: Hashable {
    var path: UInt64
    var fileBytes: UInt64
    var changeTime: Int64
    var minimumSide: Int64
    var channels: Int64
  }

  private struct Header {
    static let mark: UInt64 = 0x3130_6369_7064_6C64  // "dldpic01"
    var mark = Header.mark
    var key: Key
    var layout: cb_image_layout
    var pixelBytes: UInt64
    var pixelChecksum: UInt64
    /// Of all before it.
    var checksum: UInt64 = 0

    var expectedChecksum: UInt64 {
      var copy = self
      copy.checksum = 0
      return withUnsafeBytes(of: &copy) { cb_checksum($0.baseAddress, $0.count) }
    }
  }

  private struct Record {
    var offset: Int
    var header: Header
    var isChecked: Bool
  }

  /// What lies in it, and what came of it in this run.
  package struct Statistics: Sendable, CustomStringConvertible {
    package var hits = 0
    package var added = 0
    package var bytes = 0
    package var isWriter: Bool
    /// How often a picture found no room.
    package var refused = 0
    /// Records whose pixels were not what had been written.
    package var damaged = 0

    package var description: String {
      "\(bytes >> 20) MiB on disk, \(hits) pictures read from there, \(added) added"
        + (refused > 0
          ? ", no room \(refused) times: the file keeps what it holds, also of other sizes, until it is "
            + "deleted" : "")
        + (damaged > 0 ? ", \(damaged) damaged ones decoded anew" : "")
        + (isWriter ? "" : "; another process adds to it")
    }
  }

  package let path: String
  private let file: Int32
  private let map: UnsafeRawPointer
  private let capacity: Int
  private let lock = NSLock()
  private var records: [Key: Record] = [:]
  private var end = 0
  private var counts: Statistics

  /// Headers and pixels begin at multiples of this.
  private static let alignment = 64
  /// Readable bytes behind the pixels, which kernels ask for.
  private static let slack = 64

  /// Opens the store of a data set in a folder, which is made where it is not there.
  ///
  /// - Parameter budget: bytes that the file may have.
  /// - Throws: ``DatasetError/cannotCreate(path:reason:)``.
  package init(folder: String, dataset: Dataset, budget: Int) throws {
    try OutputFile.makeFolder(folder)
    path = "\(folder)/pictures-\(Self.name(of: dataset)).cache"
    file = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o644)
    guard file >= 0 else {
      throw DatasetError.cannotCreate(path: path, reason: String(cString: strerror(errno)))
    }
    counts = Statistics(isWriter: flock(file, LOCK_EX | LOCK_NB) == 0)
    var status = stat()
    fstat(file, &status)
    capacity = max(budget, Int(status.st_size))
    guard capacity > 0,
      let map = mmap(nil, capacity + Self.slack, PROT_READ, MAP_SHARED, file, 0), map != MAP_FAILED
    else {
      close(file)
      throw DatasetError.cannotCreate(path: path, reason: "it cannot be mapped into memory")
    }
    self.map = UnsafeRawPointer(map)
    readHeaders(fileBytes: Int(status.st_size))
  }

  deinit {
    munmap(UnsafeMutableRawPointer(mutating: map), capacity + Self.slack)
    close(file)
  }

  package var statistics: Statistics {
    lock.withLock {
      var statistics = counts
      statistics.bytes = end
      return statistics
    }
  }

  private static func name(of dataset: Dataset) -> String {
    let hash = dataset.samples.reduce(UInt64(dataset.count)) { hash, sample in
      (hash &* 0x100_0000_01B3) ^ checksum(of: sample.path)
    }
    return String(hash, radix: 16)
  }

  private static func checksum(of text: String) -> UInt64 {
    var text = text
    return text.withUTF8 { cb_checksum($0.baseAddress, $0.count) }
  }

  /// Up to the first that is not whole: from there on it is written anew.
  private func readHeaders(fileBytes: Int) {
    let headerBytes = MemoryLayout<Header>.size
    while end + headerBytes <= fileBytes {
      let header = map.loadUnaligned(fromByteOffset: end, as: Header.self)
      guard header.mark == Header.mark, header.checksum == header.expectedChecksum,
        header.pixelBytes < UInt64(fileBytes),
        end + Self.length(Int(header.pixelBytes)) <= fileBytes
      else { return }
      records[header.key] = Record(offset: end, header: header, isChecked: false)
      end += Self.length(Int(header.pixelBytes))
    }
  }

  private static var pixelOffset: Int { aligned(MemoryLayout<Header>.size) }

  private static func aligned(_ bytes: Int) -> Int {
    (bytes + alignment - 1) / alignment * alignment
  }

  /// Of a whole record.
  private static func length(_ pixelBytes: Int) -> Int {
    aligned(pixelOffset + pixelBytes + slack)
  }

  private func key(_ path: String, _ minimumSide: Int, _ channels: Int) -> Key? {
    var status = stat()
    guard stat(path, &status) == 0 else { return nil }
    let time = Int64(status.st_mtim.tv_sec) * 1_000_000_000 + Int64(status.st_mtim.tv_nsec)
    return Key(
      path: Self.checksum(of: path), fileBytes: UInt64(status.st_size), changeTime: time,
      minimumSide: Int64(minimumSide), channels: Int64(channels))
  }

  /// The picture, its pixels in the store; nil where it is not there, or not whole.
  ///
  /// - Parameter channels: that pictures are decoded for.
  func picture(_ path: String, minimumSide: Int, channels: Int = 3) -> Picture? {
    guard let key = key(path, minimumSide, channels),
      let record = lock.withLock({ records[key] })
    else { return nil }
    let pixels = map + record.offset + Self.pixelOffset
    if !record.isChecked {
      guard cb_checksum(pixels, Int(record.header.pixelBytes)) == record.header.pixelChecksum
      else {
        lock.withLock {
          records[key] = nil
          counts.damaged += 1
        }
        return nil
      }
    }
    guard let picture = try? Picture(record.header.layout, pixels: pixels, in: self) else {
      return nil
    }
    lock.withLock {
      records[key]?.isChecked = true
      counts.hits += 1
    }
    return picture
  }

  /// Puts an 8-bit picture at the end, where this process may write and there is room.
  ///
  /// - Returns: whether it is in the store now.
  @discardableResult
  func add(_ picture: Picture, _ path: String, minimumSide: Int, channels: Int = 3) -> Bool {
    guard picture.bits == 8, let key = key(path, minimumSide, channels) else { return false }
    return picture.withPixels { pixels in
      lock.withLock {
        let length = Self.length(pixels.count)
        if records[key] != nil { return true }
        guard counts.isWriter else { return false }
        guard end + length <= capacity else {
          counts.refused += 1
          return false
        }
        var header = Header(
          key: key, layout: picture.layout, pixelBytes: UInt64(pixels.count),
          pixelChecksum: cb_checksum(pixels.baseAddress, pixels.count))
        header.checksum = header.expectedChecksum
        let start = end + Self.pixelOffset
        let rest = [UInt8](repeating: 0, count: end + length - start - pixels.count)
        guard write(UnsafeRawBufferPointer(pixels), at: start),
          rest.withUnsafeBytes({ write($0, at: start + pixels.count) }),
          withUnsafeBytes(of: &header, { write($0, at: end) })
        else {
          // The disk is full: what is there stays.
          counts.isWriter = false
          return false
        }
        records[key] = Record(offset: end, header: header, isChecked: true)
        end += length
        counts.added += 1
        return true
      }
    }
  }

  private func write(_ bytes: UnsafeRawBufferPointer, at offset: Int) -> Bool {
    var done = 0
    while done < bytes.count {
      let count = pwrite(file, bytes.baseAddress! + done, bytes.count - done, off_t(offset + done))
      if count < 0 && errno == EINTR { continue }
      guard count > 0 else { return false }
      done += count
    }
    return true
  }
}
