import Boxes
import Detectors
import Foundation
import TestSupport
import Testing

/// What benchmarks/golden/losses.py wrote.
private struct LossGolden: Decodable {
  struct Record: Decodable {
    var values: [Double]
    var gradients: [Double]
  }

  var torch: String
  var torchvision: String
  var predicted: [[Double]]
  var targets: [[Double]]
  var boxes: [String: Record]
  var offsets: [String: Record]
  var logits: [String: Record]
  var softmax: [Record]
  var tversky: [Record]
  var distribution: Record
}

/// Every loss and its gradient, in Double, against PyTorch's in float64: to 1e-9.
@Suite struct LossGoldenTests {
  private let golden: LossGolden

  init() throws {
    let file = packageRoot().appendingPathComponent("Tests/DetectorsTests/golden/losses.json")
    golden = try JSONDecoder().decode(LossGolden.self, from: Data(contentsOf: file))
  }

  private func expectClose(
    _ ours: Double, _ theirs: Double, _ place: String,
    sourceLocation: SourceLocation = #_sourceLocation
  ) {
    #expect(
      abs(ours - theirs) < 1e-9 * max(1, abs(theirs)), "\(place)", sourceLocation: sourceLocation)
  }

  @Test func boxLossesAreThoseOfTorchvision() throws {
    let losses = BoxLoss.allCases.filter { $0.overlap != nil }
    #expect(Set(losses.map(\.rawValue)) == Set(golden.boxes.keys))
    for name in losses {
      let loss = try #require(name.overlap)
      let record = try #require(golden.boxes[name.rawValue])
      for (index, (predicted, target)) in zip(golden.predicted, golden.targets).enumerated() {
        let result = loss.gradient(
          predicted: SIMD4<Double>(predicted), target: SIMD4<Double>(target))
        expectClose(result.value, record.values[index], "\(name), pair \(index)")
        for edge in 0..<4 {
          expectClose(
            result.gradient[edge], record.gradients[4 * index + edge],
            "\(name), pair \(index), edge \(edge)")
        }
      }
    }
  }

  @Test func offsetLossesAreThoseOfPyTorch() throws {
    let values = counterValues(name: "offsets", count: 40).map { 2 * $0 }
    let targets = counterValues(name: "wanted", count: 40)
    for (name, record) in golden.offsets {
      let loss = try #require(BoxLoss(rawValue: name)?.difference(beta: 0.25))
      for (index, (value, target)) in zip(values, targets).enumerated() {
        let element = loss(value, target: target)
        expectClose(element.value, record.values[index], "\(name) \(index)")
        expectClose(element.gradient, record.gradients[index], "\(name) \(index)")
      }
    }
  }

  @Test func logitLossesAreThoseOfTorchvision() throws {
    let losses: [String: any LogitLoss] = [
      "bce": BinaryCrossEntropy(), "focal": SigmoidFocalLoss(alpha: 0.25, gamma: 2),
      "quality": QualityFocalLoss(gamma: 1.5), "varifocal": VarifocalLoss(alpha: 0.75, gamma: 2),
    ]
    #expect(Set(losses.keys) == Set(golden.logits.keys))
    let logits = counterValues(name: "logits", count: 40).map { 6 * $0 }
    let targets = counterValues(name: "quality", count: 40).map { max(0, $0) }
    for (name, record) in golden.logits {
      let loss = try #require(losses[name])
      for (index, (logit, target)) in zip(logits, targets).enumerated() {
        let target = name == "focal" ? (target > 0.5 ? 1 : 0) : target
        let element = loss(logit: logit, target: target)
        expectClose(element.value, record.values[index], "\(name) \(index)")
        expectClose(element.gradient, record.gradients[index], "\(name) \(index)")
      }
    }
  }

  @Test func softmaxIsThatOfPyTorch() {
    let rows = counterValues(name: "rows", count: 60).map { 4 * $0 }
    for (smoothing, record) in zip([0, 0.125] as [Float], golden.softmax) {
      var softmax = SoftmaxCrossEntropy<Double>(classes: 5)
      for row in 0..<12 {
        softmax.update { rows[5 * row + $0] }
        let label = row % 6 == 5 ? nil : row % 6
        let value = softmax.loss(label: label, smoothing: smoothing)
        #expect(abs(value - record.values[row]) < 1e-9)
        for channel in 0..<5 {
          let slope = softmax.slope(channel, label: label, smoothing: smoothing)
          #expect(abs(slope - record.gradients[5 * row + channel]) < 1e-9)
        }
      }
    }
  }

  /// Targets at bins, between them, and beyond the ends.
  @Test func distributionFocalLossIsThatOfPyTorch() {
    let rows = counterValues(name: "bins", count: 40 * 8).map { 3 * $0 }
    let record = golden.distribution
    #expect(record.values.count == 40 && record.gradients.count == rows.count)
    for (row, value) in counterValues(name: "distances", count: 40).enumerated() {
      let target = row < 10 ? Double(row) : 3.5 + 5 * value
      var bins = BinnedDistance<Double>(bins: 8)
      bins.update { rows[8 * row + $0] }
      let loss = bins.focalLoss(target: target)
      expectClose(loss.value, record.values[row], "row \(row)")
      for bin in 0..<8 {
        let place = "row \(row), bin \(bin)"
        expectClose(bins.focalSlope(bin, of: loss), record.gradients[8 * row + bin], place)
      }
    }
  }

  @Test func tverskyIsItsFormula() {
    let logits = counterValues(name: "logits", count: 40).map { 6 * $0 }
    let weights: [(Float, Float)] = [(0.5, 0.5), (1, 1), (0.25, 0.75)]
    for ((alpha, beta), record) in zip(weights, golden.tversky) {
      var slopes = [Double](repeating: .nan, count: 40)
      let value = TverskyLoss(alpha: alpha, beta: beta)(
        logits: logits[...], memberships: (0..<40).map { $0 % 3 == 0 }
      ) { slopes[$0] = $1 }
      #expect(abs(value - record.values[0]) < 1e-9)
      for (slope, theirs) in zip(slopes, record.gradients) { #expect(abs(slope - theirs) < 1e-9) }
    }
  }
}
