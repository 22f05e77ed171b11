import Detectors
import Execution
import Networks
import Testing

@Suite(.serialized) struct ClassifierTests {
  /// As torchvision's documentation states for resnet50 and mobilenet_v2 with 1,000 classes.
  @Test(arguments: [(Classifier.resnet50, 25_557_032), (.mobilenetV2, 3_504_872)])
  func hasAsManyParametersAsTorchvision(classifier: Classifier, count: Int) {
    let graph = classifier.graph(classCount: 1000)
    #expect(graph.parameters.map(\.count).reduce(0, +) == count)
    #expect(graph.deadEnds.isEmpty)
  }

  @Test(arguments: Classifier.allCases, Precision.allCases)
  func everyKernelIsFast(classifier: Classifier, precision: Precision) throws {
    guard precision == .f32 || Precision.isBFloat16Supported else { return }
    let graph = classifier.graph(classCount: 20)
    let plan = try compile(
      graph, inputs: [Shape(channels: 3, height: 160, width: 160)], batch: 2, mode: .training,
      precision: precision, variables: Variables(graph))
    let slow = try #require(plan as? FastPlan).kernelList.filter {
      $0.implementation.hasPrefix("ref") || $0.implementation.hasPrefix("gemm")
    }
    #expect(slow.isEmpty, "\(slow)")
  }
}
