import Boxes
import Datasets
import Detectors
import Execution
import Networks

/// A network and what turns its outputs into a loss and into boxes.
package struct TrainableDetector {
  package let settings: ModelSettings
  package let graph: Graph
  package let classNames: [String]

  package var head: any DetectionHead { settings.head.head }
  /// Of the head's levels, pixels of the input to a cell.
  package var strides: [Int] { settings.strides }

  /// - Throws: ``SettingsError/contradiction(key:reason:)``.
  package init(_ settings: ModelSettings, classNames: [String]) throws {
    self.settings = settings
    self.classNames = classNames
    graph = try settings.graph(classCount: classNames.count)
  }

  /// Forward pass, loss and backward pass of a batch; gradients are left in the variables.
  /// On the engine thread.
  ///
  /// - Parameter flooding: the loss's level b; the gradient is that of `|loss − b| + b`. Ishida et
  ///   al.: *Do We Need Zero Training Loss after Achieving Zero Training Error?*, ICML 2020, eq. 1.
  package func pass(
    _ run: any DetectorRun, pixels: UnsafePointer<Float>, targets: [[Target]], size: Extent,
    flooding: Float = 0, _ arguments: RunArguments
  ) -> LossTerms {
    let outputs = run.forward(pixels, targets: targets, arguments)
    let terms = head.loss(
      outputs, targets: targets, strides: strides, classCount: classNames.count, input: size)
    if terms.total < flooding { outputs.negateGradients() }
    run.backward(arguments)
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
