import CBridge
import Networks

extension FastCompiler {
  /// Whether a value is only read as places: it then stays plain f32, whatever the plan computes in.
  func isPlaces(_ node: Int) -> Bool {
    let consumers = graph.consumers[node]
    return !consumers.isEmpty
      && consumers.allSatisfy { consumer in
        graph.nodes[consumer].inputs.enumerated().allSatisfy { place, input in
          input != node
            || graph.nodes[consumer].operation.rules.receptiveStep(input: place) == .place
        }
      }
  }

  /// Whether regions' features fill whole channel blocks, bin after bin.
  func poolsWholeBlocks(_ node: Int) -> Bool {
    shapes[graph.nodes[node].inputs[0]].channels % View.block == 0
  }

  func emitRegionPooling(_ node: Int, _ pooling: RegionPooling) {
    let inputs = graph.nodes[node].inputs
    let maps = inputs.dropLast().map(value)
    let call = RegionCall(
      pooling, slot: inputSlots[inputs[maps.count]]!, capacity: shapes[node].height)
    let result = destination(node)
    let isTraining = mode == .training && inputs.dropLast().contains { needsGradient[$0] }
    let count = batch * View.elements(shapes[node])
    let winners = pooling.kind == .maximum && isTraining ? buffer(floats: count) : nil
    emit(
      node, "forward", pooling.label, uses: maps.map(\.buffer) + [winners].compactMap { $0 },
      results: [result]
    ) { _ in
      call.run(on: maps) { regions in
        switch pooling.kind {
        case .align(let samples, let isAligned):
          cb_region_align_forward(regions, Int32(samples), isAligned, result.bridged)
        case .maximum: cb_region_max_forward(regions, result.bridged, winners?.integers)
        }
      }
    }
    backward.append { [self] in
      emitRegionBackward(node, pooling, call, winners)
    }
  }

  private func emitRegionBackward(
    _ node: Int, _ pooling: RegionPooling, _ call: RegionCall, _ winners: Buffer?
  ) {
    let inputs = graph.nodes[node].inputs.dropLast()
    let gradient = takeGradient(node)[0]
    let parts = inputs.map { gradientPart($0) }
    let written = parts.compactMap { $0 }
    guard !written.isEmpty else { return }
    // A map of which no gradient is wanted lends its extent alone.
    let maps = zip(inputs, parts).map { $1 ?? freshView(shapes[$0]) }
    let scratch = buffer(floats: call.run(on: maps, isLaidOut: false) { cb_region_scratch($0) })
    let wanted = parts.map { $0 != nil }
    emit(
      node, "backward", pooling.label + "-backward",
      uses: [gradient.buffer, scratch] + [winners].compactMap { $0 }, results: written
    ) { _ in
      call.run(on: maps, wanted: wanted) { regions in
        switch pooling.kind {
        case .align(let samples, let isAligned):
          cb_region_align_backward(
            regions, Int32(samples), isAligned, gradient.bridged, scratch.floats)
        case .maximum:
          cb_region_max_backward(regions, winners!.integers, gradient.bridged, scratch.floats)
        }
      }
    }
  }
}

/// What the kernels of a region pooling are called with.
private struct RegionCall {
  let pooling: RegionPooling
  let slot: InputSlot
  /// Regions a picture.
  let capacity: Int

  init(_ pooling: RegionPooling, slot: InputSlot, capacity: Int) {
    self.pooling = pooling
    self.slot = slot
    self.capacity = capacity
  }

  /// - Parameters:
  ///   - wanted: of each map; nil: all.
  ///   - isLaidOut: whether memory has its place; before, only extents are read.
  func run<Result>(
    on maps: [View], wanted: [Bool]? = nil, isLaidOut: Bool = true,
    _ body: (cb_regions) -> Result
  ) -> Result {
    withUnsafeTemporaryAllocation(of: cb_region_map.self, capacity: maps.count) { bridged in
      for (index, map) in maps.enumerated() {
        let isPresent = isLaidOut && wanted?[index] != false
        bridged.initializeElement(
          at: index,
          to: cb_region_map(
            extent: map.extent, view: isPresent ? map.bridged : .absent,
            stride: Int32(pooling.strides[index])))
      }
      return body(
        cb_regions(
          maps: bridged.baseAddress, map_count: Int32(maps.count),
          regions: isLaidOut ? slot.bound : nil, capacity: Int32(capacity),
          bins_height: Int32(pooling.bins.height), bins_width: Int32(pooling.bins.width)))
    }
  }
}
