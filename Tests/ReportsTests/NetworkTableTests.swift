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
    // 3·9·16 + 16 and 16·16 + 16 parameters; 16² cells times 432 and 256 multiply-adds.
    #expect(words[2] == ["stage", "2", "16×16×16", "720", "176.13", "k", "91.5", "%"])
    // 16·4 + 4 parameters, 16² cells times 64; the output adds nothing.
    #expect(words[3] == ["head", "1", "4×16×16", "68", "16.38", "k", "8.5", "%"])
    #expect(
      lines.last == "5 nodes, 788 parameters, 192.51 k multiply-adds for one picture")
  }

  @Test func depthSplitsBlocks() {
    let description = graph.description(inputs: [Shape(channels: 3, height: 32, width: 32)])
    let text = NetworkTable(description, depth: 2).text
    #expect(text.contains("\nstage.a ") && text.contains("\nstage.b "))
  }
}
