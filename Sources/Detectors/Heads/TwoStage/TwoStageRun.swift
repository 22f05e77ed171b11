import Execution
import Networks

/// A trunk's plan, and second stages' plans for several numbers of regions, of which each batch takes
/// one.
final class TwoStageRun: DetectorRun {
  private let head: TwoStageHead
  private let trunk: any Plan<Float>
  private let seconds: [any Plan<Float>]
  private let context: RunContext
  /// Regions as the second stage reads them, for the largest number.
  private let slots: UnsafeMutablePointer<Float>
  /// The second stage's plan of the present batch.
  private var second: any Plan<Float>

  init(
    _ head: TwoStageHead, trunk: any Plan<Float>, seconds: [any Plan<Float>],
    _ context: RunContext
  ) {
    self.head = head
    self.trunk = trunk
    self.seconds = seconds
    self.context = context
    second = seconds[seconds.count - 1]
    slots = .allocate(capacity: second.batch * second.inputShapes.last!.count)
  }

  deinit { slots.deallocate() }

  var batch: Int { trunk.batch }
  var inputShape: Shape { trunk.inputShapes[0] }
  var plans: [any Plan<Float>] { [trunk] + seconds }

  private var isTraining: Bool { context.mode == .training }
  private var proposalCount: Int { 2 * context.strides.count }
  private var maps: Range<Int> { proposalCount..<trunk.outputShapes.count }

  func forward(
    _ pixels: UnsafePointer<Float>, targets: [[Target]]?, _ arguments: RunArguments
  ) -> HeadOutputs {
    trunk.bind(input: 0, to: pixels)
    trunk.forward(arguments)
    var outputs = HeadOutputs(trunk, isTraining: isTraining).first(proposalCount)
    outputs.arguments = arguments
    outputs.regions = head.propose(outputs, targets: isTraining ? targets : nil, context)
    let most = outputs.regions.map(\.count).max() ?? 0
    second = seconds.first { $0.inputShapes.last!.height >= most }!
    fillSlots(outputs.regions)
    for (place, output) in maps.enumerated() {
      second.bind(input: place, to: trunk.output(output))
    }
    second.bind(input: maps.count, to: slots)
    second.forward(arguments)
    outputs.append(HeadOutputs(second, isTraining: isTraining))
    return outputs
  }

  /// `[N, 5, K]`; what no region fills is empty.
  private func fillSlots(_ regions: [[Region]]) {
    let capacity = second.inputShapes.last!.height
    let numbers = RegionPooling.regionChannels
    for image in 0..<batch {
      let start = slots + image * numbers * capacity
      start.update(repeating: -1, count: numbers * capacity)
      for (slot, region) in (image < regions.count ? regions[image] : []).enumerated() {
        start[slot] = Float(region.level)
        start[capacity + slot] = region.box.left
        start[2 * capacity + slot] = region.box.top
        start[3 * capacity + slot] = region.box.right
        start[4 * capacity + slot] = region.box.bottom
      }
    }
  }

  func backward(_ arguments: RunArguments) {
    second.backward(arguments)
    for (place, output) in maps.enumerated() {
      trunk.outputGradient(output).update(
        from: second.inputGradient(place)!, count: batch * trunk.outputShapes[output].count)
    }
    trunk.backward(arguments)
  }

  /// The second stage reads the trunk's values, and the trunk the second stage's gradients.
  func firstNonFinite(_ arguments: RunArguments) -> NonFiniteValue? {
    let isTrunkFinite = trunk.outputShapes.indices.allSatisfy { output in
      UnsafeBufferPointer(
        start: trunk.output(output), count: batch * trunk.outputShapes[output].count
      ).allSatisfy(\.isFinite)
    }
    if isTrunkFinite, let value = second.firstNonFinite(arguments) { return value }
    return trunk.firstNonFinite(arguments)
  }
}

extension HeadOutputs {
  mutating func append(_ other: HeadOutputs) {
    shapes += other.shapes
    values += other.values
    gradients += other.gradients
  }
}
