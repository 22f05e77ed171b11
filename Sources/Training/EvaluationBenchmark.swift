import Evaluation
import Foundation
import RandomNumbers

/// Times the evaluation of made-up detections: reading both files, and computing COCO's figures.
package struct EvaluationBenchmark {
  /// Sizes of COCO's val2017 with a hundred detections in every picture.
  package var pictures = 5000
  package var objects = 36_781
  package var classes = 80
  /// In each picture.
  package var detections = 100
  package var repeats = 5
  package var seed: UInt64 = 0

  package struct Result: Codable, Hashable {
    /// Milliseconds.
    package var read: StepBenchmark.Spread
    package var evaluate: StepBenchmark.Spread
    package var total: StepBenchmark.Spread
    package var metrics: CocoMetrics
  }

  package init() {}

  /// - Parameter folder: where the two files are made.
  /// - Throws: ``EvaluationError``.
  package func run(in folder: String) throws -> Result {
    let (truthFile, resultsFile) = ("\(folder)/truth.json", "\(folder)/detections.json")
    let made = madeUp()
    try made.truth.writeInstances(to: truthFile)
    try CocoResults(detections: made.detections).write(to: resultsFile, for: made.truth)
    var times: (read: [Double], evaluate: [Double]) = ([], [])
    var metrics: CocoMetrics?
    ProcessMemory.restartPeak()
    for _ in 0..<repeats {
      let start = ContinuousClock.now
      let truth = try CocoTruth(instances: truthFile)
      let results = try CocoResults(reading: resultsFile, for: truth)
      times.read.append((ContinuousClock.now - start) / .milliseconds(1))
      let found = CocoEvaluator().evaluate(truth, results.detections)
      times.evaluate.append(1000 * found.seconds)
      metrics = found
    }
    return Result(
      read: .init(times.read), evaluate: .init(times.evaluate),
      total: .init(zip(times.read, times.evaluate).map { $0 + $1 }), metrics: metrics!)
  }

  /// Objects anywhere, of sides from 8 to 256 pixels and classes of falling frequency; detections
  /// half near objects of their picture, half anywhere.
  package func madeUp() -> (truth: CocoTruth, detections: [CocoDetection]) {
    var draw = KeyedGenerator(seed: seed, purpose: "evaluation benchmark")
    let objects = (0..<objects).map { _ in
      CocoObject(
        image: draw.index(below: pictures), category: category(&draw), box: box(&draw),
        isCrowd: draw.chance(0.01))
    }
    let places = Dictionary(grouping: objects.indices) { objects[$0].image }
    var detections: [CocoDetection] = []
    for image in 0..<pictures {
      let near = places[image] ?? []
      for _ in 0..<self.detections {
        let isNear = !near.isEmpty && draw.chance(0.5)
        let object = isNear ? objects[near[draw.index(below: near.count)]] : nil
        detections.append(
          CocoDetection(
            image: image,
            category: object.map { draw.chance(0.8) ? $0.category : category(&draw) }
              ?? category(&draw),
            box: object.map { moved($0.box, &draw) } ?? box(&draw),
            score: draw.uniform() * (isNear ? 1 : 0.5)))
      }
    }
    let labels = (0..<classes).map { "class \($0)" }
    return (CocoTruth(labels: labels, imageCount: pictures, objects: objects), detections)
  }

  private func category(_ draw: inout KeyedGenerator) -> Int {
    let place = draw.uniform()
    return min(classes - 1, Int(place * place * Double(classes)))
  }

  private func box(_ draw: inout KeyedGenerator) -> CocoBox {
    let side = 8 * exp2(draw.uniform(0, 5))
    return CocoBox(
      x: draw.uniform(0, 640 - side), y: draw.uniform(0, 480), width: side,
      height: side * draw.uniform(0.5, 2))
  }

  private func moved(_ box: CocoBox, _ draw: inout KeyedGenerator) -> CocoBox {
    CocoBox(
      x: box.x + draw.uniform(-0.2, 0.2) * box.width,
      y: box.y + draw.uniform(-0.2, 0.2) * box.height,
      width: box.width * draw.uniform(0.8, 1.25), height: box.height * draw.uniform(0.8, 1.25))
  }
}
