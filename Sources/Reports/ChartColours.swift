import Foundation
import Images

/// What charts have in common.
extension Colour {
  static let ink = Colour(red: 40, green: 44, blue: 52)
  static let grid = Colour(red: 226, green: 229, blue: 233)
  static let suited = Colour(red: 96, green: 125, blue: 160)
  static let missed = Colour(red: 205, green: 92, blue: 70)
  static let range = Colour(red: 38, green: 120, blue: 90)
  static let field = Colour(red: 130, green: 136, blue: 146)
  static let cell = Colour(red: 222, green: 150, blue: 30)

  /// A class's: hues a golden angle apart, so that neighbours differ however many there are.
  package static func ofClass(_ label: Int) -> Colour {
    let hue = (Double(label) * 137.508).truncatingRemainder(dividingBy: 360) / 60
    func channel(_ shift: Double) -> UInt8 {
      let k = (shift + hue).truncatingRemainder(dividingBy: 6)
      return UInt8((255 * (1 - max(0, min(1, min(k, 4 - k))) * 0.85)).rounded())
    }
    return Colour(red: channel(5), green: channel(3), blue: channel(1))
  }
}
