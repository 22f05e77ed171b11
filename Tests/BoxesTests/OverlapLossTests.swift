import Boxes
import Foundation
import RandomNumbers
import Testing

@Suite struct OverlapLossTests {
  private let all =
    [OverlapLoss(.iou, isLogarithmic: true)]
    + OverlapMeasure.allCases.flatMap {
      [OverlapLoss($0), OverlapLoss($0, controlsDistance: true)]
    }

  private func value(_ loss: OverlapLoss, _ a: SIMD4<Double>, _ b: SIMD4<Double>) -> Double {
    loss.gradient(predicted: a, target: b).value
  }

  /// Squares of side 2, shifted by (1, 1): IoU 1/7; each corner √2 from its like, the diagonal √18, so
  /// the corners' distance is √2 / √18 = 1/3.
  @Test func shiftedSquaresByHand() {
    let (a, b) = (SIMD4<Double>(0, 0, 2, 2), SIMD4<Double>(1, 1, 3, 3))
    #expect(abs(value(OverlapLoss(.iou), a, b) - 6.0 / 7) < 1e-15)
    #expect(abs(value(OverlapLoss(.iou, isLogarithmic: true), a, b) - log(7)) < 1e-15)
    let controlled = OverlapLoss(.giou, controlsDistance: true)
    #expect(abs(value(controlled, a, b) - (6.0 / 7 + 2.0 / 9 + 1.0 / 3)) < 1e-15)
  }

  @Test func gradientsAreThoseOfTheValues() {
    var generator = KeyedGenerator(seed: 5, purpose: "overlap losses")
    func box() -> SIMD4<Double> {
      let (x, y) = (generator.uniform(0, 20), generator.uniform(0, 20))
      return SIMD4(x, y, x + generator.uniform(2, 30), y + generator.uniform(2, 30))
    }
    // CIoU's α is a constant of the gradient, not of the value: see OverlapTests.
    let losses = all.filter { $0.measure != .ciou }
    for _ in 0..<50 {
      let (predicted, target) = (box(), box())
      for loss in losses {
        let exact = loss.gradient(predicted: predicted, target: target).gradient
        for edge in 0..<4 {
          var (low, high) = (predicted, predicted)
          low[edge] -= 1e-6
          high[edge] += 1e-6
          let numeric = (value(loss, high, target) - value(loss, low, target)) / 2e-6
          #expect(abs(exact[edge] - numeric) < 1e-6, "\(loss)")
        }
      }
    }
  }

  @Test func equalBoxesCostNothing() {
    let box = SIMD4<Double>(1, 2, 4, 9)
    for loss in all {
      let result = loss.gradient(predicted: box, target: box)
      #expect(result.value == 0)
      #expect((0..<4).allSatisfy { result.gradient[$0].isFinite })
    }
  }

  @Test func boxesApartAreDrawnTogetherByAllButTheIoU() {
    let (a, b) = (SIMD4<Double>(0, 0, 2, 2), SIMD4<Double>(6, 0, 8, 2))
    for loss in all {
      let slope = loss.gradient(predicted: a, target: b).gradient[2]
      let isBlind = loss.measure == .iou && !loss.controlsDistance
      #expect(isBlind ? slope == 0 : slope < 0, "\(loss)")
    }
    // −ln of MMDetection's least overlap.
    #expect(abs(value(OverlapLoss(.iou, isLogarithmic: true), a, b) + log(1e-6)) < 1e-12)
  }

  /// A box in the left half of another, of the same height: with the IoU alone, as with the GIoU, its
  /// left edge gets the gradient of a smaller box; the centres' or corners' distance adds to the
  /// right edge's.
  @Test func boxInsideAnotherIsCentredByDistances() {
    let (a, b) = (SIMD4<Double>(0, 0, 2, 4), SIMD4<Double>(0, 0, 8, 4))
    let plain = OverlapLoss(.iou).gradient(predicted: a, target: b)
    let general = OverlapLoss(.giou).gradient(predicted: a, target: b)
    #expect(plain.value == general.value && plain.gradient[2] == general.gradient[2])
    for loss in [OverlapLoss(.diou), OverlapLoss(.iou, controlsDistance: true)] {
      #expect(loss.gradient(predicted: a, target: b).gradient[2] < plain.gradient[2])
    }
  }

  @Test func boxesWithoutAreaStayFinite() {
    let point = SIMD4<Double>(3, 3, 3, 3)
    for loss in all {
      for (a, b) in [(point, point), (point, SIMD4(0, 0, 5, 5)), (SIMD4(5, 5, 1, 1), point)] {
        let result = loss.gradient(predicted: a, target: b)
        #expect(result.value.isFinite && result.value >= 1)
        #expect((0..<4).allSatisfy { result.gradient[$0].isFinite })
        let single = loss.gradient(predicted: SIMD4<Float>(a), target: SIMD4<Float>(b))
        #expect(single.value.isFinite && (0..<4).allSatisfy { single.gradient[$0].isFinite })
      }
    }
  }
}
