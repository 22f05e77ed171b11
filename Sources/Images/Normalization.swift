/// How the values of pictures become a network's input, channel by channel.
///
/// input = (clamp(value, low, high) − offset) · factor, the value in the picture's own units. It is
/// applied to resampled values, the same in training, validation and detection, and kept with the
/// weights.
public struct Normalization: Hashable, Sendable, Codable {
  public enum Kind: String, Hashable, Sendable, Codable, CaseIterable {
    /// The whole range of 8 or 16 bits becomes 0 to 1.
    case linear
    /// A mean of 0 and a deviation of 1 over the training pictures.
    case standard
    /// A low and a high percentile of the training pictures' values become 0 and 1, what lies beyond
    /// is clipped: a few hot or dead pixels do not decide what the rest looks like, as they would
    /// between the least and the greatest value.
    ///
    /// Isensee et al.: *nnU-Net*, Nature Methods 2021, clips CT at the percentiles 0.5 and 99.5 of the
    /// training set's foreground; here they are those of all pixels.
    case percentile
  }

  /// Of one channel; low, high and offset in the picture's units.
  public struct Channel: Hashable, Sendable, Codable {
    public var low: Float
    public var high: Float
    public var offset: Float
    public var factor: Float

    public init(low: Float, high: Float, offset: Float, factor: Float) {
      (self.low, self.high, self.offset, self.factor) = (low, high, offset, factor)
    }
  }

  public let kind: Kind
  /// Of the pictures it was measured on: 8, 16, or 32 of floats; nil: 8 and 16 alike.
  public let bits: Int?
  /// Empty where all are alike: with ``Kind/linear``.
  public let channels: [Channel]

  /// 0 … 255, or 0 … 65535 of 16 bits, becomes 0 … 1. Floats have no range of their own and are
  /// not taken.
  public static let linear = Normalization(kind: .linear, bits: nil, channels: [])

  private init(kind: Kind, bits: Int?, channels: [Channel]) {
    (self.kind, self.bits, self.channels) = (kind, bits, channels)
  }

  /// Mean 0 and deviation 1; a channel without deviation becomes 0.
  ///
  /// Integers are not clamped; floats are, to what was measured, so that a value which is no
  /// measurement at all cannot swamp the others.
  ///
  /// - Parameters: one for each channel, in the pictures' units.
  public static func standard(
    mean: [Double], deviation: [Double], minimum: [Double], maximum: [Double], bits: Int
  ) -> Normalization {
    let channels = mean.indices.map { index in
      let isFloat = bits == 32
      return Channel(
        low: isFloat ? Float(minimum[index]) : 0,
        high: isFloat ? Float(maximum[index]) : Float((1 << bits) - 1),
        offset: Float(mean[index]),
        factor: deviation[index] > 0 ? Float(1 / deviation[index]) : 0)
    }
    return Normalization(kind: .standard, bits: bits, channels: channels)
  }

  /// `low` becomes 0 and `high` 1, what lies beyond is clipped; where both are the same, all is 0.
  ///
  /// - Parameters: one for each channel, in the pictures' units.
  public static func percentile(low: [Double], high: [Double], bits: Int) -> Normalization {
    let channels = zip(low, high).map { low, high in
      Channel(
        low: Float(low), high: Float(high), offset: Float(low),
        factor: high > low ? Float(1 / (high - low)) : 0)
    }
    return Normalization(kind: .percentile, bits: bits, channels: channels)
  }

  /// Whether it has numbers for so many channels, all of them finite.
  package func fits(channels count: Int) -> Bool {
    guard kind != .linear else { return bits == nil && channels.isEmpty }
    return channels.count == count && [8, 16, 32].contains(bits)
      && channels.allSatisfy {
        $0.low.isFinite && $0.high.isFinite && $0.offset.isFinite && $0.factor.isFinite
      }
  }

  /// Channels, from 0, of which nothing is left: all their values become 0.
  public var emptyChannels: [Int] { channels.indices.filter { channels[$0].factor == 0 } }

  /// Of a number of bits a channel, in words.
  static func depth(bits: Int) -> String { bits == 32 ? "32-bit floats" : "\(bits) bits a channel" }
}

extension Normalization: CustomStringConvertible {
  /// The numbers of each channel, for a terminal.
  public var description: String {
    guard !channels.isEmpty else { return kind.rawValue }
    let shown = channels.enumerated().map { index, channel in
      switch kind {
      case .percentile: "\(index + 1): \(Self.short(channel.low)) … \(Self.short(channel.high))"
      default:
        "\(index + 1): \(Self.short(channel.offset)) ± "
          + (channel.factor > 0 ? Self.short(1 / channel.factor) : "0")
      }
    }
    return "\(kind.rawValue) of \(Self.depth(bits: bits ?? 8)); "
      + "channel \(shown.joined(separator: ", "))"
  }

  /// Four digits or all of a whole number.
  private static func short(_ value: Float) -> String {
    guard value != value.rounded(), value.magnitude < 1000 else {
      return value.magnitude < 1e7 ? "\(Int(value.rounded()))" : "\(value)"
    }
    return "\((value * 1000).rounded() / 1000)"
  }
}

// MARK: In the units that composing works in

extension Normalization {
  /// 16-bit values are divided by 257 where pictures are composed.
  private static let sixteenBitUnit: Float = 257

  /// Of a channel, for values as they are composed: 0–255 of 8 and 16 bits, floats as they are.
  func composed(_ channel: Int) -> Channel {
    guard !channels.isEmpty else { return Channel(low: 0, high: 255, offset: 0, factor: 1 / 255) }
    var result = channels[channel]
    guard bits == 16 else { return result }
    result.low /= Self.sixteenBitUnit
    result.high /= Self.sixteenBitUnit
    result.offset /= Self.sixteenBitUnit
    result.factor *= Self.sixteenBitUnit
    return result
  }

  /// The composed value that stands where no picture lands: as far from the low end to the high as
  /// `fill` (0–255) is from 0 to 255; with ``Kind/standard`` the mean, whose input is 0.
  func fill(_ fill: Float, channel: Int) -> Float {
    let own = composed(channel)
    return kind == .standard ? own.offset : own.low + fill / 255 * (own.high - own.low)
  }
}
