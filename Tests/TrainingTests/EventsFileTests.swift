import CBridge
import Foundation
import Testing
import Training

@Suite struct EventsFileTests {
  private let folder = FileManager.default.temporaryDirectory
    .appendingPathComponent("events-\(UUID().uuidString)").path

  private func history(_ rows: [String]) throws -> MetricsHistory {
    let run = folder + "/run"
    try FileManager.default.createDirectory(atPath: run, withIntermediateDirectories: true)
    let text = (["epoch,steps,learning_rate,train_loss,val_loss,AP"] + rows).joined(separator: "\n")
    try Data((text + "\n").utf8).write(to: URL(fileURLWithPath: run + "/metrics.csv"))
    return try MetricsHistory(RunFolder(run))
  }

  private static let rows = ["1,10,0.001,5.25,,", "2,20,0.0005,4.125,3.5,0.25", "3,30,0,4,,"]

  private func remove() { try? FileManager.default.removeItem(atPath: folder) }

  private func bytes(_ file: EventsFile) throws -> [UInt8] {
    [UInt8](try Data(contentsOf: URL(fileURLWithPath: try #require(file.path))))
  }

  /// RFC 3720, appendix B.4, and the check value of the catalogue of CRCs.
  @Test func checksumIsCastagnolis() {
    func checksum(_ bytes: [UInt8]) -> UInt32 { cb_crc32c(bytes, bytes.count) }
    #expect(checksum(Array("123456789".utf8)) == 0xE306_9283)
    #expect(checksum([UInt8](repeating: 0, count: 32)) == 0x8A91_36AA)
    #expect(checksum([UInt8](repeating: 0xFF, count: 32)) == 0x62A8_AB43)
    #expect(checksum(Array(0..<32)) == 0x46DD_794E)
    #expect(checksum([]) == 0)
  }

  /// A record by hand. Event: 09 + wall time 1.0 as a double, 10 05: step 5, 2A 09: a summary of 9
  /// bytes; 0A 07: a value of 7 bytes, 0A 00: an empty tag, 15: the float 0.5 (3F000000).
  @Test func recordIsFramedAsTFRecordSays() {
    let event: [UInt8] =
      [0x09, 0, 0, 0, 0, 0, 0, 0xF0, 0x3F, 0x10, 0x05, 0x2A, 0x09, 0x0A, 0x07]
      + [0x0A, 0x00, 0x15, 0, 0, 0, 0x3F]
    func masked(_ bytes: [UInt8]) -> [UInt8] {
      let checksum = cb_crc32c(bytes, bytes.count)
      let mask = (checksum >> 15 | checksum << 17) &+ 0xA282_EAD8
      return (0..<4).map { UInt8(truncatingIfNeeded: mask >> (8 * $0)) }
    }
    let length: [UInt8] = [UInt8(event.count), 0, 0, 0, 0, 0, 0, 0]
    let record = EventRecord.scalars(
      [(tag: "", value: 0.5)], step: 5, at: Date(timeIntervalSince1970: 1))
    #expect([UInt8](record.bytes) == length + masked(length) + event + masked(event))
  }

  /// Written by TensorFlow's own writer; see benchmarks/check_events.py golden.
  @Test func headerIsWhatTensorFlowWrites() {
    let header = EventRecord.header(at: Date(timeIntervalSince1970: 1.5))
    #expect(header.bytes.base64EncodedString() == Self.goldenHeader)
  }

  private static let goldenHeader = "GAAAAAAAAACjf0siCQAAAAAAAPg/Gg1icmFpbi5FdmVudDoyKihkbA=="

  @Test func fileGrowsByARecordARow() throws {
    defer { remove() }
    let file = EventsFile(folder + "/tensorboard")
    var earlier: [UInt8] = []
    for count in 0...3 {
      try file.follow(history(Array(Self.rows.prefix(count))))
      let bytes = try bytes(file)
      #expect(bytes.starts(with: earlier) && bytes.count > earlier.count)
      #expect(EventRecord.extent(of: Data(bytes)) == (bytes.count, count + 1))
      earlier = bytes
    }
    let text = String(decoding: earlier, as: UTF8.self)
    for tag in ["train/steps", "train/learning_rate", "train/loss", "val/loss", "val/AP"] {
      #expect(text.contains(tag), "\(tag)")
    }
    // Validated once: the second row alone has figures.
    #expect(text.matches(of: #/val\/AP/#).count == 1)
  }

  /// A crash between an epoch's row and its checkpoint, or while a record was written.
  @Test func rowsThatComeAgainReplaceTheirRecords() throws {
    defer { remove() }
    let file = EventsFile(folder + "/tensorboard")
    let now = Date(timeIntervalSince1970: 1000)
    try file.follow(history(Self.rows), now: now)
    let whole = try bytes(file)
    try file.follow(history(Array(Self.rows.prefix(1))), now: now)
    #expect(try bytes(file).count < whole.count)
    try file.follow(history(Self.rows), now: now)
    #expect(try bytes(file) == whole)
    for cut in [1, 20, whole.count - 1] {
      try Data(whole.prefix(cut)).write(to: URL(fileURLWithPath: file.path!))
      try file.follow(history(Self.rows), now: now)
      #expect(try bytes(file) == whole, "\(cut)")
    }
    var damaged = whole
    damaged[whole.count / 2] ^= 1
    try Data(damaged).write(to: URL(fileURLWithPath: file.path!))
    try file.follow(history(Self.rows), now: now)
    #expect(try bytes(file) == whole)
  }

  @Test func thereIsOneFileARun() throws {
    defer { remove() }
    let file = EventsFile(folder + "/tensorboard")
    for second in 0..<3 {
      try file.follow(history(Self.rows), now: Date(timeIntervalSince1970: Double(second)))
    }
    let names = try FileManager.default.contentsOfDirectory(atPath: folder + "/tensorboard")
    #expect(names == ["events.out.tfevents.0.dldetect"])
  }
}
