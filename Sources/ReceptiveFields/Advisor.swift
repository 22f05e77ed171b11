import Networks

/// Builds a network at other sizes and with other levels, and counts what each would make of a data
/// set's objects. Costs are the multiply–adds of graphs that were built, not extrapolated.
package struct Advisor {
  /// The network, and what else it could be.
  package struct Networks {
    package var present: PricedGraph
    /// With one more level at half of the finest stride; `nil` where it cannot have one.
    package var finer: PricedGraph?
    /// With one more level at twice the coarsest stride.
    package var coarser: PricedGraph?
    /// Heights and widths are multiples of this.
    package var multiple: Int
    /// Of an input's side, pixels.
    package var largestSide: Int

    package init(
      present: PricedGraph, finer: PricedGraph? = nil, coarser: PricedGraph? = nil, multiple: Int,
      largestSide: Int
    ) {
      self.present = present
      self.finer = finer
      self.coarser = coarser
      self.multiple = multiple
      self.largestSide = largestSide
    }
  }

  let networks: Networks
  let size: Extent
  let rule: ObjectSizeRule
  let objects: DataObjects
  /// Multiply–adds of the present network.
  let cost: Int

  /// - Parameter size: of the present input.
  package init(
    _ networks: Networks, size: Extent, rule: ObjectSizeRule = ObjectSizeRule(),
    objects: DataObjects
  ) {
    self.networks = networks
    self.size = size
    self.rule = rule
    self.objects = objects
    cost = networks.present.multiplyAdds(size)
  }

  package var advice: DataAdvice {
    let present = choice(networks.present, size)
    let tilings = tilings
    return DataAdvice(
      present: present, sizes: sizes.map { choice(networks.present, $0) }, tiles: tilings.fitting,
      tilesTooSmall: tilings.tooSmall.map { [$0.height, $0.width] }, largestObject: largestObject,
      remedies: DataAdvice.Problem.allCases.filter { $0.share(present) > 0 }.flatMap {
        remedies($0, present, tilings.fitting)
      })
  }

  /// A network run over whole pictures.
  func choice(_ graph: PricedGraph, _ size: Extent) -> DataAdvice.Choice {
    choice(graph, size, objects.sizes(on: size), runs: 1)
  }

  /// - Parameters:
  ///   - sizes: of the objects at the network's input.
  ///   - runs: of the network over one picture.
  ///   - besides: multiply–adds of what else is run.
  func choice(
    _ graph: PricedGraph, _ size: Extent, _ sizes: [ObjectSize], runs: Double, besides: Int = 0
  ) -> DataAdvice.Choice {
    let shares = ObjectJudge(graph.analysis(size), rule: rule).shares(sizes)
    let multiplyAdds = runs * Double(graph.multiplyAdds(size)) + Double(besides)
    return DataAdvice.Choice(
      size: [size.height, size.width], multiplyAdds: Int(multiplyAdds.rounded()),
      costRatio: cost > 0 ? multiplyAdds / Double(cost) : 1, shareInNone: shares.inNone,
      shareBelow: shares.below, shareAbove: shares.above, shareUnderCell: shares.underCell,
      shareBeyondFields: shares.beyondFields)
  }

  /// The present size times a factor, to the nearest that the model takes.
  func size(times factor: Double) -> Extent {
    func side(_ side: Int) -> Int {
      let multiple = Double(networks.multiple)
      let steps = (factor * Double(side) / multiple).rounded()
      return min(networks.largestSide / networks.multiple, max(1, Int(steps))) * networks.multiple
    }
    return Extent(height: side(size.height), width: side(size.width))
  }

  /// Shares of the present size, half to three times: beyond, a network seldom works as trained.
  private static let factors = [0.5, 0.625, 0.75, 0.875, 1, 1.25, 1.5, 2, 3]

  private var sizes: [Extent] {
    var sizes: [Extent] = []
    for factor in Self.factors {
      let size = factor == 1 ? self.size : size(times: factor)
      if !sizes.contains(size) { sizes.append(size) }
    }
    return sizes.sorted { $0.area < $1.area }
  }
}
