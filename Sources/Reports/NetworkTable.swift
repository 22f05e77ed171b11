import Foundation
import Networks

/// A network's size and cost, block by block, for a terminal.
///
/// A block is what shares the first components of its names and has parameters; nodes between blocks
/// (activations, concatenations, resizings) count with the block before them.
package struct NetworkTable {
  private struct Block {
    let name: String
    var nodes = 0
    /// Of the output of the last node that bears the block's name.
    var shape: [Int] = []
    var parameters = 0
    var multiplyAdds = 0

    mutating func add(_ node: NetworkDescription.Node, isNamed: Bool) {
      nodes += 1
      if isNamed { shape = node.shape }
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
    func blockName(_ node: NetworkDescription.Node) -> String {
      node.name.split(separator: ".").prefix(depth).joined(separator: ".")
    }
    let named = Set(description.nodes.filter { !$0.tensors.isEmpty }.map(blockName))
    var blocks: [Block] = []
    var places: [String: Int] = [:]
    var current = 0
    for node in description.nodes {
      let name = blockName(node)
      if named.contains(name) || blocks.isEmpty {
        current = places[name, default: blocks.count]
        places[name] = current
        if current == blocks.count { blocks.append(Block(name: name)) }
      }
      blocks[current].add(node, isNamed: name == blocks[current].name)
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
    func mebibytes(_ bytes: Int?, _ purpose: String) -> String {
      bytes.map {
        String(format: ", %.1f MiB of activations in \(purpose)", Double($0) / 1_048_576)
      }
        ?? ""
    }
    return "\(description.nodes.count) nodes, \(abbreviated(description.parameters)) parameters, "
      + "\(abbreviated(description.multiplyAdds)) multiply-adds"
      + mebibytes(description.activationBytes, "inference")
      + mebibytes(description.trainingActivationBytes, "training") + " for one picture"
  }

  private func percent(_ part: Int, of whole: Int) -> String {
    whole == 0 ? "–" : String(format: "%.1f %%", 100 * Double(part) / Double(whole))
  }
}

/// Four digits at most, then thousands, millions or thousand millions.
package func abbreviated(_ count: Int) -> String {
  let units = [(1e9, "G"), (1e6, "M"), (1e3, "k")]
  for (unit, letter) in units where count >= 10_000 && Double(count) >= unit {
    return String(format: "%.2f \(letter)", Double(count) / unit)
  }
  return String(count)
}
