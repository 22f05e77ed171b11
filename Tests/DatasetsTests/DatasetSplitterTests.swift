import Datasets
import Foundation
import TestSupport
import Testing

@Suite struct DatasetSplitterTests {
  /// What a picture holds, whatever split it is in.
  private func contents(_ dataset: Dataset) -> [String: [Annotation]] {
    var contents: [String: [Annotation]] = [:]
    for (index, sample) in dataset.samples.enumerated() {
      contents[sample.path] = Array(dataset.annotations(of: index))
    }
    return contents
  }

  private func contents(_ description: DataDescription) throws -> [[String: [Annotation]]] {
    try description.splitNames.map { contents(try description.dataset($0)) }
  }

  private func shapes(
    _ folder: TemporaryFolder, _ format: DataDescription.Format, train: Int = 30, val: Int = 10
  ) throws -> DataDescription {
    var settings = ShapesGenerator.Settings()
    (settings.width, settings.height) = (64, 64)
    (settings.minimumSize, settings.maximumSize) = (10, 30)
    var shapes = ShapesFolder(ShapesGenerator(settings), format: format)
    (shapes.train, shapes.val) = (train, val)
    return try shapes.materialize(at: folder.file("shapes"))
  }

  @Test(arguments: DataDescription.Format.allCases, [false, true])
  func everyPictureKeepsItsObjectsInOneSplit(
    format: DataDescription.Format, isStratified: Bool
  ) throws {
    let folder = try TemporaryFolder()
    defer { withExtendedLifetime(folder) {} }
    let source = try shapes(folder, format)
    var splitter = DatasetSplitter()
    splitter.division = .ratios(SplitRatios("6:2:2")!)
    splitter.isStratified = isStratified
    let outcome = try splitter.split(source, to: folder.file("new"))
    #expect(outcome.descriptions == [folder.file("new/data.yaml")])
    let description = try DataDescription.load(folder.file("new"))
    #expect(description.format == format)
    let old = try contents(source).reduce(into: [:]) { $0.merge($1) { first, _ in first } }
    let parts = try contents(description)
    #expect(parts.map(\.count).reduce(0, +) == 40)
    #expect(parts.count == 3)
    #expect(zip(parts, [24, 8, 8]).allSatisfy { abs($0.count - $1) <= (isStratified ? 2 : 0) })
    let new = parts.reduce(into: [:]) { $0.merge($1) { _, _ in [] } }
    #expect(Set(new.keys) == Set(old.keys))
    for (path, objects) in old {
      #expect(
        new[path]?.map(\.classIndex) == objects.map(\.classIndex)
          && new[path]?.map(\.box) == objects.map(\.box), "\(path)")
    }
    #expect(outcome.parts.map(\.pictures) == parts.map(\.count))
    let again = try splitter.split(source, to: folder.file("again"))
    #expect(again.parts.map(\.objects) == outcome.parts.map(\.objects))
    #expect(
      try contents(DataDescription.load(folder.file("again"))).map(\.keys.count)
        == parts.map(\.keys.count))
  }

  @Test(arguments: DataDescription.Format.allCases)
  func foldsTakeTurns(format: DataDescription.Format) throws {
    let folder = try TemporaryFolder()
    defer { withExtendedLifetime(folder) {} }
    var source = try shapes(folder, format)
    source.splits[.val] = nil
    var splitter = DatasetSplitter()
    (splitter.division, splitter.pool) = (.folds(3), [.train])
    let outcome = try splitter.split(source, to: folder.file("new")) { _, _ in }
    #expect(outcome.descriptions.count == 3)
    var seen: Set<String> = []
    for path in outcome.descriptions {
      let description = try DataDescription.load(path)
      let (train, val) = try (description.dataset(.train), description.dataset(.val))
      #expect(train.count == 20 && val.count == 10)
      let own = Set(val.samples.map(\.path))
      #expect(own.isDisjoint(with: train.samples.map(\.path)) && seen.isDisjoint(with: own))
      seen.formUnion(own)
    }
    #expect(seen == Set(try source.dataset(.train).samples.map(\.path)))
  }

  @Test func splitsThatAreNotDividedGoOnAsTheyAre() throws {
    let folder = try TemporaryFolder()
    defer { withExtendedLifetime(folder) {} }
    var source = try shapes(folder, .yolo)
    source.splits[.test] = source.splits.removeValue(forKey: .val)
    var splitter = DatasetSplitter()
    splitter.pool = [.train]
    _ = try splitter.split(source, to: folder.file("new"))
    let description = try DataDescription.load(folder.file("new"))
    #expect(try description.splitNames.map { try description.dataset($0).count } == [24, 6, 10])
    splitter.division = .ratios(SplitRatios("6:2:2")!)
    #expect(
      sentence { _ = try splitter.split(source, to: folder.file("other")) }
        .hasPrefix("dividing train into 3 parts makes a split 'test', which is there"))
    #expect(!FileManager.default.fileExists(atPath: folder.file("other")))
  }

  @Test func copiesStayTogether() throws {
    let folder = try TemporaryFolder()
    defer { withExtendedLifetime(folder) {} }
    for index in 0..<10 {
      let name = "images/\(index).png"
      if index % 2 == 0 {
        try folder.writeBlocks(name, seed: index)
      } else {
        try FileManager.default.copyItem(
          atPath: folder.file("images/\(index - 1).png"), toPath: folder.file(name))
      }
    }
    let file = try folder.write("train: images\nnames: [a]\n", to: "d.yaml")
    var splitter = DatasetSplitter()
    splitter.division = .folds(5)
    let outcome = try splitter.split(DataDescription.load(file), to: folder.file("new"))
    #expect(outcome.notes.contains { $0.contains("5 pictures equal another") })
    for path in outcome.descriptions {
      let names = try DataDescription.load(path).dataset(.val).samples.map {
        Int(URL(fileURLWithPath: $0.path).deletingPathExtension().lastPathComponent)!
      }
      #expect(names.count == 2 && names[0] / 2 == names[1] / 2)
    }
    splitter.division = .folds(6)
    #expect(
      sentence { _ = try splitter.split(DataDescription.load(file), to: folder.file("more")) }
        == "5 pictures that may be parted are too few for 6 folds, which takes 6 at least")
  }

  @Test func cocoKeepsIdsAndWhatItDoesNotKnow() throws {
    let folder = try TemporaryFolder()
    defer { withExtendedLifetime(folder) {} }
    for index in 0..<4 { try folder.writeBlocks("p/\(index).png", seed: index) }
    func entry(_ index: Int) -> String {
      #"{"id": \#(10 * index), "file_name": "\#(index).png", "width": 100, "height": 80, "x": 1}"#
    }
    func object(_ index: Int) -> String {
      #"{"id": \#(7 + index), "image_id": \#(10 * index), "category_id": 3, "#
        + #""bbox": [1, 2, 30, 40], "area": 5, "segmentation": [[1, 2, 3, 4, 5, 6]]}"#
    }
    try folder.write(
      """
      {"info": {"year": 2020}, "images": [\((0..<4).map(entry).joined(separator: ","))],
       "annotations": [\((0..<4).map(object).joined(separator: ","))],
       "categories": [{"id": 3, "name": "cat", "supercategory": "animal"}]}
      """, to: "train.json")
    let file = try folder.write("train: {images: p, annotations: train.json}\n", to: "d.yaml")
    var splitter = DatasetSplitter()
    splitter.division = .ratios(SplitRatios("1:1")!)
    _ = try splitter.split(DataDescription.load(file), to: folder.file("new"))
    var ids: [Int] = []
    for split in ["train", "val"] {
      let data = try Data(contentsOf: folder.appending("new/\(split).json"))
      let json = try #require(try JSONSerialization.jsonObject(with: data) as? [String: Any])
      let images = try #require(json["images"] as? [[String: Any]])
      let objects = try #require(json["annotations"] as? [[String: Any]])
      #expect(images.count == 2 && objects.count == 2)
      #expect(images.allSatisfy { $0["x"] as? Int == 1 })
      let own = images.compactMap { $0["id"] as? Int }
      #expect(objects.compactMap { $0["image_id"] as? Int } == own)
      #expect(objects.allSatisfy { $0["segmentation"] != nil })
      #expect((json["info"] as? [String: Int]) == ["year": 2020])
      #expect((json["categories"] as? [[String: Any]])?[0]["supercategory"] as? String == "animal")
      ids += own
    }
    #expect(ids.sorted() == [0, 10, 20, 30])
  }

  @Test func imageIdsThatMeetAreNumberedAnew() throws {
    let folder = try TemporaryFolder()
    defer { withExtendedLifetime(folder) {} }
    for (offset, split) in ["train", "val"].enumerated() {
      for index in 0..<2 {
        try folder.writeBlocks(
          "\(split)/\(index).png", seed: 2 * offset + index, width: 60 + 10 * offset)
      }
      let images = (0..<2).map {
        #"{"id": \#($0), "file_name": "\#($0).png", "width": \#(60 + 10 * offset), "height": 80}"#
      }
      let objects = (0..<2).map {
        #"{"id": \#($0), "image_id": \#($0), "category_id": 1, "bbox": [\#(offset), \#($0), 9, 9]}"#
      }
      try folder.write(
        """
        {"images": [\(images.joined(separator: ","))],
         "annotations": [\(objects.joined(separator: ","))],
         "categories": [{"id": 1, "name": "cat"}]}
        """, to: "\(split).json")
    }
    let file = try folder.write(
      """
      train: {images: train, annotations: train.json}
      val: {images: val, annotations: val.json}

      """, to: "d.yaml")
    let source = try DataDescription.load(file)
    var splitter = DatasetSplitter()
    splitter.division = .ratios(SplitRatios("1:1")!)
    let outcome = try splitter.split(source, to: folder.file("new"))
    #expect(outcome.notes.contains { $0.hasPrefix("image ids stood for several pictures") })
    let old = try contents(source).reduce(into: [:]) { $0.merge($1) { first, _ in first } }
    let new = try contents(DataDescription.load(folder.file("new")))
      .reduce(into: [:]) { $0.merge($1) { first, _ in first } }
    #expect(old.count == 4 && new == old)
  }

  @Test func vocBesideThePicturesBecomesCSV() throws {
    let folder = try TemporaryFolder()
    defer { withExtendedLifetime(folder) {} }
    for index in 0..<4 {
      try folder.writeBlocks("all/\(index).jpg", seed: index)
      try folder.write(
        VOCReaderTests.annotation([VOCReaderTests.object("cat", [1, 1, 50, 60])]),
        to: "all/\(index).xml")
    }
    let file = try folder.write("format: voc\ntrain: all\nnames: [cat]\n", to: "d.yaml")
    let source = try DataDescription.load(file)
    let outcome = try DatasetSplitter().split(source, to: folder.file("new"))
    #expect(outcome.notes.contains { $0.contains("the splits are CSV") })
    let description = try DataDescription.load(folder.file("new"))
    #expect(description.format == .csv)
    let new = try contents(description).reduce(into: [:]) { $0.merge($1) { first, _ in first } }
    #expect(try new == contents(source)[0])
  }
}
