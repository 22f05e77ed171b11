import Networks
import ReceptiveFields
import Testing

@Suite struct FieldAnalysisTests {
  /// Simonyan, Zisserman: *Very Deep Convolutional Networks*, ICLR 2015, configuration D.
  @Test func vgg16SeesWhatItIsKnownFor() {
    let graph = Graph.trace { image in
      var x = image
      for (stage, depth) in [2, 2, 3, 3, 3].enumerated() {
        for layer in 0..<depth {
          x = x.through("conv\(stage + 1)_\(layer + 1)", Convolution(channels: 4, kernel: 3))
            .activated(.relu)
        }
        if stage == 4 { x.output("conv5_3") }
        x = Pooling(.maximum, kernel: 2, stride: 2, padding: 0)(x)
      }
      x.output("pool5")
    }
    let conv5 = field(graph, 0, size: 224).bottomUp
    #expect(conv5.vertical.span == 196 && conv5.vertical.slope == 16)
    let pool5 = field(graph, 1, size: 224).bottomUp
    #expect(pool5.horizontal.span == 212 && pool5.horizontal.slope == 32)
    // All windows are centred on their cells: no drift.
    #expect(pool5.drift == AxisPair(0, 0))
    #expect(pool5.center == AxisPair(16, 16))
  }

  /// 483 and 427 for the two places of the stride are in Araujo, Norris, Sim: *Computing Receptive
  /// Fields of Convolutional Neural Networks*, Distill 2019, and follow by hand: stem 7, pool 11
  /// (stride 4); 3, 4, 6, 3 blocks add 8, 16, 32, 64 each, and the first of stages 2 to 4 half of
  /// that if its 3×3 carries the stride.
  @Test(arguments: [(false, 483), (true, 427)])
  func resNet50SeesByItsLongestPath(strideInMiddle: Bool, size: Int) {
    let graph = Graph.trace { image in
      var x = image.through("stem", Convolution(channels: 8, kernel: 7, stride: 2))
      x = Pooling(.maximum, kernel: 3, stride: 2)(x)
      for (stage, depth) in [3, 4, 6, 3].enumerated() {
        for block in 0..<depth {
          let stride = stage > 0 && block == 0 ? 2 : 1
          x = x.scoped("stage\(stage).\(block)") {
            bottleneck($0, stride: stride, strideInMiddle: strideInMiddle, projects: block == 0)
          }
        }
      }
      x.output("c5")
    }
    let field = field(graph, 0, size: 224)
    #expect(field.longest.vertical.span == Rational(size))
    #expect(field.bottomUp.vertical.span == Rational(size))
    #expect(field.shortest.vertical.span == 11)
    #expect(field.bottomUp.stride == AxisPair(32, 32))
  }

  @Test func dilationsOneTwoFiveSeeSeventeen() {
    let graph = Graph.trace { image in
      var x = image
      for dilation in [1, 2, 5] {
        x = x.through(
          "d\(dilation)", Convolution(channels: 2, kernel: 3, dilation: Extent(dilation)))
      }
      x.output("y")
    }
    // 1 + 2·(1 + 2 + 5)
    #expect(field(graph, 0, size: 32).bottomUp.vertical == Reach(slope: 1, lower: -8, upper: 9))
  }

  @Test func stridedThreesWithEqualPaddingDriftToTheLeft() {
    // Each adds −½ of its input's stride: −½·(1 + 2 + 4 + 8 + 16).
    let graph = Graph.trace { image in
      var x = image
      for name in ["1", "2", "3", "4", "5"] {
        x = x.through(name, Convolution(channels: 2, kernel: 3, stride: 2, padding: 1))
      }
      x.output("y")
    }
    let reach = field(graph, 0, size: 64).bottomUp
    #expect(reach.drift == AxisPair(-15.5, -15.5))
    #expect(reach.center == AxisPair(0.5, 0.5))
  }

  @Test func sixByTwoStemDoesNotDriftAndAsymmetricPaddingDoes() {
    let graph = Graph.trace { image in
      image.through("even", Convolution(channels: 2, kernel: 6, stride: 2, padding: 2))
        .output("even")
      image.through(
        "odd",
        Convolution(
          channels: 2, kernel: 3, padding: Padding(top: 0, left: 2, bottom: 2, right: 0))
      ).output("odd")
    }
    #expect(field(graph, 0, size: 32).bottomUp.drift == AxisPair(0, 0))
    #expect(field(graph, 1, size: 32).bottomUp.drift == AxisPair(1, -1))
  }

  @Test func topDownPathsDoNotWidenTheBottomUpField() {
    let graph = Graph.trace { image in
      let fine = image.through("fine", Convolution(channels: 2, kernel: 3, stride: 2))
      let coarse = fine.through("coarse", Convolution(channels: 2, kernel: 3, stride: 2))
      (fine + coarse.upsampled(by: 2)).output("p")
      coarse.upsampled(by: 2).output("only")
    }
    let joined = field(graph, 0, size: 32)
    #expect(joined.bottomUp.vertical.span == 3 && joined.hasBottomUpWay)
    // 3 + 2·2 by the coarse cell, which two fine cells share: 2 more over both.
    #expect(joined.longest.vertical.span == 9)
    let decoded = field(graph, 1, size: 32)
    #expect(!decoded.hasBottomUpWay)
    #expect(decoded.bottomUp == decoded.shortest)
  }

