import Foundation

/// A file of named tensors in safetensors format: eight bytes with the header's length (little
/// endian), a JSON header, the tensors' raw values.
///
/// <https://github.com/huggingface/safetensors>, section "Format".
package struct SafeTensors {
  package enum Format: String, Codable, Sendable {
    case f32 = "F32"
    case f16 = "F16"

    var bytes: Int { self == .f32 ? 4 : 2 }
  }

  package struct Entry: Codable, Hashable, Sendable {
    package var dtype: Format
    package var shape: [Int]
    /// From the end of the header.
    package var offsets: [Int]

    private enum CodingKeys: String, CodingKey {
      case dtype, shape
      case offsets = "data_offsets"
    }

    package var count: Int { shape.reduce(1, *) }
  }

  package let file: String
  package let metadata: [String: String]
  /// In the order of their values in the file.
  package let names: [String]
  private let entries: [String: Entry]
  private let data: Data
  private let start: Int

  package subscript(name: String) -> Entry? { entries[name] }

  /// - Throws: ``WeightsError``.
  package init(contentsOf file: String) throws {
    guard FileManager.default.fileExists(atPath: file) else {
      throw WeightsError.notFound(file: file)
    }
    guard let data = FileManager.default.contents(atPath: file) else {
      throw WeightsError.unreadable(file: file, reason: "it is a folder or not permitted")
    }
    try self.init(data, file: file)
  }

  /// - Parameter file: for messages.
  package init(_ data: Data, file: String) throws {
    let header = try Self.header(data, file: file)
    self.file = file
    self.data = data
    start = 8 + header.length
    metadata = header.content.metadata
    entries = header.content.entries
    names = entries.keys.sorted {
      let (a, b) = (header.content.entries[$0]!, header.content.entries[$1]!)
      return (a.offsets[0], a.offsets[1], $0) < (b.offsets[0], b.offsets[1], $1)
    }
    try check()
  }

  private static func header(_ data: Data, file: String) throws -> (length: Int, content: Header) {
    guard data.count >= 8 else {
      throw WeightsError.malformed(file: file, reason: "it has only \(data.count) bytes")
    }
    let length = data.prefix(8).reversed().reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
    guard length <= UInt64(data.count - 8) else {
      throw WeightsError.malformed(
        file: file, reason: "a header of \(length) bytes in a file of \(data.count)")
    }
    let json = data.subdata(in: data.startIndex + 8..<data.startIndex + 8 + Int(length))
    guard let content = try? JSONDecoder().decode(Header.self, from: json),
      content.entries.values.allSatisfy({ $0.offsets.count == 2 })
    else {
      throw WeightsError.malformed(
        file: file, reason: "its header is no JSON of F32 and F16 tensors")
    }
    return (Int(length), content)
  }

  /// Values follow each other without gaps and end with the file, as the format demands.
  private func check() throws {
    var end = 0
    for name in names {
      let entry = entries[name]!
      let offsets = entry.offsets
      var bytes = entry.dtype.bytes
      for extent in entry.shape {
        let (product, overflow) = bytes.multipliedReportingOverflow(by: extent)
        guard extent >= 0, !overflow else {
          throw WeightsError.malformed(file: file, reason: "\(name) has shape \(entry.shape)")
        }
        bytes = product
      }
      guard offsets[0] == end, offsets[1] >= end, offsets[1] - end == bytes,
        offsets[1] <= data.count - start
      else {
        throw WeightsError.malformed(
          file: file, reason: "\(name) of \(bytes) bytes lies at \(offsets), expected at \(end)")
      }
      end = offsets[1]
    }
    guard start + end == data.count else {
      throw WeightsError.malformed(
        file: file, reason: "it should have \(start + end) bytes and has \(data.count)")
    }
  }

  /// The tensor's values as 32-bit floats.
  ///
  /// - Precondition: the tensor is there and has as many values as `destination`.
  package func copy(_ name: String, into destination: UnsafeMutableBufferPointer<Float>) {
    guard let entry = entries[name], entry.count == destination.count else {
      preconditionFailure("no tensor \(name) of \(destination.count) values in \(file)")
    }
    data.withUnsafeBytes { bytes in
      let source = UnsafeRawBufferPointer(rebasing: bytes.dropFirst(start + entry.offsets[0]))
      for index in destination.indices {
        switch entry.dtype {
        case .f32:
          let bits = source.loadUnaligned(fromByteOffset: 4 * index, as: UInt32.self)
          destination[index] = Float(bitPattern: UInt32(littleEndian: bits))
        case .f16:
          let bits = source.loadUnaligned(fromByteOffset: 2 * index, as: UInt16.self)
          destination[index] = Float(Float16(bitPattern: UInt16(littleEndian: bits)))
        }
      }
    }
  }

  package func values(_ name: String) -> [Float]? {
    guard let entry = entries[name] else { return nil }
    return [Float](unsafeUninitializedCapacity: entry.count) { buffer, count in
      copy(name, into: UnsafeMutableBufferPointer(rebasing: buffer[0..<entry.count]))
      count = entry.count
    }
  }
}

/// The JSON header: an entry a tensor, and `__metadata__`.
struct Header: Codable {
  var metadata: [String: String] = [:]
  var entries: [String: SafeTensors.Entry] = [:]

  private struct Key: CodingKey {
    var stringValue: String
    var intValue: Int? { nil }
    init(stringValue: String) { self.stringValue = stringValue }
    init?(intValue: Int) { nil }
    static let metadata = Key(stringValue: "__metadata__")
  }

  init() {}

  init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: Key.self)
    for key in container.allKeys {
      if key.stringValue == Key.metadata.stringValue {
        metadata = try container.decode([String: String].self, forKey: key)
      } else {
        entries[key.stringValue] = try container.decode(SafeTensors.Entry.self, forKey: key)
      }
    }
  }

  func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: Key.self)
    try container.encode(metadata, forKey: .metadata)
    for (name, entry) in entries { try container.encode(entry, forKey: Key(stringValue: name)) }
  }
}
