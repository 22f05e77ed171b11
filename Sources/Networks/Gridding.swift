/// Dilated convolutions in a row that pass cells over: what each cell sees is a grid with holes.
///
/// Wang et al.: *Understanding Convolution for Semantic Segmentation*, WACV 2018, §3.2.
public struct Gridding: Hashable, Sendable {
  /// The part that the convolutions lie in.
  public let scope: String
  /// In the order of the graph.
  public let dilations: [Int]
  /// Cells in a row from the first to the last that is seen, and how many of them are seen.
  public let reach: Int
  public let seen: Int

  /// One line with the remedy.
  public var message: String {
    "dilations \(dilations.map(String.init).joined(separator: ", ")) of \(scope) see \(seen) of "
      + "\(reach) cells in a row, a grid with holes; dilations without a common factor that begin "
      + "with 1 see all, as 1, 3, 5, 1, 3, 5 do"
  }
}

extension Graph {
  /// Stacks of two dilated convolutions or more in which cells are passed over.
  public var griddings: [Gridding] {
    var scopes: [String] = []
    var members: [String: [Int]] = [:]
    for (index, node) in nodes.enumerated() {
      guard let scope = Self.stack(of: node.name) else { continue }
      if members[scope] == nil { scopes.append(scope) }
      members[scope, default: []].append(index)
    }
    return scopes.compactMap { gridding(in: $0, members[$0]!) }
  }

  /// What comes before the last number among a name's parts: blocks of one stack are numbered.
  private static func stack(of name: String) -> String? {
    let parts = name.split(separator: ".")
    guard let number = parts.lastIndex(where: { $0.allSatisfy(\.isNumber) }), number > 0 else {
      return nil
    }
    return parts[..<number].joined(separator: ".")
  }

  private func gridding(in scope: String, _ members: [Int]) -> Gridding? {
    let windows = members.compactMap { member -> Window? in
      guard case .convolution(let convolution) = nodes[member].operation,
        convolution.window.kernel.area > 1
      else { return nil }
      return convolution.window
    }
    guard windows.count(where: { $0.dilation != 1 }) > 1 else { return nil }
    let axes = [\Extent.height, \.width].compactMap { axis in
      holes(members, axis).map { ($0, axis) }
    }
    guard let (holes, axis) = axes.first else { return nil }
    return Gridding(
      scope: scope, dilations: windows.map { $0.dilation[keyPath: axis] }, reach: holes.reach,
      seen: holes.seen)
  }

  /// Of the cells that enter the stack, how many its last value sees, if not all in their reach.
  private func holes(_ members: [Int], _ axis: KeyPath<Extent, Int>) -> (reach: Int, seen: Int)? {
    let inside = Set(members)
    var offsets: [Int: Set<Int>] = [members.last!: [0]]
    for member in members.reversed() {
      guard let seen = offsets[member] else { continue }
      for (position, input) in nodes[member].inputs.enumerated() {
        let step = nodes[member].operation.rules.receptiveStep(input: position)
        guard let reached = Self.reached(seen, step, axis) else { continue }
        offsets[input, default: []].formUnion(reached)
      }
    }
    for input in offsets.keys.sorted() where !inside.contains(input) {
      let seen = offsets[input]!
      let reach = seen.max()! - seen.min()! + 1
      if seen.count < reach { return (reach, seen.count) }
    }
    return nil
  }

  /// Nil where sizes change or no feature is passed.
  private static func reached(
    _ cells: Set<Int>, _ step: ReceptiveStep, _ axis: KeyPath<Extent, Int>
  ) -> Set<Int>? {
    switch step {
    // Windows are taken as centred, wherever their padding comes from.
    case .cell, .border: return cells
    case .window(let window) where window.stride == 1:
      let (kernel, dilation) = (window.kernel[keyPath: axis], window.dilation[keyPath: axis])
      let middle = dilation * (kernel - 1) / 2
      return Set(cells.flatMap { cell in (0..<kernel).map { cell + dilation * $0 - middle } })
    case .window, .spread, .bins, .resize, .global, .gate, .size, .place: return nil
    }
  }
}
