import Networks

/// Which ways from the picture to a value count.
package enum PathRule: Hashable, Sendable {
  /// Every way along features.
  case all
  /// Only ways without a resizing (no top-down way), poolings of stride 1 not widening: they are the
  /// detours of spatial pyramid pooling, which blur what the main way sees.
  case bottomUp
}

/// What stands for several ways of the same slope.
package enum PathChoice: Hashable, Sendable {
  case shortest, longest
  /// The hull of all.
  case union

  func of(_ a: Reach, _ b: Reach) -> Reach {
    switch self {
    case .shortest: b.span < a.span ? b : a
    case .longest: b.span > a.span ? b : a
    case .union:
      Reach(slope: a.slope, lower: min(a.lower, b.lower), upper: max(a.upper, b.upper))
    }
  }
}

/// What a value's cells see along one axis over all ways of a rule: one reach for each slope.
///
/// Nearly always there is one slope. Ways through a global mean have slope 0, and ways between sizes
/// that are no multiples of each other (13 cells resized to 25) differ a little; keeping slopes
/// apart keeps the choice of the shortest and longest way exact.
struct ReachFamily: Hashable {
  /// Ascending by slope, each slope once.
  private(set) var reaches: [Reach] = []

  mutating func add(_ reach: Reach, choosing choice: PathChoice) {
    let place = reaches.firstIndex { $0.slope >= reach.slope } ?? reaches.count
    if place < reaches.count, reaches[place].slope == reach.slope {
      reaches[place] = choice.of(reaches[place], reach)
    } else {
      reaches.insert(reach, at: place)
    }
  }

  /// The hull of all slopes at one cell, said with the largest slope.
  func hull(at cell: Int) -> Reach? {
    guard let slope = reaches.last?.slope else { return nil }
    let line = slope * Rational(cell)
    return Reach(
      slope: slope, lower: reaches.map { $0.lowerEdge(cell) - line }.min()!,
      upper: reaches.map { $0.upperEdge(cell) - line }.max()!)
  }

  /// The narrowest or widest single way.
  func extreme(_ choice: PathChoice) -> Reach? {
    reaches.dropFirst().reduce(reaches.first) { best, reach in best.map { choice.of($0, reach) } }
  }
}

extension FieldSteps {
  /// Follows every way of a rule forward from the picture, along one axis.
  ///
  /// - Returns: for each node what its cells see; empty where no way of the rule leads.
  func families(_ axis: Axis, _ rule: PathRule, _ choice: PathChoice) -> [ReachFamily] {
    var families = [ReachFamily](repeating: ReachFamily(), count: graph.nodes.count)
    families[source].add(.pixel, choosing: choice)
    for (node, edges) in edges.enumerated() {
      for edge in edges where rule == .all || !edge.isResizing {
        let step = rule == .bottomUp ? edge.mainWay(axis) : edge.step(axis)
        for reach in families[edge.input].reaches {
          families[node].add(reach.composed(with: step), choosing: choice)
        }
      }
    }
    return families
  }
}
