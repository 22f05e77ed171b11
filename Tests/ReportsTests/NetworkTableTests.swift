import Networks
import Reports
import Testing

@Suite struct NetworkTableTests {
  private let graph = Graph.trace { image in
    let x = image.scoped("stage") {
      $0.through("a", Convolution(channels: 16, kernel: 3, stride: 2))
        .through("b", Convolution(channels: 16, kernel: 1))
    }
    x.through("head", Convolution(channels: 4, kernel: 1)).output("y")
  }

  @Test func blocksGatherTheirNodes() {
    let description = graph.description(inputs: [Shape(channels: 3, height: 32, width: 32)])
    let lines = NetworkTable(description, depth: 1).text.split(separator: "\n")
    let words = lines.map { $0.split(separator: " ").map(String.init) }
    // 3·9·16 + 16 and 16·16 + 16 parameters; 16² cells times 16·27 and 16·16 multiply-adds.
    #expect(words[2] == ["stage", "2", "16×16×16", "720", "176.13", "k", "91.5", "%"])
    // 16·4 + 4 parameters, 16² cells times 64; the output, without parameters, joins the head.
    #expect(words[3] == ["head", "2", "4×16×16", "68", "16.38", "k", "8.5", "%"])
    #expect(
      lines.last == "5 nodes, 788 parameters, 192.51 k multiply-adds for one picture")
  }

  @Test func depthSplitsBlocks() {
    let description = graph.description(inputs: [Shape(channels: 3, height: 32, width: 32)])
    let text = NetworkTable(description, depth: 2).text
    #expect(text.contains("\nstage.a ") && text.contains("\nstage.b "))
  }

  @Test func nodesWithoutParametersJoinTheBlockBefore() {
    let graph = Graph.trace { image in
      let x = image.through("a", Convolution(channels: 4, kernel: 1)).activated(.relu)
      Value.concatenated([x, x]).through("b", Convolution(channels: 4, kernel: 1)).output("y")
    }
    let description = graph.description(inputs: [Shape(channels: 3, height: 8, width: 8)])
    let lines = NetworkTable(description, depth: 1).text.split(separator: "\n")
    let words = lines.map { $0.split(separator: " ").map(String.init) }
    // Convolution, activation, concatenation; the shape is that of the convolution.
    #expect(words[2].prefix(3) == ["a", "3", "4×8×8"])
    #expect(words[3].prefix(3) == ["b", "2", "4×8×8"])
  }
}
