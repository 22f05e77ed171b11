import DLDetect
import TestSupport
import Testing

/// What an application sees of the package: one import.
@Suite struct LibraryTests {
  /// README's example, on the shipped weights and a picture with one large circle.
  @Test func readmeExampleDetects() throws {
    let folder = try TemporaryFolder()
    defer { withExtendedLifetime(folder) {} }
    let background = Colour(red: 30, green: 60, blue: 120)
    let (side, radius) = (320, 60)
    var pixels: [UInt8] = []
    for y in 0..<side {
      for x in 0..<side {
        let (dx, dy) = (x - 160, y - 150)
        let isInside = dx * dx + dy * dy < radius * radius
        pixels +=
          isInside ? [200, 220, 60] : [background.red, background.green, background.blue]
      }
    }
    let photo = folder.file("photo.jpg")
    try Picture(pixels: pixels, width: side, height: side).write(to: photo)
    let weights = packageRoot().appendingPathComponent(
      "Sources/CWeights/weights/shapes.safetensors")

    let detector = try Detector.load(weights.path)
    var found: [String] = []
    for detection in try detector.detect(in: Picture.read(path: photo)).detections {
      found.append(detector.names[detection.label])
      #expect(detection.score >= 0.25)
      let circle = Box(left: 100, top: 90, right: 220, bottom: 210)
      #expect(detection.label != 0 || abs(detection.box.left - circle.left) < 12)
    }
    #expect(found.contains("circle"), "\(found)")
  }

  /// The example of docs/models.md: sums of 3×3 windows of ones, 4 at a corner, 6 at an edge, 9 inside.
  @Test func tracedLayerRuns() throws {
    let graph = Graph.trace(channels: 1) { image in
      image.through("sum", Convolution(channels: 1, kernel: 3)).activated(.relu).output("sums")
    }
    let variables = Variables<Float>(graph)
    variables.parameters["sum.weight"]?.update(repeating: 1)
    let plan = try compile(
      graph, inputs: [Shape(channels: 1, height: 3, width: 4)], batch: 1, mode: .inference,
      variables: variables)
    let sums = [Float](repeating: 1, count: 12).withUnsafeBufferPointer { ones in
      Engine.shared.run {
        plan.bind(input: 0, to: ones.baseAddress!)
        plan.forward(RunArguments())
        return Array(UnsafeBufferPointer(start: plan.output(0), count: 12))
      }
    }
    #expect(sums == [4, 6, 6, 4, 6, 9, 9, 6, 4, 6, 6, 4])
  }

  /// One step of training by hand: of `y = w·x` with x = 2, w = 3 and a loss of y, `∂w = 2`.
  @Test func tracedLayerHasGradients() throws {
    let graph = Graph.trace(channels: 1) { image in
      image.through("scale", Convolution(channels: 1, kernel: 1, hasBias: false)).output("result")
    }
    let variables = Variables<Float>(graph)
    variables.parameters["scale.weight"]?.update(repeating: 3)
    let plan = try compile(
      graph, inputs: [Shape(channels: 1, height: 1, width: 1)], batch: 1, mode: .training,
      variables: variables, gradientInputs: [0])
    let (result, gradient) = [Float(2)].withUnsafeBufferPointer { x in
      Engine.shared.run {
        plan.bind(input: 0, to: x.baseAddress!)
        plan.forward(RunArguments())
        plan.outputGradient(0)[0] = 1
        let result = plan.output(0)[0]
        plan.backward(RunArguments())
        return (result, plan.inputGradient(0)?.pointee)
      }
    }
    #expect(result == 6)
    #expect(variables.gradients["scale.weight"]?.first == 2)
    #expect(gradient == 3)
  }

  /// (x − 1)² + 10·(y + 2)² is least at (1, −2).
  @Test func limitedMemoryBFGSMinimizes() {
    let result = LimitedMemoryBFGS().minimize(from: [0, 0]) { point in
      let (x, y) = (point[0] - 1, point[1] + 2)
      return (x * x + 10 * y * y, [2 * x, 20 * y])
    }
    #expect(abs(result.point[0] - 1) < 1e-5 && abs(result.point[1] + 2) < 1e-5)
  }
}
