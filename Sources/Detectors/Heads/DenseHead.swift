import Boxes
import Execution
import Foundation
import Networks
import RandomNumbers

/// Turns one candidate's raw values into a box, and trains them. Made anew for each picture, so it
/// may keep scratch memory.
package protocol BoxRegression {
  mutating func box(_ values: CandidateValues, _ candidate: Int) -> Box

  /// The loss terms of one positive candidate, each weighted; writes their gradient, times `scale`.
  mutating func loss(
    _ values: CandidateValues, gradients: inout CandidateValues, candidate: Int, target: Box,
    scale: Float
  ) -> SIMD2<Double>
}

/// A head that predicts classes and a box at each of many candidates: what point and anchor heads
/// have in common. Each level has two outputs, `p3.class` and `p3.box` and so on.
package protocol DenseHead: DetectionHead, OneStageHead {
  associatedtype Regression: BoxRegression

  /// One shape a candidate of each cell.
  var candidateShapes: AnchorShapes { get }
  /// Values that describe one box.
  var boxChannels: Int { get }
  var classification: ClassificationLoss { get }
  /// Which candidates the loss counts; nil: all that the assigner does not ignore.
  var candidateSampling: CandidateSampling? { get }
  /// Of the regression's loss terms, one or two.
  var boxTerms: [String] { get }

  func regression(_ layout: CandidateLayout) -> Regression
}

extension DenseHead {
  package var candidateSampling: CandidateSampling? { nil }
}

/// One picture between assignment and loss.
private struct AssignedPicture {
  var logits: CandidateValues
  var values: CandidateValues
  var assignment: Assignment
  var boxes: [Box]
  /// Class of each candidate, or a mark.
  var labels: [Int32]
  var positives: [Int]
  var unmatched: Int
}

extension HeadOutputs {
  /// Draws of a picture of this batch, for one purpose.
  func generator(_ purpose: String, image: Int) -> KeyedGenerator {
    KeyedGenerator(
      seed: arguments.seed, purpose: purpose, arguments.epoch, arguments.batch, image)
  }
}

extension DenseHead {
  public func loss(
    _ outputs: HeadOutputs, targets: [[Target]], strides: [Int], classCount: Int, input: Extent
  ) -> LossTerms {
    precondition(
      targets.count == outputs.batch, "\(targets.count) lists of targets, batch \(outputs.batch)")
    let layout = layout(outputs, strides)
    // Pictures do not depend on each other, neither here nor below, but for the normaliser.
    let pictures = mapOnTeam(outputs.batch) {
      assigned(outputs, $0, targets[$0], layout, classCount)
    }
    let scale = 1 / max(1, pictures.map(weight).reduce(0, +))
    let terms = mapOnTeam(outputs.batch) {
      propagate(pictures[$0], into: outputs, $0, layout, scale)
    }.reduce(SIMD3(repeating: 0), +)
    let values = (0...boxTerms.count).map { Float(terms[$0]) }
    return LossTerms(
      names: ["class"] + boxTerms, values: values,
      positives: pictures.map(\.positives.count).reduce(0, +),
      unmatchedTargets: pictures.map(\.unmatched).reduce(0, +))
  }

  package func layout(_ outputs: HeadOutputs, _ strides: [Int]) -> CandidateLayout {
    precondition(
      outputs.shapes.count == 2 * strides.count,
      "a head of \(strides.count) levels has two outputs each, got \(outputs.shapes.count)")
    let extents = strides.indices.map {
      Extent(height: outputs.shapes[2 * $0].height, width: outputs.shapes[2 * $0].width)
    }
    return CandidateLayout(extents: extents, strides: strides, shapes: candidateShapes)
  }

  /// What a picture adds to the normaliser: its positives, or the sum of their qualities; where
  /// candidates are drawn, those drawn.
  private func weight(_ picture: AssignedPicture) -> Float {
    if candidateSampling != nil {
      return Float(picture.labels.count { $0 != Assignment.ignored })
    }
    guard classification.kind.ratesQuality else { return Float(picture.positives.count) }
    return picture.positives.reduce(0) { $0 + picture.assignment.qualities[$1] }
  }

