import Detectors
import Execution
import Networks
import TestSupport
import Testing

/// Gradients of whole networks in training form, against PyTorch's.
@Suite(.serialized) struct NetworkGradientTests {
  enum Network: String, CaseIterable {
    case nano
    case mobilenetV2 = "mobilenet-v2"
    case resnet50

    var graph: Graph {
      get throws {
        switch self {
        case .nano: try Preset.nano.settings.graph(classCount: 80)
        case .mobilenetV2: Classifier.mobilenetV2.graph(classCount: 80)
        case .resnet50: Classifier.resnet50.graph(classCount: 80)
        }
      }
    }

    /// How many times smaller than bf16's the error in f32 must be.
    ///
    /// f32's steps are 2¹⁶ times finer. Where functions are smooth its errors are smaller by that,
    /// but for a factor of 2⁴ that chance may make up. At a ReLU's kink an error δ sends a share δ of
    /// cells to the other side and changes their gradient wholly: errors go with √δ, as does chance.
    var f32Gain: Double { self == .nano ? 0x1p12 : 0x1p6 }
  }

  /// The Double reference has PyTorch's gradients, and our bf16 ones are no farther from them than
  /// 1.2 times PyTorch's bf16 ones, all together and in the median over parameters.
  @Test(arguments: Network.allCases)
  func gradientsAreAsExactAsPyTorchs(on network: Network) throws {
    let (golden, graph) = (try GradientGolden(of: network), try network.graph)
    let exact = golden.exactGradients(of: graph)
    expectAgreement(of: exact, with: golden)

    let single = try golden.gradients(of: graph, in: .f32)
    #expect(totalError(single, exact) <= golden.bf16Error / network.f32Gain)

    guard Precision.isBFloat16Supported else { return }
    let brain = try golden.gradients(of: graph, in: .bf16)
    #expect(totalError(brain, exact) <= 1.2 * golden.bf16Error)
    let ratios = errorRatios(of: brain, exact, to: golden)
    #expect(ratios[ratios.count / 2].ratio <= 1.2)
    // Of some 150 tensors, norms of 16 channels among them, the worst has had bad luck.
    #expect(ratios.last!.ratio <= 2, "\(ratios.last!.name)")
  }

  private func expectAgreement(of exact: [[Double]], with golden: GradientGolden) {
    for (parameter, gradient) in zip(golden.parameters, exact) {
      // A bias that a norm behind takes out again has rounding errors for a gradient.
      guard golden.counts(parameter, from: 1e-6) else { continue }
      #expect(parameter.digest.error(of: gradient) < 1e-9, "\(parameter.name)")
    }
  }

  private func totalError(_ gradients: [[Double]], _ exact: [[Double]]) -> Double {
    relativeError(Array(gradients.joined()), Array(exact.joined()))
  }

  /// Each parameter's error over that of PyTorch, in ascending order.
  private func errorRatios(
    of gradients: [[Double]], _ exact: [[Double]], to golden: GradientGolden
  ) -> [(name: String, ratio: Double)] {
    golden.parameters.indices
      .filter { golden.counts(golden.parameters[$0], from: 1e-3) }
      .map { index in
        let parameter = golden.parameters[index]
        let error = relativeError(gradients[index], exact[index])
        return (parameter.name, error / parameter.bf16Error)
      }
      .sorted { $0.ratio < $1.ratio }
  }
}
