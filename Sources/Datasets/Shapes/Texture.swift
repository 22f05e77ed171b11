import Foundation
import RandomNumbers

/// A textured colour field: a gradient between two colours, noise in three octaves, and sometimes
/// stripes.
struct Texture {
  /// RGB in 0–255.
  typealias Colour = SIMD3<Double>

  private let from: Colour
  private let to: Colour
  private let gradientX: Double
  private let gradientY: Double
  private let noiseAmplitude: Double
  private let noiseCell: Double
  private let stripeAmplitude: Double
  private let stripeX: Double
  private let stripeY: Double
  private let lattice: [Double]
  private static let latticeSide = 32

  /// - Parameters:
  ///   - contrast: amplitude of noise and stripes, in steps of 255.
  ///   - extent: pixels over which the gradient runs from one colour to the other.
  init(
    from: Colour, to: Colour, contrast: Double, extent: Double,
    _ generator: inout KeyedGenerator
  ) {
    (self.from, self.to) = (from, to)
    let angle = generator.uniform(0, 2 * .pi)
    gradientX = cos(angle) / extent
    gradientY = sin(angle) / extent
    noiseAmplitude = contrast * generator.uniform(0.3, 1)
    noiseCell = generator.uniform(4, 24)
    stripeAmplitude = generator.chance(0.3) ? contrast * generator.uniform(0.3, 0.7) : 0
    let stripeAngle = generator.uniform(0, .pi)
    let frequency = 2 * Double.pi / generator.uniform(6, 40)
    stripeX = cos(stripeAngle) * frequency
    stripeY = sin(stripeAngle) * frequency
    var lattice: [Double] = []
    for _ in 0..<Self.latticeSide * Self.latticeSide { lattice.append(generator.uniform(-1, 1)) }
    self.lattice = lattice
  }

  func colour(_ x: Double, _ y: Double) -> Colour {
    let along = min(1, max(0, 0.5 + x * gradientX + y * gradientY))
    var shade = 0.0
    var (cell, amplitude) = (noiseCell, noiseAmplitude)
    for _ in 0..<3 {
      shade += amplitude * noise(x / cell, y / cell)
      cell /= 2
      amplitude /= 2
    }
    if stripeAmplitude > 0 { shade += stripeAmplitude * sin(x * stripeX + y * stripeY) }
    return from + (to - from) * along + Colour(repeating: shade)
  }

  /// Bilinear value noise on a lattice that repeats.
  private func noise(_ x: Double, _ y: Double) -> Double {
    let (x0, y0) = (x.rounded(.down), y.rounded(.down))
    let (fx, fy) = (x - x0, y - y0)
    let mask = Self.latticeSide - 1
    let (column, row) = (Int(x0) & mask, (Int(y0) & mask) * Self.latticeSide)
    let nextColumn = (column + 1) & mask
    let nextRow = (row + Self.latticeSide) & (Self.latticeSide * Self.latticeSide - 1)
    let upper = lattice[row + column] * (1 - fx) + lattice[row + nextColumn] * fx
    let lower = lattice[nextRow + column] * (1 - fx) + lattice[nextRow + nextColumn] * fx
    return upper * (1 - fy) + lower * fy
  }
}