  private func assigned(
    _ outputs: HeadOutputs, _ image: Int, _ targets: [Target], _ layout: CandidateLayout,
    _ classCount: Int
  ) -> AssignedPicture {
    let logits = CandidateValues.gathered(
      outputs, kind: 0, image: image, layout: layout, channels: classCount)
    let values = CandidateValues.gathered(
      outputs, kind: 1, image: image, layout: layout, channels: boxChannels)
    var regression = regression(layout)
    let problem = self.problem(logits, values, targets, layout)
    var assignment = assigner.assigner.assign(problem)
    let unmatched = assignment.matched(count: problem.boxes.count).count { !$0 }
    if let candidateSampling {
      var generator = outputs.generator("anchors", image: image)
      candidateSampling.thin(&assignment, with: &generator)
    }
    let positives = assignment.positives
    if classification.kind.ratesQuality, !assignment.ratesQuality {
      for candidate in positives {
        let target = problem.boxes[Int(assignment.targets[candidate])]
        assignment.qualities[candidate] =
          regression.box(values, candidate).intersectionOverUnion(with: target)
      }
    }
    return AssignedPicture(
      logits: logits, values: values, assignment: assignment, boxes: problem.boxes,
      labels: assignment.targets.map { $0 >= 0 ? Int32(problem.labels[Int($0)]) : $0 },
      positives: positives,
      unmatched: unmatched)
  }

  /// What the assigner decides on in one picture; boxes are decoded only if it asks for them.
  func problem(
    _ logits: CandidateValues, _ values: CandidateValues, _ targets: [Target],
    _ layout: CandidateLayout
  ) -> AssignmentProblem {
    var regression = regression(layout)
    let predicted =
      assigner.assigner.needsPredictions
      ? (0..<layout.count).map { regression.box(values, $0) } : []
    return AssignmentProblem(
      layout: layout, targets: targets, logits: classification.independent(logits),
      predicted: predicted)
  }

  /// Writes a picture's gradients; its loss terms: class, then box.
  private func propagate(
    _ picture: AssignedPicture, into outputs: HeadOutputs, _ image: Int,
    _ layout: CandidateLayout, _ scale: Float
  ) -> SIMD3<Double> {
    var classGradients = CandidateValues(channels: picture.logits.channels, layout: layout)
    let qualities = picture.assignment.qualities
    let classLoss = classification(
      picture.logits, gradients: &classGradients, labels: picture.labels, qualities: qualities,
      scale: classification.weight * scale)
    classGradients.scatter(into: outputs, kind: 0, image: image, layout: layout)

    var boxGradients = CandidateValues(channels: boxChannels, layout: layout)
    var regression = regression(layout)
    var boxLoss = SIMD2<Double>(repeating: 0)
    for candidate in picture.positives {
      let weight = classification.kind.ratesQuality ? qualities[candidate] : 1
      boxLoss += regression.loss(
        picture.values, gradients: &boxGradients, candidate: candidate,
        target: picture.boxes[Int(picture.assignment.targets[candidate])], scale: scale * weight)
    }
    boxGradients.scatter(into: outputs, kind: 1, image: image, layout: layout)
    return SIMD3(classLoss, boxLoss[0], boxLoss[1])
  }

  package func mostDetections(_ outputs: [Shape]) -> Int {
    stride(from: 0, to: outputs.count, by: 2).reduce(0) { $0 + outputs[$1].count }
  }

  public func decode(
    _ outputs: HeadOutputs, strides: [Int], classCount: Int, input: Extent, minimumScore: Float
  ) -> [[Detection]] {
    let layout = layout(outputs, strides)
    let canvas = Box(left: 0, top: 0, right: Float(input.width), bottom: Float(input.height))
    return mapOnTeam(outputs.batch) { image in
      let logits = classification.independent(
        .gathered(outputs, kind: 0, image: image, layout: layout, channels: classCount))
      let values = CandidateValues.gathered(
        outputs, kind: 1, image: image, layout: layout, channels: boxChannels)
      return decode(logits, values, layout, canvas, minimumScore)
    }
  }

  /// One detection for each class and candidate above the score, classes slowest.
  private func decode(
    _ logits: CandidateValues, _ values: CandidateValues, _ layout: CandidateLayout,
    _ canvas: Box, _ minimumScore: Float
  ) -> [Detection] {
    var regression = regression(layout)
    var detections: [Detection] = []
    // σ grows, so most candidates are passed over without computing it; the small margin keeps
    // rounding from deciding.
    let logit = minimumScore > 0 ? -log(1 / minimumScore - 1) - 1e-3 : -Float.infinity
    for label in 0..<logits.channels {
      for candidate in 0..<layout.count where logits[label, candidate] >= logit {
        let score = Sigmoid(logits[label, candidate]).value
        guard score >= minimumScore else { continue }
        let box = regression.box(values, candidate).clipped(to: canvas)
        detections.append(Detection(box: box, label: label, score: score))
      }
    }
    return detections
  }
}
