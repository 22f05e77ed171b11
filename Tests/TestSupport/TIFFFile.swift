import Foundation

/// Writes uncompressed TIFF files of any depth and number of channels, which no codec here does.
///
/// TIFF 6.0, sections 2 (structure), 15 (tiles), and the tags ExtraSamples and SampleFormat.
package struct TIFFFile {
  package enum Layout: CaseIterable, Sendable {
    /// Pixel after pixel, or channel after channel, in one strip each.
    case chunky, planar
    /// Pixel after pixel, or channel after channel, in tiles of 16 × 16.
    case tiled, planarTiled
  }

  package var width: Int
  package var height: Int
  package var channels: Int
  package var layout: Layout = .chunky
  /// 1: black is zero, whatever further channels there are; 2: RGB.
  package var photometric: UInt16 = 1

  package init(width: Int, height: Int, channels: Int, layout: Layout = .chunky) {
    (self.width, self.height, self.channels, self.layout) = (width, height, channels, layout)
  }

  private static let tileSide = 16

  private var isPlanar: Bool { layout == .planar || layout == .planarTiled }
  private var isTiled: Bool { layout == .tiled || layout == .planarTiled }

  /// - Parameter samples: row by row, pixel after pixel.
  package func bytes<Sample: BitwiseCopyable>(_ samples: [Sample]) -> Data {
    precondition(samples.count == width * height * channels, "a TIFF needs all its samples")
    let size = MemoryLayout<Sample>.size
    let chunks = chunks().map { indices in
      indices.reduce(into: Data()) { data, index in
        // What lies beyond the picture in a tile.
        guard let index else { return data.append(Data(repeating: 0xEE, count: size)) }
        withUnsafeBytes(of: samples[index]) { data.append(contentsOf: $0) }
      }
    }
    return file(chunks, bits: size * 8, isFloat: Sample.self == Float.self)
  }

  /// Indices of the samples of each strip or tile.
  private func chunks() -> [[Int?]] {
    let parts: [[Int]] = isPlanar ? (0..<channels).map { [$0] } : [Array(0..<channels)]
    let (columns, rows) = isTiled ? (Self.tileSide, Self.tileSide) : (width, height)
    var chunks: [[Int?]] = []
    for part in parts {
      for top in stride(from: 0, to: height, by: rows) {
        for left in stride(from: 0, to: width, by: columns) {
          chunks.append(chunk(part, left..<left + columns, top..<top + rows))
        }
      }
    }
    return chunks
  }

  private func chunk(_ part: [Int], _ xs: Range<Int>, _ ys: Range<Int>) -> [Int?] {
    var indices: [Int?] = []
    for y in ys {
      for x in xs {
        let isInside = x < width && y < height
        for channel in part {
          indices.append(isInside ? (y * width + x) * channels + channel : nil)
        }
      }
    }
    return indices
  }

  private func file(_ chunks: [Data], bits: Int, isFloat: Bool) -> Data {
    var data = Data([0x49, 0x49, 42, 0])
    append(UInt32(8 + chunks.reduce(0) { $0 + $1.count }), to: &data)
    var offsets: [UInt32] = []
    for chunk in chunks {
      offsets.append(UInt32(data.count))
      data.append(chunk)
    }
    let each = [UInt16](repeating: UInt16(bits), count: channels)
    let extra = [UInt16](repeating: 0, count: channels - (photometric == 2 ? 3 : 1))
    let format = [UInt16](repeating: isFloat ? 3 : 1, count: channels)
    let (at, counts) = isTiled ? (324, 325) : (273, 279)
    var fields: [(tag: Int, values: any Sequence)] = [
      (256, [UInt32(width)]), (257, [UInt32(height)]), (258, each), (259, [UInt16(1)]),
      (262, [photometric]), (277, [UInt16(channels)]), (284, [UInt16(isPlanar ? 2 : 1)]),
      (339, format), (at, offsets), (counts, chunks.map { UInt32($0.count) }),
    ]
    if !extra.isEmpty { fields.append((338, extra)) }
    if isTiled {
      fields += [(322, [UInt32(Self.tileSide)]), (323, [UInt32(Self.tileSide)])]
    } else {
      fields.append((278, [UInt32(height)]))
    }
    return directory(fields.sorted { $0.tag < $1.tag }, after: data)
  }

  private func directory(_ fields: [(tag: Int, values: any Sequence)], after start: Data) -> Data {
    var data = start
    var beyond = Data()
    let end = start.count + 2 + 12 * fields.count + 4
    append(UInt16(fields.count), to: &data)
    for (tag, values) in fields {
      var bytes = Data()
      let shorts = values as? [UInt16]
      let longs = values as? [UInt32] ?? []
      for value in shorts ?? [] { append(value, to: &bytes) }
      for value in longs { append(value, to: &bytes) }
      append(UInt16(tag), to: &data)
      append(UInt16(shorts == nil ? 4 : 3), to: &data)
      append(UInt32(shorts?.count ?? longs.count), to: &data)
      if bytes.count <= 4 {
        data.append(bytes + Data(repeating: 0, count: 4 - bytes.count))
      } else {
        append(UInt32(end + beyond.count), to: &data)
        beyond.append(bytes)
      }
    }
    append(UInt32(0), to: &data)
    return data + beyond
  }

  private func append(_ value: some FixedWidthInteger, to data: inout Data) {
    withUnsafeBytes(of: value.littleEndian) { data.append(contentsOf: $0) }
  }
}
