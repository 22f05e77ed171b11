/// COCO's results JSON: a list of detections.
package struct CocoResults: Sendable {
  package var detections: [CocoDetection]
  /// Detections left out because the truth does not have their category; pycocotools leaves them
  /// out too.
  package var unknownCategoryCount = 0
  /// Detections of negative width or height, which match nothing.
  package var negativeBoxCount = 0
  /// The first detection of a score outside 0 … 1, by its place in the file.
  private var improbable: (entry: Int, score: Double)?

  package init(detections: [CocoDetection]) {
    self.detections = detections
  }

  /// Reads results for the images and categories of `truth`.
  ///
  /// - Throws: ``EvaluationError`` at the first entry that cannot be taken as it is.
  package init(reading file: String, for truth: CocoTruth) throws(EvaluationError) {
    let images = places(truth.imageIDs)
    let categories = places(truth.categories.map(\.id))
    let entries = try ResultEntries(file)
    self.init(detections: [])
    detections.reserveCapacity(entries.results.count)
    for (index, entry) in entries.results.enumerated() {
      guard let image = images[Int(entry.image_id)] else {
        throw .unknownImage(file: file, entry: "[\(index)]", id: Int(entry.image_id))
      }
      guard let category = categories[Int(entry.category_id)] else {
        unknownCategoryCount += 1
        continue
      }
      let box = CocoBox(entry.box)
      if box.width < 0 || box.height < 0 { negativeBoxCount += 1 }
      if improbable == nil, !(0...1).contains(entry.score) { improbable = (index, entry.score) }
      detections.append(
        CocoDetection(image: image, category: category, box: box, score: entry.score))
    }
  }

  /// - Parameter file: where the detections stand, for the message.
  /// - Throws: ``EvaluationError/noProbability(file:entry:score:)`` for a score outside 0 … 1.
  package func requireProbabilities(_ file: String) throws(EvaluationError) {
    guard let improbable else { return }
    throw .noProbability(file: file, entry: "[\(improbable.entry)]", score: improbable.score)
  }

  /// What was left out or cannot match, a line each; without a file's name.
  package var warnings: [String] {
    var lines: [String] = []
    if detections.isEmpty { lines.append("no detections are left to evaluate") }
    if unknownCategoryCount > 0 {
      lines.append(
        "\(unknownCategoryCount) detections of categories that the truth does not have were left "
          + "out")
    }
    if negativeBoxCount > 0 {
      lines.append("\(negativeBoxCount) boxes of negative width or height match nothing")
    }
    return lines
  }

  private struct Entry: Encodable {
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

private func places(_ ids: [Int]) -> [Int: Int] {
  Dictionary(ids.enumerated().map { ($1, $0) }, uniquingKeysWith: { first, _ in first })
}
