import CBridge

/// Reads a COCO instances file. Category ids become classes 0, 1, 2, … in their order.
///
/// `iscrowd` marks a crowd region; `ignore` an object to be left out of account, which counts as a
/// difficult one here.
struct COCOReader {
  let images: String
  let annotations: String
  /// From a description; must be the file's own.
  let names: [String]?

  func read(into builder: inout DatasetBuilder) throws -> DatasetClasses {
    let file = try open(keepsGoing: builder.keepsWritten)
    let categories = file.categories.map { (id: Int($0.id), name: file.text(at: $0.name)) }
      .sorted { $0.id < $1.id }
    let classNames = categories.map(\.name)
    if let names, names != classNames {
      let error = DatasetError.classesDiffer(
        file: annotations, names: classNames, expected: names)
      try builder.refuse(error, as: .classOrder, at: .init(file: annotations))
    }
    guard !classNames.isEmpty else { throw DatasetError.missingNames(file: annotations) }
    try add(file, categories.map(\.id), to: &builder)
    return DatasetClasses(names: classNames, categoryIDs: categories.map(\.id))
  }

  private func add(
    _ file: COCOInstances, _ categoryIDs: [Int], to builder: inout DatasetBuilder
  ) throws {
    let classes = Dictionary(uniqueKeysWithValues: zip(categoryIDs, categoryIDs.indices))
    let problems = Problems(file)
    for problem in problems.ofNoImage { try refuse(problem, file, isEntry: false, &builder) }
    for object in file.objects(ofImage: file.images.count) {
      let error = DatasetError.unknownReference(
        key: "image_id", id: Int(object.image_id), entry: entry(object), file: annotations)
      try builder.refuse(error, as: .malformedLabel, at: place(object))
    }
    builder.reserve(pictures: file.images.count, objects: file.objectCount)
    let paths = file.images.map { Paths.resolve(file.text(at: $0.file_name), in: images) }
    let exist = Paths.exist(paths)
    for (position, image) in file.images.enumerated() {
      file.releaseObjects(beforeImage: position)
      guard exist[position] else {
        builder.lack(paths[position])
        continue
      }
      builder.beginSample(
        path: paths[position], annotations: annotations, width: Int(image.width),
        height: Int(image.height), imageID: Int(image.id), position: position)
      for problem in problems.ofImage(image.id) {
        try refuse(problem, file, isEntry: true, &builder)
      }
      for object in file.objects(ofImage: position) {
        try add(object, classes, to: &builder)
      }
      builder.endSample()
    }
  }

  private func add(
    _ object: cb_coco_object, _ classes: [Int: Int], to builder: inout DatasetBuilder
  ) throws {
    let place = place(object)
    guard let classIndex = classes[Int(object.category_id)] else {
      let error = DatasetError.unknownReference(
        key: "category_id", id: Int(object.category_id), entry: entry(object), file: annotations)
      return try builder.refuse(error, as: .unknownClass, at: place, isEntry: true)
    }
    guard object.box_count == 4 else {
      let error = DatasetError.malformedJSON(
        file: annotations, problem: "\(entry(object)): bbox needs x, y, width and height")
      return try builder.refuse(error, as: .malformedLabel, at: place, isEntry: true)
    }
    let box = object.box
    builder.add(
      .init(x: box.0, y: box.1, width: box.2, height: box.3), classIndex: classIndex,
      isCrowd: object.is_crowd, isDifficult: object.is_ignored,
      area: object.area.isNaN ? nil : object.area, at: place)
  }

  /// Its place in the list, as the shim says it of what is no annotation.
  private func entry(_ object: cb_coco_object) -> String {
    "annotations[\(object.position)]" + (object.has_id ? " (id \(object.id))" : "")
  }

  private func place(_ object: cb_coco_object) -> DatasetBuilder.Place {
    .init(
      file: annotations,
      mark: object.has_id ? .annotation(Int(object.id)) : .position(Int(object.position)),
      position: Int(object.position))
  }

  private func refuse(
    _ problem: cb_coco_problem, _ file: COCOInstances, isEntry: Bool,
    _ builder: inout DatasetBuilder
  ) throws {
    let position = Int(problem.position)
    let place = DatasetBuilder.Place(
      file: annotations, mark: problem.has_id ? .annotation(Int(problem.id)) : .position(position),
      position: position)
    let error = DatasetError.malformedJSON(file: annotations, problem: file.text(at: problem.text))
    try builder.refuse(error, as: .malformedLabel, at: place, isEntry: isEntry)
  }

  /// What is wrong with entries, by the image that they name.
  private struct Problems {
    private var byImage: [Int64: [cb_coco_problem]] = [:]
    private(set) var ofNoImage: [cb_coco_problem] = []

    init(_ file: COCOInstances) {
      guard !file.problems.isEmpty else { return }
      let known = Set(file.images.map(\.id))
      for problem in file.problems {
        if problem.has_image_id, known.contains(problem.image_id) {
          byImage[problem.image_id, default: []].append(problem)
        } else {
          ofNoImage.append(problem)
        }
      }
    }

    func ofImage(_ id: Int64) -> [cb_coco_problem] {
      byImage.isEmpty ? [] : byImage[id] ?? []
    }
  }

  private func open(keepsGoing: Bool) throws -> COCOInstances {
    guard Paths.exists(annotations) else {
      throw DatasetError.notFound(what: "COCO annotation file", path: annotations)
    }
    guard Paths.isFolder(images) else {
      throw DatasetError.notFound(what: "folder of pictures", path: images)
    }
    let file = try COCOInstances(contentsOf: annotations, keepsGoing: keepsGoing)
    guard !file.images.isEmpty else { throw DatasetError.emptyList(path: annotations) }
    // Wider than this no picture can be decoded.
    let sides: ClosedRange<Int64> = 1...(1 << 24)
    for (position, image) in file.images.enumerated()
    where !sides.contains(image.width) || !sides.contains(image.height) {
      throw DatasetError.malformedJSON(
        file: annotations,
        problem: "images[\(position)] (id \(image.id)) is said to be of "
          + "\(image.width)×\(image.height) pixels")
    }
    return file
  }
}
