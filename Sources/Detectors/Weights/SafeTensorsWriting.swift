import Foundation

extension SafeTensors {
  /// A tensor to be written; memory is borrowed.
  package struct Source {
    package var name: String
    package var shape: [Int]
    package var values: UnsafeBufferPointer<Float>
    package var format: Format

    package init(
      name: String, shape: [Int], values: UnsafeBufferPointer<Float>, format: Format = .f32
    ) {
      precondition(
        shape.reduce(1, *) == values.count, "\(name): \(values.count) values for shape \(shape)")
      self.name = name
      self.shape = shape
      self.values = values
      self.format = format
    }
  }

  /// Writes the tensors in the given order; the same input gives the same bytes.
  ///
  /// Values beyond half precision's range (±65,504) would become infinite: such a tensor stays in 32
  /// bits.
  ///
  /// - Throws: ``WeightsError/diskFull(file:bytes:)`` or ``WeightsError/writeFailed(file:reason:)``.
  package static func write(
    _ tensors: [Source], metadata: [String: String], to file: String
  ) throws {
    var header = Header()
    header.metadata = metadata
    var body: [UInt8] = []
    for tensor in tensors {
      let start = body.count
      let format = tensor.fits ? tensor.format : .f32
      append(tensor.values, as: format, to: &body)
      precondition(header.entries[tensor.name] == nil, "two tensors are called \(tensor.name)")
      header.entries[tensor.name] = Entry(
        dtype: format, shape: tensor.shape, offsets: [start, body.count])
    }
    let json = try encoded(header)
    let length = (0..<8).map { UInt8(truncatingIfNeeded: json.count >> (8 * $0)) }
    try (length + json).withUnsafeBytes { head in
      try body.withUnsafeBytes { try writeAtomically(file, [head, $0]) }
    }
  }

  /// Padded with spaces, so that the values begin at a multiple of 8 bytes.
  private static func encoded(_ header: Header) throws -> [UInt8] {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    var json = [UInt8](try encoder.encode(header))
    while json.count % 8 != 0 { json.append(UInt8(ascii: " ")) }
    return json
  }

  private static func append(
    _ values: UnsafeBufferPointer<Float>, as format: Format, to body: inout [UInt8]
  ) {
    switch format {
    case .f32:
      body.append(contentsOf: UnsafeRawBufferPointer(values))
    case .f16:
      let halves = values.map { Float16($0) }
      halves.withUnsafeBytes { body.append(contentsOf: $0) }
    }
  }
}

extension SafeTensors.Source {
  fileprivate var fits: Bool {
    values.allSatisfy { abs($0) <= Float(Float16.greatestFiniteMagnitude) || !$0.isFinite }
  }
}
