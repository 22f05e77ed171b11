/// COCO's instances JSON as it is written: images, categories and true objects.
private struct InstancesFile: Encodable {
  var images: [Image]
  var categories: [Category]
  var annotations: [Annotation]

  struct Image: Encodable {
    var id: Int
  }

  struct Category: Encodable {
    var id: Int
    var name: String
  }

  struct Annotation: Encodable {
    var id: Int
    var image: Int
    var category: Int
    var bbox: [Double]
    var area: Double
    var isCrowd: Int

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
    let entries = try TruthEntries(file)
    self.init(imageIDs: entries.imageIDs, categories: entries.categories, objects: [])
    let images = try positions(of: imageIDs, named: "images", in: file)
    let categories = try positions(of: self.categories.map(\.id), named: "categories", in: file)
    objects.reserveCapacity(entries.objects.count)
    for (index, entry) in entries.objects.enumerated() {
      guard let image = images[Int(entry.image_id)] else {
        throw .unknownImage(file: file, entry: "annotations[\(index)]", id: Int(entry.image_id))
      }
      guard let category = categories[Int(entry.category_id)] else {
        throw .unknownCategory(
          file: file, entry: "annotations[\(index)]", id: Int(entry.category_id))
      }
      objects.append(
        CocoObject(
          image: image, category: category, box: CocoBox(entry.box), area: entry.area,
          isCrowd: entry.is_crowd))
    }
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
