import Foundation
import Networks

/// A network's size and cost, block by block, for a terminal.
package struct NetworkTable {
  /// Neighbouring nodes whose names begin alike.
  private struct Block {
    let name: String
    var nodes = 0
    /// Of the last node's output.
    var shape: [Int] = []
    var parameters = 0
    var multiplyAdds = 0

    mutating func add(_ node: NetworkDescription.Node) {
      nodes += 1
      shape = node.shape
      parameters += node.parameters
      multiplyAdds += node.multiplyAdds
    }
  }

  private let description: NetworkDescription
  private let blocks: [Block]

  /// - Parameter depth: components of the names, between dots, that make up a block's name.
  package init(_ description: NetworkDescription, depth: Int = 2) {
    precondition(depth > 0, "a block's name needs at least one component")
    self.description = description
    var blocks: [Block] = []
    for node in description.nodes {
      let name = node.name.split(separator: ".").prefix(depth).joined(separator: ".")
      if blocks.last?.name != name { blocks.append(Block(name: name)) }
      blocks[blocks.count - 1].add(node)
    }
    self.blocks = blocks
  }

  package var text: String {
    var table = TextTable([
      ("block", .left), ("nodes", .right), ("output", .right), ("parameters", .right),
      ("multiply-adds", .right), ("share", .right),
    ])
    for block in blocks {
      table.add([
        block.name, String(block.nodes), block.shape.map(String.init).joined(separator: "×"),
        abbreviated(block.parameters), abbreviated(block.multiplyAdds),
        percent(block.multiplyAdds, of: description.multiplyAdds),
      ])
    }
    return table.text + "\n" + totals + "\n"
  }

  private var totals: String {
    let activations = description.activationBytes.map {
      String(format: ", %.1f MiB of activations", Double($0) / 1_048_576)
    }
    return "\(description.nodes.count) nodes, \(abbreviated(description.parameters)) parameters, "
      + "\(abbreviated(description.multiplyAdds)) multiply-adds" + (activations ?? "")
      + " for one picture"
  }

  private func percent(_ part: Int, of whole: Int) -> String {
    whole == 0 ? "–" : String(format: "%.1f %%", 100 * Double(part) / Double(whole))
  }
}

/// Four digits at most, then thousands, millions or thousand millions.
private func abbreviated(_ count: Int) -> String {
  let units = [(1e9, "G"), (1e6, "M"), (1e3, "k")]
  for (unit, letter) in units where count >= 10_000 && Double(count) >= unit {
    return String(format: "%.2f \(letter)", Double(count) / unit)
  }
  return String(count)
}
