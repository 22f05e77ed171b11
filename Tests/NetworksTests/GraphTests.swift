import Networks
import Testing

@Suite struct GraphTests {
  /// conv → norm → relu under one path.
  private func block(_ x: Value, _ name: String, _ channels: Int, stride: Int = 1) -> Value {
    x.scoped(name) { x in
      x.through(
        "conv",
        Convolution(channels: channels, kernel: 3, stride: Extent(stride), hasBias: false)
      ).through("norm", BatchNorm()).activated(.relu)
    }
  }

  @Test func parametersCarryDottedPaths() {
    let graph = Graph.trace { image in
      image.scoped("backbone") { block($0, "stem", 8) }.output("features")
    }
    #expect(
      graph.parameters.map(\.name) == [
        "backbone.stem.conv.weight", "backbone.stem.norm.weight", "backbone.stem.norm.bias",
      ])
    #expect(
      graph.buffers.map(\.name) == [
        "backbone.stem.norm.running_mean", "backbone.stem.norm.running_var",
      ])
    #expect(graph.parameters.map(\.decays) == [true, false, false])
  }

  @Test func samePathIsSameParameter() {
    let graph = Graph.trace { image in
      let levels = [block(image, "one", 8), block(image, "two", 8)]
      for (index, level) in levels.enumerated() {
        block(level, "head", 8).output("level\(index)")
      }
    }
    #expect(graph.parameters.count == 9)
    let heads = graph.nodes.filter { $0.name.hasPrefix("head.conv") }
    #expect(heads.count == 2)
    #expect(heads[0].parameters == heads[1].parameters)
  }

  /// Seven levels through one head, and a layer that carries a name others would be numbered into.
  @Test func nodeNamesAreUnique() {
    let graph = Graph.trace { image in
      for level in 0..<7 { block(image, "head", 8).output("level\(level)") }
      image.scoped("a") { x in
        let y = Activation(.relu)(Activation(.relu)(Activation(.relu)(x)))
        y.through("relu", Activation(.silu)).through("relu.2", Activation(.silu)).output("end")
      }
    }
    #expect(Set(graph.nodes.map(\.name)).count == graph.nodes.count)
  }

  @Test func nodesFollowTheirInputs() {
    let graph = Graph.trace { image in
      let (a, b) = (block(image, "a", 4), block(image, "b", 4))
      (Value.concatenated([a, b, a]) + Value.concatenated([b, a, b])).output("sum")
    }
    for (index, node) in graph.nodes.enumerated() {
      #expect(node.inputs.allSatisfy { $0 < index })
    }
    #expect(graph.inputs == [0])
    #expect(graph.outputs == [graph.nodes.count - 1])
  }

  @Test func oneGraphServesEverySize() {
    let graph = Graph.trace { image in
      let deep = block(block(image, "a", 8, stride: 2), "b", 16, stride: 2)
      deep.upsampled(by: 4).output("large")
      deep.spatialMean.through("classify", Linear(channels: 5)).output("classes")
      deep.resized(like: image, .bilinear).output("like")
    }
    func outputs(_ height: Int, _ width: Int) -> [String] {
      let shapes = graph.shapes(inputs: [Shape(channels: 3, height: height, width: width)])
      return graph.outputs.map { shapes[$0].description }
    }
    #expect(outputs(64, 32) == ["16×64×32", "5×1×1", "16×64×32"])
    // 37 → 19 → 10 → 40, 50 → 25 → 13 → 52
    #expect(outputs(37, 50) == ["16×40×52", "5×1×1", "16×37×50"])
  }

  @Test func inputsTakeShapesInOrderOfDeclaration() {
    let graph = Graph.trace(inputs: [("image", 3), ("mask", 1)]) { inputs in
      inputs[0].gated(by: inputs[1]).output("masked")
    }
    let shapes = graph.shapes(inputs: [
      Shape(channels: 3, height: 4, width: 6), Shape(channels: 1, height: 4, width: 1),
    ])
    #expect(graph.inputs.map { graph.nodes[$0].name } == ["image", "mask"])
    #expect(shapes.last == Shape(channels: 3, height: 4, width: 6))
  }

  @Test func forgottenConnectionsAreNamed() {
    let graph = Graph.trace { image in
      let used = block(image, "used", 4)
      _ = block(used, "forgotten", 4)
      used.output("features")
    }
    #expect(graph.deadEnds == ["forgotten.conv", "forgotten.norm", "forgotten"])
    let whole = Graph.trace { block($0, "used", 4).output("features") }
    #expect(whole.deadEnds == [])
  }

  @Test func consumersMirrorInputs() {
    let graph = Graph.trace { image in
      let a = block(image, "a", 4)
      (a + a.activated(.sigmoid)).output("sum")
    }
    let consumers = graph.consumers
    for (index, node) in graph.nodes.enumerated() {
      for input in node.inputs { #expect(consumers[input].contains(index)) }
    }
    #expect(consumers.map(\.count).reduce(0, +) == graph.nodes.map(\.inputs.count).reduce(0, +))
  }

  @Test func multiplyAddsByHand() {
    let graph = Graph.trace { image in
      image.through("full", Convolution(channels: 8, kernel: 3, stride: 2))
        .through("depthwise", Convolution(channels: 8, kernel: 5, groups: 8))
        .through("pointwise", Convolution(channels: 16, kernel: 1))
        .spatialMean.through("linear", Linear(channels: 10)).output("classes")
    }
    let shapes = graph.shapes(inputs: [Shape(channels: 3, height: 10, width: 20)])
    // 5×10 cells: 8 filters of 3·3·3; 8 of 1·5·5; 16 of 8·1·1; the last 16·10.
    #expect(
      graph.multiplyAdds(shapes).filter { $0 > 0 } == [
        50 * 8 * 27, 50 * 8 * 25, 50 * 16 * 8, 160,
      ])
  }
}
