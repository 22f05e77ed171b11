import Boxes
import Datasets
import Detectors
import Execution
import Networks

/// A network and what turns its outputs into a loss and into boxes.
package struct TrainableDetector {
  package var name: String
  package var graph: Graph
  package var head: any DetectionHead
  /// Of the head's levels, pixels of the input to a cell.
  package var strides: [Int]
  package var classNames: [String]

  package init(
    name: String, graph: Graph, head: any DetectionHead, strides: [Int], classNames: [String]
  ) {
    self.name = name
    self.graph = graph
    self.head = head
    self.strides = strides
    self.classNames = classNames
  }

  package func outputs(of plan: any Plan<Float>, batch: Int? = nil) -> HeadOutputs {
    let indices = plan.outputShapes.indices
    return HeadOutputs(
      batch: batch ?? plan.batch, shapes: plan.outputShapes, values: indices.map(plan.output),
      gradients: indices.map(plan.outputGradient))
  }

  /// Forward pass, loss and backward pass of a batch; gradients are left in the plan's variables.
  /// On the engine thread.
  package func pass(
    _ plan: any Plan<Float>, pixels: UnsafePointer<Float>, targets: [[Target]], size: Extent,
    _ arguments: RunArguments
  ) -> LossTerms {
    plan.bind(input: 0, to: pixels)
    plan.forward(arguments)
    let terms = head.loss(
      outputs(of: plan), targets: targets, strides: strides, classCount: classNames.count,
      input: size)
    plan.backward(arguments)
    return terms
  }
}

extension Targets {
  /// As a head wants them: regions to ignore last.
  package var forHead: [Target] {
    zip(boxes, classes).map { Target(box: $0, label: Int($1)) }
      + ignored.map { Target(box: $0, label: 0, isIgnored: true) }
  }
}

extension CanvasSize {
  package var extent: Extent { Extent(height: height, width: width) }

  package init(_ extent: Extent) { self.init(width: extent.width, height: extent.height) }
}