  @Test func pyramidPoolingIsADetour() {
    let graph = Graph.trace { image in
      let x = image.through("stem", Convolution(channels: 2, kernel: 3, stride: 2))
      let pooled = Pooling(.maximum, kernel: 5)(x)
      Value.concatenated([x, pooled, Pooling(.maximum, kernel: 5)(pooled)])
        .through("mix", Convolution(channels: 2, kernel: 1)).output("y")
    }
    let field = field(graph, 0, size: 32)
    #expect(field.bottomUp.vertical.span == 3)
    #expect(field.shortest.vertical.span == 3)
    // 3 + 2·(4 + 4)
    #expect(field.longest.vertical.span == 19)
  }

  @Test func evenPoolingOfStrideOneIsADetourThroughItsMiddle() {
    let graph = Graph.trace { image in
      Pooling(.average, kernel: 2, padding: 0)(image).output("y")
    }
    let reach = field(graph, 0, size: 8).bottomUp.vertical
    #expect(reach == Reach(slope: 1, lower: Rational(1, 2), upper: Rational(3, 2)))
  }

  @Test func gatesAreToldFromFeatures() {
    let graph = Graph.trace { image in
      let x = image.through("stem", Convolution(channels: 2, kernel: 3))
      x.output("before")
      let y = x.gated(by: x.spatialMean.activated(.sigmoid))
      y.through("next", Convolution(channels: 2, kernel: 3)).output("after")
      let local = x.through("look", Convolution(channels: 1, kernel: 7)).activated(.sigmoid)
      x.gated(by: local).output("local")
      x.gated(by: y.through("late", Convolution(channels: 1, kernel: 1))).output("nested")
    }
    #expect([0, 1, 2, 3].map { field(graph, $0, size: 16).isGated } == [false, true, false, true])
    #expect(field(graph, 1, size: 16).hull.vertical.span == 5)
    #expect(field(graph, 2, size: 16).hull.vertical.span == 3)
  }

  @Test func globalMeanAsAFeatureSeesTheWholePicture() {
    let graph = Graph.trace { image in
      let x = image.through("stem", Convolution(channels: 2, kernel: 3))
      let mean = x.spatialMean
      mean.through("fc", Linear(channels: 4)).output("class")
      (x + mean.resized(like: x)).output("context")
    }
    let picture = Shape(channels: 3, height: 20, width: 30)
    let analysis = FieldAnalysis(graph, inputs: [picture])
    let pooled = analysis.fields[graph.outputs[0]]!
    #expect(pooled.bottomUp.size(in: picture) == AxisPair(20, 30))
    #expect(pooled.bottomUp.stride == AxisPair(0, 0))
    let context = analysis.fields[graph.outputs[1]]!
    #expect(context.bottomUp.vertical.span == 3)
    #expect(context.longest.size(in: picture) == AxisPair(20, 30))
    #expect(context.hull.vertical.span >= 20 && context.hull.stride == AxisPair(1, 1))
  }

  @Test func valuesOfOtherInputsHaveNoField() {
    let graph = Graph.trace(inputs: [("image", 3), ("mask", 1)]) { inputs in
      inputs[0].output("seen")
      inputs[1].output("unseen")
    }
    let shape = Shape(channels: 3, height: 4, width: 4)
    let analysis = FieldAnalysis(
      graph, inputs: [shape, Shape(channels: 1, height: 4, width: 4)])
    #expect(analysis.fields[graph.outputs[0]] != nil)
    #expect(analysis.fields[graph.outputs[1]] == nil)
  }

  private func field(_ graph: Graph, _ output: Int, size: Int) -> FieldAnalysis.NodeField {
    let analysis = FieldAnalysis(graph, inputs: [Shape(channels: 3, height: size, width: size)])
    return analysis.fields[graph.outputs[output]]!
  }
}

/// He et al.: *Deep Residual Learning*, CVPR 2016, figure 5 right; the stride in the first 1×1 as
/// there, or in the 3×3.
private func bottleneck(_ x: Value, stride: Int, strideInMiddle: Bool, projects: Bool) -> Value {
  let first = Extent(strideInMiddle ? 1 : stride)
  let middle = Extent(strideInMiddle ? stride : 1)
  let y = x.through("1", Convolution(channels: 4, kernel: 1, stride: first))
    .through("2", Convolution(channels: 4, kernel: 3, stride: middle))
    .through("3", Convolution(channels: 8, kernel: 1))
  let shortcut =
    projects
    ? x.through("shortcut", Convolution(channels: 8, kernel: 1, stride: Extent(stride))) : x
  return y + shortcut
}
