import Foundation

/// FNV-1a over 64-bit words (little-endian, the last one filled up with zeros), four lanes wide so
/// that it keeps up with the disk: finds damage, keeps no secrets.
///
/// Fowler, Noll, Vo: *The FNV Non-Cryptographic Hash Algorithm*, IETF draft; the constants for
/// 64 bits. A lane's high bits are folded down after each product, since words change few of them.
package enum Checksum {
  private static let basis: UInt64 = 0xcbf2_9ce4_8422_2325
  private static let prime: UInt64 = 0x100_0000_01b3

  package static func value(_ data: Data) -> UInt64 {
    data.withUnsafeBytes { bytes in
      var lanes = SIMD4<UInt64>(basis, basis &+ 1, basis &+ 2, basis &+ 3)
      let blocks = bytes.count / 32
      for block in 0..<blocks {
        let words = bytes.loadUnaligned(fromByteOffset: block * 32, as: SIMD4<UInt64>.self)
        lanes = (lanes ^ words) &* SIMD4(repeating: prime)
        lanes ^= lanes &>> SIMD4(repeating: 32)
      }
      var hash = basis ^ UInt64(bytes.count)
      for lane in lanes.indices { hash = mix(hash, lanes[lane]) }
      for byte in bytes[(blocks * 32)...] { hash = mix(hash, UInt64(byte)) }
      return hash
    }
  }

  package static func hexadecimal(_ data: Data) -> String {
    let digits = String(value(data), radix: 16)
    return String(repeating: "0", count: 16 - digits.count) + digits
  }

  private static func mix(_ hash: UInt64, _ word: UInt64) -> UInt64 {
    let product = (hash ^ word) &* prime
    return product ^ (product >> 32)
  }
}
