import Boxes
import Foundation
import RandomNumbers
import Testing

@Suite struct OverlapTests {
  private let step = 1e-6

  private func value(
    _ measure: OverlapMeasure, _ predicted: SIMD4<Double>, _ target: SIMD4<Double>
  ) -> Double {
    overlapGradient(measure, predicted: predicted, target: target).value
  }

  private func slopes(
    at point: SIMD4<Double>, _ function: (SIMD4<Double>) -> Double
  ) -> SIMD4<Double> {
    var result = SIMD4<Double>(repeating: 0)
    for index in 0..<4 {
      var (low, high) = (point, point)
      low[index] -= step
      high[index] += step
      result[index] = (function(high) - function(low)) / (2 * step)
    }
    return result
  }

  private func pairs() -> [(SIMD4<Double>, SIMD4<Double>)] {
    var generator = KeyedGenerator(seed: 1, purpose: "overlaps")
    func box() -> SIMD4<Double> {
      let (x, y) = (generator.uniform(0, 30), generator.uniform(0, 30))
      return SIMD4(x, y, x + generator.uniform(1, 30), y + generator.uniform(1, 30))
    }
    let random = (0..<200).map { _ in (box(), box()) }
    return random + [
      (SIMD4(2, 3, 5, 6), SIMD4(0, 0, 10, 11)), (SIMD4(0, 0, 10, 11), SIMD4(2, 3, 5, 6)),
      (SIMD4(0, 0, 4, 5), SIMD4(20, 31, 27, 40)),
    ]
  }

  @Test func squaresThatShareACornerByHand() {
    // Each of area 4, sharing 1: union 7; hull 3·3; centres √2 apart; diagonal √18.
    let (a, b) = (SIMD4<Double>(0, 0, 2, 2), SIMD4<Double>(1, 1, 3, 3))
    #expect(abs(value(.iou, a, b) - 1.0 / 7) < 1e-15)
    #expect(abs(value(.giou, a, b) - (1.0 / 7 - 2.0 / 9)) < 1e-15)
    #expect(abs(value(.diou, a, b) - (1.0 / 7 - 2.0 / 18)) < 1e-15)
    // Same aspect: no further penalty.
    #expect(abs(value(.ciou, a, b) - (1.0 / 7 - 2.0 / 18)) < 1e-15)
  }

  @Test func differentAspectsByHand() {
    // Areas 8 and 4, sharing 4: IoU ½; centres 1 apart; diagonal² 20.
    let v = 4 / (Double.pi * Double.pi) * pow(atan(1) - atan(2), 2)
    let expected = 0.5 - 1.0 / 20 - v * v / (1 - 0.5 + v)
    #expect(abs(value(.ciou, SIMD4(0, 0, 4, 2), SIMD4(0, 0, 2, 2)) - expected) < 1e-15)
  }

  @Test(arguments: [OverlapMeasure.iou, .giou, .diou])
  func gradientIsThatOfTheValue(_ measure: OverlapMeasure) {
    for (predicted, target) in pairs() {
      let exact = overlapGradient(measure, predicted: predicted, target: target).gradient
      let numeric = slopes(at: predicted) { value(measure, $0, target) }
      #expect((exact - numeric).max() < 1e-7 && (numeric - exact).max() < 1e-7)
    }
  }

  @Test func gradientOfCompleteIoUHoldsAlphaConstant() {
    func v(_ p: SIMD4<Double>, _ t: SIMD4<Double>) -> Double {
      let difference = atan((t[2] - t[0]) / (t[3] - t[1])) - atan((p[2] - p[0]) / (p[3] - p[1]))
      return 4 / (Double.pi * Double.pi) * difference * difference
    }
    for (predicted, target) in pairs() {
      let alpha =
        v(predicted, target) / (1 - value(.iou, predicted, target) + v(predicted, target))
      let numeric = slopes(at: predicted) { value(.diou, $0, target) - alpha * v($0, target) }
      let exact = overlapGradient(.ciou, predicted: predicted, target: target).gradient
      #expect((exact - numeric).max() < 1e-7 && (numeric - exact).max() < 1e-7)
    }
  }

  @Test func boxesApartAttractUnlessByPlainIoU() {
    let (a, b) = (SIMD4<Double>(0, 0, 2, 2), SIMD4<Double>(6, 0, 8, 2))
    #expect(overlapGradient(.iou, predicted: a, target: b).gradient == SIMD4(repeating: 0))
    for measure in [OverlapMeasure.giou, .diou, .ciou] {
      #expect(overlapGradient(measure, predicted: a, target: b).gradient[2] > 0)
    }
  }

  @Test(arguments: OverlapMeasure.allCases)
  func equalBoxesAreWorthOne(_ measure: OverlapMeasure) {
    #expect(value(measure, SIMD4(1, 2, 4, 9), SIMD4(1, 2, 4, 9)) == 1)
  }

  @Test(arguments: OverlapMeasure.allCases)
  func boxesWithoutAreaHaveFiniteOverlapAndGradient(_ measure: OverlapMeasure) {
    let point = SIMD4<Double>(3, 3, 3, 3)
    for (a, b) in [(point, point), (point, SIMD4(0, 0, 5, 5)), (SIMD4(5, 5, 1, 1), point)] {
      let overlap = overlapGradient(measure, predicted: a, target: b)
      #expect(overlap.value.isFinite && overlap.value <= 0)
      #expect((0..<4).allSatisfy { overlap.gradient[$0].isFinite })
    }
  }

  @Test func floatsAgreeWithDoubles() {
    for measure in OverlapMeasure.allCases {
      for (predicted, target) in pairs() {
        let single = overlapGradient(
          measure, predicted: SIMD4<Float>(predicted), target: SIMD4<Float>(target))
        let double = overlapGradient(measure, predicted: predicted, target: target)
        #expect(abs(Double(single.value) - double.value) < 1e-5)
        for index in 0..<4 {
          #expect(abs(Double(single.gradient[index]) - double.gradient[index]) < 1e-4)
        }
      }
    }
  }

  @Test func plainIoUAgreesWithTheFormula() {
    for (a, b) in pairs() {
      let plain = Box(edges: SIMD4<Float>(a)).intersectionOverUnion(
        with: Box(edges: SIMD4<Float>(b)))
      #expect(abs(Double(plain) - value(.iou, a, b)) < 1e-5)
    }
  }
}
