import Foundation
import Networks
import Testing

@Suite struct NetworkDescriptionTests {
  private let graph = Graph.trace { image in
    let stem = image.through(
      "stem",
      Convolution(
        channels: 4, kernel: Extent(height: 3, width: 1), stride: 2,
        padding: Padding(top: 1, left: 0, bottom: 2, right: 0), hasBias: false)
    ).through("norm", BatchNorm(epsilon: 0.5, momentum: 0.25))
    let head = Convolution(channels: 2, kernel: 1)
    stem.through("head", head).output("fine")
    stem.through("pool", Pooling(.maximum, kernel: 2, stride: 2))
      .through("head", head).upsampled(by: 2).activated(.leakyReLU(slope: 0.125))
      .output("coarse")
  }
  private var description: NetworkDescription {
    graph.description(inputs: [Shape(channels: 3, height: 8, width: 8)])
  }

  @Test func sharedTensorsCountOnce() {
    // Stem 4·3·3·1, norm 2·4, head 2·4 + 2.
    #expect(description.parameters == 36 + 8 + 10)
    #expect(description.nodes.map(\.parameters).reduce(0, +) == description.parameters)
    let heads = description.nodes.filter { $0.name.hasPrefix("head") }
    #expect(heads.map(\.parameters) == [10, 0])
    #expect(heads[0].tensors == heads[1].tensors)
  }

  /// The stem's rows: (8 + 3 − 3) / 2 + 1 = 5; columns: (8 − 1) / 2 + 1 = 4.
  @Test func convolutionsCarryTheirWindow() throws {
    let stem = try #require(description.nodes.first { $0.name == "stem" })
    #expect(stem.operator == "convolution")
    #expect(stem.kernel == [3, 1])
    #expect(stem.stride == [2, 2])
    #expect(stem.padding == [1, 0, 2, 0])
    #expect(stem.dilation == [1, 1])
    #expect(stem.groups == 1)
    #expect(stem.inputShape == [3, 8, 8])
    #expect(stem.shape == [4, 5, 4])
    #expect(stem.multiplyAdds == 4 * 5 * 4 * 3 * 3)
  }

  @Test func attributesNameWhatIsNotAWindow() throws {
    func attributes(_ label: String) throws -> [String: Double] {
      try #require(description.nodes.first { $0.operator == label }).attributes
    }
    #expect(try attributes("batch-norm") == ["epsilon": 0.5, "momentum": 0.25])
    #expect(try attributes("leaky-relu") == ["slope": 0.125])
    #expect(try attributes("resize-nearest") == ["factor": 2])
  }

  @Test func jsonHoldsTheDocumentedKeys() throws {
    let data = try JSONEncoder().encode(description)
    let object = try #require(try JSONSerialization.jsonObject(with: data) as? [String: Any])
    #expect(object["parameters"] as? Int == 54)
    #expect(object["multiplyAdds"] as? Int == description.multiplyAdds)
    let nodes = try #require(object["nodes"] as? [[String: Any]])
    #expect(nodes[0]["operator"] as? String == "input")
    #expect(nodes[0]["shape"] as? [Int] == [3, 8, 8])
    #expect(try JSONDecoder().decode(NetworkDescription.self, from: data) == description)
  }
}
