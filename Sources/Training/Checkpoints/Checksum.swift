import Foundation

/// XXH64 with seed 0: finds damage as fast as a disk delivers it, and keeps no secrets.
///
/// Collet: *xxHash fast digest algorithm*, specification 0.1.1, "XXH64 algorithm description".
package enum Checksum {
  private static let prime1: UInt64 = 0x9E37_79B1_85EB_CA87
  private static let prime2: UInt64 = 0xC2B2_AE3D_27D4_EB4F
  private static let prime3: UInt64 = 0x1656_67B1_9E37_79F9
  private static let prime4: UInt64 = 0x85EB_CA77_C2B2_AE63
  private static let prime5: UInt64 = 0x27D4_EB2F_1656_67C5

  package static func value(_ data: Data) -> UInt64 {
    data.withUnsafeBytes { bytes in
      var offset = 0
      func word() -> UInt64 {
        defer { offset += 8 }
        return UInt64(littleEndian: bytes.loadUnaligned(fromByteOffset: offset, as: UInt64.self))
      }
      var hash = prime5
      if bytes.count >= 32 {
        var lanes = [prime1 &+ prime2, prime2, 0, 0 &- prime1]
        lanes.withUnsafeMutableBufferPointer { lanes in
          while offset + 32 <= bytes.count {
            for lane in 0..<4 { lanes[lane] = round(lanes[lane], word()) }
          }
        }
        hash = zip(lanes, [1, 7, 12, 18]).reduce(0) { $0 &+ rotated($1.0, by: $1.1) }
        for lane in lanes { hash = (hash ^ round(0, lane)) &* prime1 &+ prime4 }
      }
      hash &+= UInt64(bytes.count)
      while offset + 8 <= bytes.count {
        hash = rotated(hash ^ round(0, word()), by: 27) &* prime1 &+ prime4
      }
      if offset + 4 <= bytes.count {
        let half = UInt32(
          littleEndian: bytes.loadUnaligned(fromByteOffset: offset, as: UInt32.self))
        hash = rotated(hash ^ (UInt64(half) &* prime1), by: 23) &* prime2 &+ prime3
        offset += 4
      }
      for byte in bytes[offset...] {
        hash = rotated(hash ^ (UInt64(byte) &* prime5), by: 11) &* prime1
      }
      return avalanche(hash)
    }
  }

  package static func hexadecimal(_ data: Data) -> String {
    let digits = String(value(data), radix: 16)
    return String(repeating: "0", count: 16 - digits.count) + digits
  }

  private static func round(_ lane: UInt64, _ word: UInt64) -> UInt64 {
    rotated(lane &+ word &* prime2, by: 31) &* prime1
  }

  private static func rotated(_ word: UInt64, by bits: Int) -> UInt64 {
    word << UInt64(bits) | word >> UInt64(64 - bits)
  }

  private static func avalanche(_ hash: UInt64) -> UInt64 {
    var hash = hash
    hash = (hash ^ hash >> 33) &* prime2
    hash = (hash ^ hash >> 29) &* prime3
    return hash ^ hash >> 32
  }
}
