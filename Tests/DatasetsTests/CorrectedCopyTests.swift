import Boxes
import Datasets
import Foundation
import Images
import TestSupport
import Testing

@Suite struct CorrectedCopyTests {
  /// Corrects into a folder of its own; the source must stay as it is.
  private func corrected(
    _ description: DataDescription, _ source: TemporaryFolder
  ) throws -> (copy: DataDescription, changes: String, folder: TemporaryFolder) {
    let before = source.contents()
    let target = try TemporaryFolder()
    let count = try CorrectedCopy(of: CheckedData(description)).write(to: target.file("copy"))
    #expect(source.contents() == before)
    let changes = try String(contentsOfFile: target.file("copy/changes.txt"), encoding: .utf8)
    #expect(changes.split(separator: "\n").count == 2 * count)
    let copy = try DataDescription.load(target.file("copy/data.yaml"))
    let report = try copy.checked()
    #expect(!report.isBroken, "\(report.errors)\n\(changes)")
    return (copy, changes, target)
  }

  @Test func vocBoxesSizesAndPicturesAreCorrected() throws {
    let source = try TemporaryFolder()
    let object = VOCReaderTests.object
    try source.writeBlocks("JPEGImages/d.jpg", seed: 9)
    try source.truncate("JPEGImages/d.jpg", to: 0.5)
    let description = try source.writeVOC([
      "a": VOCReaderTests.annotation([
        object("cat", [0, 10, 120, 20], "<pose>left</pose>"), object("cat", [50, 30, 50, 30], ""),
        object("cat", [40, 30, 20, 60], ""), object("cat", [200, 10, 220, 20], ""),
        object("dog", [1, 1, 100, 80], ""), object("dog", [1, 1, 99, 80], ""),
        object("bird", [1, 1, 99, 80], ""), object("cat", [100, 10, 120, 20], ""),
      ]),
      "b": VOCReaderTests.annotation([object("dog", [11, 21, 95, 60], "")], width: 90),
      "c": "<annotation>\n<object>\n", "d": VOCReaderTests.annotation([]),
    ])
    let (copy, changes, folder) = try corrected(description, source)
    let dataset = try copy.dataset(.train)
    #expect(dataset.count == 2)
    #expect(
      dataset.annotations(of: 0).map(\.box) == [
        Box(left: 0, top: 9, right: 100, bottom: 20), Box(left: 19, top: 29, right: 40, bottom: 60),
        Box(left: 0, top: 0, right: 100, bottom: 80),
      ])
    #expect(
      dataset.annotations(of: 1).map(\.box) == [Box(left: 10, top: 20, right: 95, bottom: 60)])
    let edited = try String(
      contentsOfFile: folder.file("copy/Annotations/a.xml"), encoding: .utf8)
    #expect(edited.contains("<pose>left</pose>"))
    #expect(changes.contains("a.xml, line 6\n    removed: has no area"))
    #expect(changes.contains("d.jpg\n    left out: "))
    #expect(changes.contains("90×80 → 100×80"))
  }

  @Test func yoloLinesThatAreRightStayAsTheyAre() throws {
    let source = try TemporaryFolder()
    let description = try source.writeYOLO([
      (
        "train/a",
        "1 0.50 0.25 0.2 0.5\n0 0.95 0.5 0.2 0.5\n9 0.5 0.5 0.1 0.1\nnonsense\n"
          + "0 0.5 0.5 -0.2 0.5\n1 0.5 0.25 0.2 0.5\n0 0.5 0.5 0 0.5\n"
      ), ("train/b", nil), ("val/c", "0 0.5 0.5 0.5 0.5\n"),
    ])
    let (copy, _, folder) = try corrected(description, source)
    let labels = try String(
      contentsOfFile: folder.file("copy/images/train/a.jpg")
        .replacing("/images/", with: "/labels/").replacing(".jpg", with: ".txt"), encoding: .utf8)
    #expect(
      labels == "1 0.50 0.25 0.2 0.5\n0 0.92500000 0.50000000 0.15000000 0.50000000\n"
        + "0 0.50000000 0.50000000 0.20000000 0.50000000\n")
    #expect(copy.names == ["cat", "dog"])
    #expect(try copy.dataset(.train).count == 2)
    #expect(try copy.dataset(.val).count == 1)
    // Pictures are links to the source.
    let link = try FileManager.default.destinationOfSymbolicLink(
      atPath: folder.file("copy/images/train/a.jpg"))
    #expect(link == source.file("images/train/a.jpg"))
  }

  /// The fixture is stored 90° off and turned upright by orientation 6: stored point (x, y) is found
  /// at (height − y, x).
  @Test func cocoBoxesDrawnBeforeEXIFAreTurned() throws {
    let source = try TemporaryFolder()
    let fixture = packageRoot()
      .appendingPathComponent("Tests/ImagesTests/fixtures/orientation-6.jpg")
    try FileManager.default.createDirectory(
      atPath: source.file("pictures"), withIntermediateDirectories: true)
    try FileManager.default.copyItem(atPath: fixture.path, toPath: source.file("pictures/a.jpg"))
    let plain = try source.writeBlocks("pictures/b.jpg", seed: 1)
    #expect(FileManager.default.fileExists(atPath: plain))
    let upright = try probedSize(source.file("pictures/a.jpg"))
    let (width, height) = (upright.height, upright.width)
    try source.write(
      """
      {"info": {"year": 2026}, "images": [
       {"id": 1, "file_name": "a.jpg", "width": \(width), "height": \(height), "licence": 3},
       {"id": 2, "file_name": "gone.jpg", "width": 10, "height": 10},
       {"id": 3, "file_name": "b.jpg", "width": 100, "height": 80}],
       "categories": [{"id": 4, "name": "cat"}], "annotations": [
       {"id": 5, "image_id": 1, "category_id": 4, "bbox": [1, 2, 5, 3], "segmentation": []},
       {"id": 6, "image_id": 2, "category_id": 4, "bbox": [1, 1, 5, 5]},
       {"id": 7, "image_id": 3, "category_id": 4, "bbox": [90, 10, 20, 30], "note": "kept"}]}
      """, to: "train.json")
    let file = try source.write(
      "train: {images: pictures, annotations: train.json}\n", to: "d.yaml")
    let (copy, changes, folder) = try corrected(DataDescription.load(file), source)
    let dataset = try copy.dataset(.train)
    #expect(dataset.samples.map(\.imageID) == [1, 3])
    #expect(dataset.samples[0].width == upright.width)
    #expect(dataset.samples[0].height == upright.height)
    #expect(
      dataset.annotations(of: 0).first?.written
        == .init(x: Double(height) - 2 - 3, y: 1, width: 3, height: 5))
    #expect(
      dataset.annotations(of: 1).first?.written == .init(x: 90, y: 10, width: 10, height: 30))
    #expect(changes.contains("gone.jpg\n    left out: is not there"))
    let text = try String(
      contentsOfFile: folder.file("copy/annotations/instances_train.json"), encoding: .utf8)
    #expect(text.contains("\"note\":\"kept\"") && text.contains("\"year\":2026"))
  }

  @Test func nothingIsOverwritten() throws {
    let source = try TemporaryFolder()
    let description = try source.writeYOLO([("train/a", "0 0.5 0.5 0.5 0.5\n")])
    let checked = try CheckedData(description)
    let before = source.contents()
    #expect(throws: DatasetError.folderNotEmpty(path: source.path)) {
      try CorrectedCopy(of: checked).write(to: source.path)
    }
    #expect(source.contents() == before)
  }

  private func probedSize(_ path: String) throws -> (width: Int, height: Int) {
    let info = try Picture.probe(path: path)
    return (info.width, info.height)
  }

  @Test func entryThatIsNoObjectTakesNoOtherWithIt() throws {
    let source = try TemporaryFolder()
    try source.writeBlocks("pictures/a.jpg", seed: 1)
    try source.write(
      """
      {"images": [{"id": 1, "file_name": "a.jpg", "width": 100, "height": 80}],
       "categories": [{"id": 1, "name": "cat"}], "annotations": [null,
       {"id": 5, "image_id": 1, "category_id": 1, "bbox": [10, 10, 50, 50]}]}
      """, to: "train.json")
    let file = try source.write(
      "train: {images: pictures, annotations: train.json}\n", to: "d.yaml")
    let (copy, _, folder) = try corrected(try DataDescription.load(file), source)
    let count = try copy.dataset(.train).annotations.count
    #expect(count == 1)
    withExtendedLifetime(folder) {}
  }

  @Test func twoAnnotationFilesOfOnePictureBothStay() throws {
    let source = try TemporaryFolder()
    try source.writeBlocks("set/a.jpg", seed: 1)
    for (name, box) in [("a 1", [1, 1, 50, 60]), ("b", [11, 21, 95, 60])] {
      let text = VOCReaderTests.annotation([VOCReaderTests.object("cat", box)])
      try source.write(
        text.replacing("<annotation>", with: "<annotation><filename>a.jpg</filename>"),
        to: "set/\(name).xml")
    }
    let file = try source.write("format: voc\ntrain: set\nnames: [cat, dog]\n", to: "d.yaml")
    let description = try DataDescription.load(file)
    let written = try description.dataset(.train).annotations.map(\.box)
    #expect(written.count == 2)
    let target = try TemporaryFolder()
    _ = try CorrectedCopy(of: CheckedData(description)).write(to: target.file("copy"))
    let copy = try DataDescription.load(target.file("copy/data.yaml"))
    #expect(try copy.dataset(.train).annotations.map(\.box) == written)
  }
}
