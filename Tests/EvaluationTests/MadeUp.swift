import Evaluation
import Foundation
import RandomNumbers

func box(_ x: Double, _ y: Double, _ width: Double, _ height: Double) -> CocoBox {
  CocoBox(x: x, y: y, width: width, height: height)
}

/// Equal but for rounding; never so for an undefined figure.
func near(_ figure: Double?, _ value: Double) -> Bool {
  figure.map { abs($0 - value) < 1e-12 } ?? false
}

/// One class, objects and detections in one image unless they say otherwise.
func metrics(
  images: Int = 1, labels: [String] = ["a"], _ objects: [CocoObject],
  _ detections: [CocoDetection]
) -> CocoMetrics {
  CocoEvaluator().evaluate(
    CocoTruth(labels: labels, imageCount: images, objects: objects), detections)
}

/// Twelve images, four classes; detections near most objects and some anywhere, no equal scores.
func madeUpSet(seed: UInt64) -> (truth: CocoTruth, detections: [CocoDetection]) {
  var draw = KeyedGenerator(seed: seed, purpose: "evaluation tests")
  var objects: [CocoObject] = []
  var detections: [CocoDetection] = []
  for _ in 0..<120 {
    let side = [15.0, 50, 140][draw.index(below: 3)]
    let place = CocoBox(
      x: draw.uniform(0, 300), y: draw.uniform(0, 300),
      width: side * draw.uniform(0.5, 1.5), height: side * draw.uniform(0.5, 1.5))
    let object = CocoObject(
      image: draw.index(below: 12), category: draw.index(below: 4), box: place,
      isCrowd: draw.chance(0.1))
    objects.append(object)
    for _ in 0..<draw.index(below: 4) {
      var moved = place
      moved.x += draw.uniform(-0.3, 0.3) * side
      moved.width *= draw.uniform(0.8, 1.2)
      detections.append(
        CocoDetection(
          image: draw.chance(0.9) ? object.image : draw.index(below: 12),
          category: draw.chance(0.9) ? object.category : draw.index(below: 4),
          box: moved, score: draw.uniform()))
    }
  }
  let truth = CocoTruth(labels: ["a", "b", "c", "d"], imageCount: 12, objects: objects)
  return (truth, detections)
}
