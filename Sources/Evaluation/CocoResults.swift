/// COCO's results JSON: a list of detections.
package struct CocoResults: Sendable {
  package var detections: [CocoDetection]
  /// Detections left out because the truth does not have their category; pycocotools leaves them
  /// out too.
  package var unknownCategoryCount: Int

  package init(detections: [CocoDetection]) {
    self.detections = detections
    unknownCategoryCount = 0
  }

  private struct Entry: Codable {
    var image: Int
    var category: Int
    var bbox: [Double]
    var score: Double

    enum CodingKeys: String, CodingKey {
      case image = "image_id"
      case category = "category_id"
      case bbox
      case score
    }
  }

  /// Reads results for the images and categories of `truth`.
  ///
  /// - Throws: ``EvaluationError`` at the first entry that cannot be taken as it is.
  package init(reading file: String, for truth: CocoTruth) throws(EvaluationError) {
    let images = positions(truth.imageIDs)
    let categories = positions(truth.categories.map(\.id))
    self.init(detections: [])
    for (index, entry) in try JSONFile.read([Entry].self, from: file).enumerated() {
      guard let image = images[entry.image] else {
        throw .unknownImage(file: file, entry: "[\(index)]", id: entry.image)
      }
      let box = try CocoBox(entry.bbox, entry: "[\(index)]", file: file)
      guard entry.score.isFinite else { throw .notFinite(file: file, entry: "[\(index)].score") }
      guard let category = categories[entry.category] else {
        unknownCategoryCount += 1
        continue
      }
      detections.append(
        CocoDetection(image: image, category: category, box: box, score: entry.score))
    }
  }

  /// Writes the detections under the ids of `truth`.
  package func write(to file: String, for truth: CocoTruth) throws(EvaluationError) {
    let entries = detections.map {
      Entry(
        image: truth.imageIDs[$0.image], category: truth.categories[$0.category].id,
        bbox: $0.box.numbers, score: $0.score)
    }
    try JSONFile.write(entries, to: file)
  }
}

private func positions(_ ids: [Int]) -> [Int: Int] {
  Dictionary(ids.enumerated().map { ($1, $0) }, uniquingKeysWith: { first, _ in first })
}
