/// COCO's instances JSON: images, categories and true objects.
private struct InstancesFile: Codable {
  var images: [Image]
  var categories: [Category]
  var annotations: [Annotation]

  struct Image: Codable {
    var id: Int
  }

  struct Category: Codable {
    var id: Int
    var name: String
  }

  struct Annotation: Codable {
    /// Written for other programs, not read.
    var id: Int?
    var image: Int
    var category: Int
    var bbox: [Double]
    var area: Double
    var isCrowd: Int?

    enum CodingKeys: String, CodingKey {
      case id
      case image = "image_id"
      case category = "category_id"
      case bbox
      case area
      case isCrowd = "iscrowd"
    }
  }
}

extension CocoTruth {
  /// Reads COCO's instances JSON. Without `iscrowd` an object is no crowd; a key `ignore` has no
  /// effect, as in pycocotools.
  ///
  /// - Throws: ``EvaluationError`` at the first entry that cannot be taken as it is.
  package init(instances file: String) throws(EvaluationError) {
    let document = try JSONFile.read(InstancesFile.self, from: file)
    let images = try positions(of: document.images.map(\.id), named: "images", in: file)
    let categories = try positions(
      of: document.categories.map(\.id), named: "categories", in: file)
    var objects: [CocoObject] = []
    objects.reserveCapacity(document.annotations.count)
    for (index, annotation) in document.annotations.enumerated() {
      let entry = "annotations[\(index)]"
      guard let image = images[annotation.image] else {
        throw .unknownImage(file: file, entry: entry, id: annotation.image)
      }
      guard let category = categories[annotation.category] else {
        throw .unknownCategory(file: file, entry: entry, id: annotation.category)
      }
      let box = try CocoBox(annotation.bbox, entry: entry, file: file)
      guard annotation.area.isFinite else {
        throw .notFinite(file: file, entry: entry + ".area")
      }
      objects.append(
        CocoObject(
          image: image, category: category, box: box, area: annotation.area,
          isCrowd: annotation.isCrowd ?? 0 != 0))
    }
    self.init(
      imageIDs: document.images.map(\.id),
      categories: document.categories.map { CocoCategory(id: $0.id, label: $0.name) },
      objects: objects)
  }

  /// Writes what pycocotools needs to evaluate boxes. An object that is ignored is written as a
  /// crowd, the only ignored object that the format knows.
  package func writeInstances(to file: String) throws(EvaluationError) {
    let document = InstancesFile(
      images: imageIDs.map { InstancesFile.Image(id: $0) },
      categories: categories.map { InstancesFile.Category(id: $0.id, name: $0.label) },
      annotations: objects.enumerated().map { index, object in
        InstancesFile.Annotation(
          id: index + 1, image: imageIDs[object.image],
          category: categories[object.category].id, bbox: object.box.numbers,
          area: object.area, isCrowd: object.isIgnored ? 1 : 0)
      })
    try JSONFile.write(document, to: file)
  }
}

/// Where each id stands in its list.
private func positions(
  of ids: [Int], named list: String, in file: String
) throws(EvaluationError) -> [Int: Int] {
  var positions: [Int: Int] = [:]
  for (index, id) in ids.enumerated() {
    guard positions.updateValue(index, forKey: id) == nil else {
      throw .repeatedID(file: file, entry: "\(list)[\(index)]", id: id)
    }
  }
  return positions
}

extension CocoBox {
  init(_ numbers: [Double], entry: String, file: String) throws(EvaluationError) {
    guard numbers.count == 4 else {
      throw .wrongBox(file: file, entry: entry + ".bbox", count: numbers.count)
    }
    if let index = numbers.firstIndex(where: { !$0.isFinite }) {
      throw .notFinite(file: file, entry: entry + ".bbox[\(index)]")
    }
    self.init(x: numbers[0], y: numbers[1], width: numbers[2], height: numbers[3])
  }

  var numbers: [Double] { [x, y, width, height] }
}
