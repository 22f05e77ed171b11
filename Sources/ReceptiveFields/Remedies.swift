import Networks

extension Advisor {
  /// A size is taken once it leaves a tenth of the objects that have the problem, or none.
  private static let remainder = 0.1
  /// Of the present side, how far sizes are looked for.
  private static let largestFactor = 4.0

  /// What would help the objects that have a problem.
  func remedies(
    _ problem: DataAdvice.Problem, _ present: DataAdvice.Choice, _ tilings: [DataAdvice.Tiling]
  ) -> [DataAdvice.Remedy] {
    func remedy(_ means: DataAdvice.Means, _ text: String, _ choice: DataAdvice.Choice)
      -> DataAdvice.Remedy?
    {
      // What does not help is no remedy.
      guard problem.share(choice) < problem.share(present) else { return nil }
      return DataAdvice.Remedy(
        problem: problem, means: means, message: text + ": " + effect(problem, choice),
        choice: choice)
    }
    let resized = otherSize(problem, present).flatMap { choice in
      remedy(
        problem.isOfSmallObjects ? .largerInput : .smallerInput,
        (problem.isOfSmallObjects ? "enlarge" : "shrink")
          + " the input to \(choice.size[0])×\(choice.size[1])", choice)
    }
    let tiled =
      problem.isOfSmallObjects
      ? best(problem, tilings).flatMap { remedy(.tiles, text($0), $0.choice) } : nil
    let graph = problem.isOfSmallObjects ? networks.finer : networks.coarser
    let levelled = graph.flatMap { graph in
      remedy(
        problem.isOfSmallObjects ? .finerLevel : .coarserLevel,
        "add a level of stride \(addedStride(graph))", choice(graph, size))
    }
    return [resized, tiled, levelled].compactMap { $0 }
  }

  /// Of those that leave fewest the cheapest.
  private func best(_ problem: DataAdvice.Problem, _ tilings: [DataAdvice.Tiling])
    -> DataAdvice.Tiling?
  {
    tilings.min {
      (problem.share($0.choice), $0.choice.multiplyAdds)
        < (problem.share($1.choice), $1.choice.multiplyAdds)
    }
  }

  private func effect(_ problem: DataAdvice.Problem, _ choice: DataAdvice.Choice) -> String {
    "leaves \(Spelled.share(problem.share(choice))); "
      + "\(Spelled.share(choice.shareInNone)) of all in no range; "
      + "\(Spelled.count(choice.multiplyAdds)) multiply–adds a picture, "
      + "\(Spelled.number(choice.costRatio))× the present"
  }

  private func text(_ tiling: DataAdvice.Tiling) -> String {
    let (tile, overlap) = (tiling.choice.size, tiling.overlap)
    return "cut pictures into tiles of \(tile[0])×\(tile[1]) that overlap by "
      + "\(overlap[0])×\(overlap[1]), \(Spelled.number(tiling.tilesPerPicture)) a picture"
      + (tiling.withWholePicture ? ", and the whole picture for larger objects" : "")
  }

  /// The stride that the present network lacks.
  private func addedStride(_ graph: PricedGraph) -> String {
    func strides(_ graph: PricedGraph) -> [Double] {
      let analysis = graph.analysis(size)
      return ReceptiveFieldReport.outputs(analysis).map {
        analysis.fields[$0.measured.node]!.bottomUp.stride.side
      }
    }
    let known = strides(networks.present)
    return strides(graph).first { !known.contains($0) }.map { Spelled.number($0) } ?? "its own"
  }

  /// The nearest size that leaves few enough, else the last one looked at. Objects grow with the
  /// input, hence the share only falls on the way, and halving the interval finds it.
  private func otherSize(_ problem: DataAdvice.Problem, _ present: DataAdvice.Choice)
    -> DataAdvice.Choice?
  {
    let limit = Self.remainder * problem.share(present)
    let candidates = problem.isOfSmallObjects ? largerSizes : smallerSizes
    guard let last = candidates.last else { return nil }
    let (low, high) = (candidates.startIndex, candidates.endIndex)
    var (first, end) = (low, high)
    while first < end {
      let middle = (first + end) / 2
      if problem.share(choice(networks.present, candidates[middle])) <= limit {
        end = middle
      } else {
        first = middle + 1
      }
    }
    return choice(networks.present, first < high ? candidates[first] : last)
  }

  /// One step of the longer side after the other, away from the present size.
  private func sizes(_ steps: some Sequence<Int>) -> [Extent] {
    var sizes: [Extent] = []
    for step in steps {
      let longer = Double(max(size.height, size.width))
      let candidate = size(times: Double(step * networks.multiple) / longer)
      if candidate != size, candidate != sizes.last { sizes.append(candidate) }
    }
    return sizes
  }

  private var presentSteps: Int { max(size.height, size.width) / networks.multiple }

  private var largerSizes: [Extent] {
    let most = min(
      Int(Self.largestFactor * Double(presentSteps)), networks.largestSide / networks.multiple)
    return presentSteps < most ? sizes(presentSteps + 1...most) : []
  }

  private var smallerSizes: [Extent] {
    presentSteps > 1 ? sizes((1..<presentSteps).reversed()) : []
  }
}
