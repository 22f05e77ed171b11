/// Figures of classes grouped by how many training images show them.
///
/// Gupta, Dollár, Girshick: *LVIS: A Dataset for Large Vocabulary Instance Segmentation*, CVPR 2019,
/// §3 (the groups). There each class is judged only on images known to hold or to lack it; here, with
/// no such lists, on all images: an object that the annotators left out makes a miss.
package struct FrequencyMetrics: Encodable, Hashable, Sendable {
  package var groups: [FrequencyGroup]

  /// - Parameter trainingImages: for each class, the training images with an object that counts.
  package init(_ table: PrecisionTable, trainingImages: [Int]) {
    precondition(
      trainingImages.count == table.classCount,
      "\(trainingImages.count) counts for \(table.classCount) classes")
    groups = FrequencyGroup.bounds.map { name, bounds in
      let members = trainingImages.indices.filter { bounds.contains(trainingImages[$0]) }
      return FrequencyGroup(
        name: name, classes: members.count,
        instances: members.map { table.instances(category: $0) ?? 0 }.reduce(0, +),
        ap: Figure(table.averagePrecision(categories: members)),
        ap50: Figure(table.averagePrecision(overlap: 0.5, categories: members)),
        ar: Figure(table.averageRecall(categories: members)))
    }
  }
}

package struct FrequencyGroup: Encodable, Hashable, Sendable {
  package var name: String
  package var classes: Int
  /// Objects that count in the evaluated images.
  package var instances: Int
  package var ap: Figure
  package var ap50: Figure
  package var ar: Figure

  /// LVIS's groups, and a class that training did not see.
  static let bounds: [(name: String, trainingImages: ClosedRange<Int>)] = [
    ("unseen", 0...0), ("rare", 1...10), ("common", 11...100), ("frequent", 101...Int.max),
  ]

  enum CodingKeys: String, CodingKey {
    case name, classes, instances
    case ap = "AP"
    case ap50 = "AP50"
    case ar = "AR"
  }
}

extension CocoTruth {
  /// For each class, how many images hold an object of it that counts.
  package var imagesPerCategory: [Int] {
    var images = [Set<Int>](repeating: [], count: categories.count)
    for object in objects where !object.isIgnored { images[object.category].insert(object.image) }
    return images.map(\.count)
  }

  /// The same for the categories of `other`, which are found by id; one that is not here counts 0.
  ///
  /// - Parameter file: where this truth stands, for the message.
  /// - Throws: ``EvaluationError/otherCategory(file:id:label:expected:)``.
  package func imagesPerCategory(
    of other: CocoTruth, file: String
  ) throws(EvaluationError) -> [Int] {
    let counts = imagesPerCategory
    let places = Dictionary(
      categories.indices.map { (categories[$0].id, $0) }, uniquingKeysWith: { first, _ in first })
    var images: [Int] = []
    for category in other.categories {
      guard let place = places[category.id] else {
        images.append(0)
        continue
      }
      guard categories[place].label == category.label else {
        throw .otherCategory(
          file: file, id: category.id, label: categories[place].label, expected: category.label)
      }
      images.append(counts[place])
    }
    return images
  }
}
