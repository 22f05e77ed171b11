import Boxes
import Execution
import Foundation
import Networks

/// The second stage's two outputs, and where their gradients go.
struct RegionOutputs {
  let classes: UnsafePointer<Float>
  let boxes: UnsafePointer<Float>
  let classGradient: UnsafeMutablePointer<Float>?
  let boxGradient: UnsafeMutablePointer<Float>?
  /// Classes and the background.
  let classChannels: Int
  let boxChannels: Int
  /// Slots of a picture.
  let capacity: Int
  let batch: Int

  /// - Parameter first: of the two outputs among all.
  init(_ outputs: HeadOutputs, first: Int) {
    classes = outputs.values[first]
    boxes = outputs.values[first + 1]
    classGradient = outputs.gradients.isEmpty ? nil : outputs.gradients[first]
    boxGradient = outputs.gradients.isEmpty ? nil : outputs.gradients[first + 1]
    classChannels = outputs.shapes[first].channels
    boxChannels = outputs.shapes[first + 1].channels
    capacity = outputs.shapes[first].height
    batch = outputs.batch
  }

  func classPlace(_ image: Int, _ channel: Int, _ slot: Int) -> Int {
    (image * classChannels + channel) * capacity + slot
  }

  func boxPlace(_ image: Int, _ channel: Int, _ slot: Int) -> Int {
    (image * boxChannels + channel) * capacity + slot
  }

  /// Softmax over the classes and the background.
  func probabilities(_ image: Int, _ slot: Int) -> [Float] {
    let logits = (0..<classChannels).map { classes[classPlace(image, $0, slot)] }
    let largest = logits.max() ?? 0
    let powers = logits.map { expf($0 - largest) }
    let sum = powers.reduce(0, +)
    return powers.map { $0 / sum }
  }

  /// - Parameter channel: of the first of the four.
  func offsets(_ image: Int, _ channel: Int, _ slot: Int) -> SIMD4<Float> {
    var result = SIMD4<Float>.zero
    for index in 0..<4 { result[index] = boxes[boxPlace(image, channel + index, slot)] }
    return result
  }
}

extension RegionHead {
  var offsetLoss: OffsetLoss {
    OffsetLoss(coding: coding, boxLoss: boxLoss, smoothL1Beta: smoothL1Beta)
  }

  private func boxChannel(_ label: Int) -> Int { isClassAgnostic ? 0 : 4 * label }

  /// Cross-entropy of softmax over classes and background, and the box loss of the positive, both
  /// over the number of regions that count; writes their gradients.
  ///
  /// - Returns: class and box terms, weighted, and the number of positives.
  func loss(_ outputs: RegionOutputs, _ regions: [[Region]], _ targets: [[Target]]) -> (
    terms: SIMD2<Double>, positives: Int
  ) {
    let assignments = zip(regions, targets).map { assignment($0.map(\.box), $1) }
    let count = assignments.reduce(0) { $0 + $1.count { $0 != Assignment.ignored } }
    let scale = 1 / Float(max(1, count))
    outputs.classGradient?.update(
      repeating: 0, count: outputs.batch * outputs.classChannels * outputs.capacity)
    outputs.boxGradient?.update(
      repeating: 0, count: outputs.batch * outputs.boxChannels * outputs.capacity)
    let terms = mapOnTeam(outputs.batch) { image in
      var sum = SIMD2<Double>.zero
      for (slot, region) in regions[image].enumerated() {
        let index = assignments[image][slot]
        guard index != Assignment.ignored else { continue }
        let target = index >= 0 ? targets[image][Int(index)] : nil
        sum[0] += classLoss(outputs, image, slot, target?.label, scale)
        if let target { sum[1] += boxLoss(outputs, image, slot, region.box, target, scale) }
      }
      return sum
    }
    return (terms.reduce(.zero, +), assignments.reduce(0) { $0 + $1.count { $0 >= 0 } })
  }

  private func classLoss(
    _ outputs: RegionOutputs, _ image: Int, _ slot: Int, _ label: Int?, _ scale: Float
  ) -> Double {
    let probabilities = outputs.probabilities(image, slot)
    let wanted = label ?? outputs.classChannels - 1
    if let gradient = outputs.classGradient {
      for channel in probabilities.indices {
        gradient[outputs.classPlace(image, channel, slot)] =
          (probabilities[channel] - (channel == wanted ? 1 : 0)) * scale * classWeight
      }
    }
    return -log(max(Double(probabilities[wanted]), 1e-30)) * Double(scale * classWeight)
  }

  private func boxLoss(
    _ outputs: RegionOutputs, _ image: Int, _ slot: Int, _ region: Box, _ target: Target,
    _ scale: Float
  ) -> Double {
    let channel = boxChannel(target.label)
    let loss = offsetLoss(
      outputs.offsets(image, channel, slot), anchor: region, target: target.box)
    if let gradient = outputs.boxGradient {
      for index in 0..<4 {
        gradient[outputs.boxPlace(image, channel + index, slot)] =
          loss.gradient[index] * scale * boxWeight
      }
    }
    return Double(loss.value * scale * boxWeight)
  }

  /// One detection for each class and region above the score, classes slowest.
  func decode(
    _ outputs: RegionOutputs, image: Int, _ regions: [Region], canvas: Box, minimumScore: Float
  ) -> [Detection] {
    let scores = regions.indices.map { outputs.probabilities(image, $0) }
    var detections: [Detection] = []
    for label in 0..<outputs.classChannels - 1 {
      for (slot, region) in regions.enumerated() where scores[slot][label] >= minimumScore {
        let offsets = outputs.offsets(image, boxChannel(label), slot)
        detections.append(
          Detection(
            box: coding.decode(offsets, anchor: region.box).clipped(to: canvas), label: label,
            score: scores[slot][label]))
      }
    }
    return detections
  }
}
