import Boxes
import Execution
import Networks
import RandomNumbers

/// A detector in two stages: a region proposal network says where something is, a second stage looks
/// at each of its proposals.
///
/// Ren et al.: *Faster R-CNN*, NeurIPS 2015, trained jointly (their "approximate joint training");
/// on a pyramid: Lin et al.: *Feature Pyramid Networks*, CVPR 2017, §4 and 5.
public struct TwoStageHead: Hashable, Sendable, Codable {
  public var proposals = RegionProposalHead()
  public var regions = RegionHead()

  public init() {}
}

extension TwoStageHead: DetectionHead {
  package var assigner: AssignerSettings { proposals.assigner }
  /// Regions are cut from all levels alike.
  package var isShared: Bool { true }
  package var sharing: (key: String, remedy: String) {
    ("head.type", "take neck: {type: featurePyramid}")
  }

  package var idle: [IdleSetting] { proposals.idle + regions.idle }

  package func trace(_ levels: [Value], strides: [Int], classCount: Int) {
    proposals.trace(levels, strides: strides, classCount: 1)
    levels[0].scoped("regions") { _ in
      regions.trace(levels, strides: strides, classCount: classCount)
    }
  }

  package func validate(levels: Int) throws { try proposals.validate(levels: levels) }

  package func validate(strides: [Int]) throws { try regions.validate(strides: strides) }

  /// Regions' features fill whole channel blocks: others have no fast kernel.
  package func check(_ graph: Graph) throws {
    for node in graph.nodes {
      guard case .regionPooling = node.operation else { continue }
      let channels = graph.nodes[node.inputs[0]].channels
      guard channels % 16 == 0 else {
        throw SettingsError.contradiction(
          key: "neck",
          reason: "must give a twoStage head channels in multiples of 16, got \(channels)")
      }
    }
  }

  // MARK: Running

  package var furtherInputs: [Shape] {
    [RegionHead.shape(capacity: RegionCapacity.fitting(proposals.selection.kept))]
  }

  /// The trunk with the proposals, then the second stage for each number of regions.
  package func stages(of graph: Graph, picture: Shape, strides: [Int], mode: Mode)
    -> [NetworkStage]
  {
    let parts = graph.parts(at: 1)
    let trunk = NetworkStage(graph: parts.before, inputs: [picture])
    let shapes = parts.before.shapes(inputs: [picture])
    let maps = parts.before.outputs.suffix(parts.crossings).map { shapes[$0] }
    let capacities =
      mode == .training
      ? [RegionCapacity.fitting(regions.sampling.count)]
      : RegionCapacity.upTo(proposals.selection.kept)
    return [trunk]
      + capacities.map {
        NetworkStage(
          graph: parts.after, inputs: maps + [RegionHead.shape(capacity: $0)],
          gradientInputs: mode == .training ? Set(maps.indices) : [], number: 1)
      }
  }

  package func pictureGraph(of graph: Graph) -> Graph { graph.parts(at: 1).independent }

  package func run(_ plans: [any Plan<Float>], _ context: RunContext) -> any DetectorRun {
    TwoStageRun(self, trunk: plans[0], seconds: Array(plans[1...]), context)
  }

  // MARK: Proposals

  /// The regions of each picture.
  ///
  /// - Parameters:
  ///   - outputs: the first stage's.
  ///   - targets: in training: regions are then a sample, objects' own boxes among them.
  func propose(_ outputs: HeadOutputs, targets: [[Target]]?, _ context: RunContext) -> [[Region]] {
    let layout = proposals.layout(outputs, context.strides)
    let selection = proposals.selection
    let canvas = Box(
      left: 0, top: 0, right: Float(context.size.width), bottom: Float(context.size.height))
    return mapOnTeam(outputs.batch) { image in
      let logits = CandidateValues.gathered(
        outputs, kind: 0, image: image, layout: layout, channels: 1)
      let values = CandidateValues.gathered(
        outputs, kind: 1, image: image, layout: layout, channels: 4)
      let regression = proposals.regression(layout)
      var boxes = selection.boxes(
        logits, layout, canvas: canvas,
        count: targets == nil ? selection.kept : selection.keptInTraining
      ) { regression.box(values, $0) }
      if let targets {
        var generator = outputs.generator("regions", image: image)
        boxes = sample(boxes, targets[image], with: &generator)
      }
      return boxes.map { regions.region($0, strides: context.strides) }
    }
  }

  /// Those that the second stage learns on.
  private func sample(
    _ boxes: [Box], _ targets: [Target], with generator: inout KeyedGenerator
  ) -> [Box] {
    let all = boxes + targets.filter { !$0.isIgnored && $0.box.area > 0 }.map(\.box)
    let assignment = regions.assignment(all, targets)
    let drawn = regions.sampling.draw(
      positives: all.indices.filter { assignment[$0] >= 0 },
      negatives: all.indices.filter { assignment[$0] == Assignment.background },
      with: &generator)
    return (drawn.positives + drawn.negatives).map { all[$0] }
  }

  // MARK: Loss and detections

  package func loss(
    _ outputs: HeadOutputs, targets: [[Target]], strides: [Int], classCount: Int, input: Extent
  ) -> LossTerms {
    let objects = targets.map { $0.map { Target(box: $0.box, label: 0, isIgnored: $0.isIgnored) } }
    let first = proposals.loss(
      outputs.first(2 * strides.count), targets: objects, strides: strides, classCount: 1,
      input: input)
    let second = regions.loss(
      RegionOutputs(outputs, first: 2 * strides.count), outputs.regions, targets)
    return LossTerms(
      names: ["objectness", "proposal", "class", "box"],
      values: first.values + [Float(second.terms[0]), Float(second.terms[1])],
      positives: first.positives, unmatchedTargets: first.unmatchedTargets)
  }

  package func census(
    _ outputs: HeadOutputs, targets: [[Target]], strides: [Int], classCount: Int
  ) -> [AssignmentCensus] {
    proposals.census(
      outputs.first(2 * strides.count), targets: targets, strides: strides, classCount: 1)
  }

  package func mostDetections(_ outputs: [Shape]) -> Int {
    RegionCapacity.fitting(proposals.selection.kept) * (outputs[outputs.count - 2].channels - 1)
  }

  package func decode(
    _ outputs: HeadOutputs, strides: [Int], classCount: Int, input: Extent, minimumScore: Float
  ) -> [[Detection]] {
    let canvas = Box(left: 0, top: 0, right: Float(input.width), bottom: Float(input.height))
    let second = RegionOutputs(outputs, first: 2 * strides.count)
    return mapOnTeam(outputs.batch) {
      regions.decode(
        second, image: $0, outputs.regions[$0], canvas: canvas, minimumScore: minimumScore)
    }
  }
}

extension HeadOutputs {
  /// The first so many outputs.
  func first(_ count: Int) -> HeadOutputs {
    var part = self
    part.shapes = Array(shapes.prefix(count))
    part.values = Array(values.prefix(count))
    part.gradients = Array(gradients.prefix(count))
    return part
  }
}
