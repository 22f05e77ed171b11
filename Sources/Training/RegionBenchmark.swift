import Execution
import Foundation
import Networks
import RandomNumbers

/// Times region pooling by itself, on random features and regions.
package struct RegionBenchmark {
  package var pictures = 2
  /// Of a picture.
  package var regions = 512
  package var channels = 256
  /// Height and width of the feature map, of stride 8.
  package var side = 100
  package var pooling = RegionPooling(strides: [8])
  package var precision = Precision.f32
  package var repeats = 20

  package init() {}

  /// Milliseconds of both passes.
  package struct Result: Encodable {
    package var forward: StepBenchmark.Spread
    package var backward: StepBenchmark.Spread
  }

  /// - Throws: ``ExecutionError``.
  package func run() throws -> Result {
    let map = Shape(channels: channels, height: side, width: side)
    let graph = Graph.trace(inputs: [
      ("map", channels), ("regions", RegionPooling.regionChannels),
    ]) { Value.pooled($0[1], from: [$0[0]], pooling).output("result") }
    let slots = Shape(channels: RegionPooling.regionChannels, height: regions, width: 1)
    let compiled = try compile(
      graph, inputs: [map, slots], batch: pictures, mode: .training, precision: precision,
      variables: Variables(graph), gradientInputs: [0])
    guard let plan = compiled as? FastPlan else {
      preconditionFailure("the fast backend gives fast plans")
    }
    var generator = KeyedGenerator(seed: 0, purpose: "region benchmark")
    let features = (0..<pictures * map.count).map { _ in Float(generator.uniform()) }
    let places = places(&generator)
    let passes = Set([pooling.label, pooling.label + "-backward"])
    let rounds = Engine.shared.run {
      features.withUnsafeBufferPointer { features in
        places.withUnsafeBufferPointer { places in
          plan.bind(input: 0, to: features.baseAddress!)
          plan.bind(input: 1, to: places.baseAddress!)
          return (0..<repeats + 2).map { _ in plan.kernelTimes() }
        }
      }
    }
    let kernels = plan.kernelList.indices.filter {
      passes.contains(plan.kernelList[$0].implementation)
    }
    func spread(_ kernel: Int) -> StepBenchmark.Spread {
      StepBenchmark.Spread(rounds.dropFirst(2).map { $0[kernel] })
    }
    return Result(forward: spread(kernels[0]), backward: spread(kernels[1]))
  }

  /// `[N, 5, K]`: sides of 16 pixels to half the picture, as many of each octave.
  private func places(_ generator: inout KeyedGenerator) -> [Float] {
    let extent = Double(8 * side)
    var numbers = [Float](repeating: 0, count: pictures * 5 * regions)
    for picture in 0..<pictures {
      for slot in 0..<regions {
        let width = 16 * pow(extent / 32, generator.uniform())
        let height = 16 * pow(extent / 32, generator.uniform())
        let (left, top) = (
          generator.uniform(0, extent - width), generator.uniform(0, extent - height)
        )
        for (channel, number) in [0, left, top, left + width, top + height].enumerated() {
          numbers[(picture * 5 + channel) * regions + slot] = Float(number)
        }
      }
    }
    return numbers
  }
}
