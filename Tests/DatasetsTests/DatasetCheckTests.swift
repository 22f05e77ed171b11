import Datasets
import Foundation
import Images
import TestSupport
import Testing

@Suite struct DatasetCheckTests {
  private static let label = "0 0.5 0.5 0.5 0.5\n1 0.3 0.3 0.4 0.4\n"

  @Test(arguments: DataDescription.Format.allCases)
  func drawnSetHasNothingBrokenAndNoLookalikes(format: DataDescription.Format) throws {
    let folder = try TemporaryFolder()
    var shapes = ShapesFolder(format: format)
    (shapes.train, shapes.val) = (60, 30)
    let report = try shapes.materialize(at: folder.file("shapes")).checked()
    #expect(!report.isBroken, "\(report.errors)")
    let kinds = Set(report.findings.map(\.kind))
    #expect(kinds.isSubset(of: [.classImbalance, .smallObject, .emptyPicture]), "\(kinds)")
    #expect(report.splits.map(\.pictures) == [60, 30])
  }

  @Test func truncatedAndUnreadablePicturesAreNamed() throws {
    let folder = try TemporaryFolder()
    for name in ["a", "b", "c"] { try folder.writeBlocks("images/train/\(name).jpg", seed: 1) }
    try folder.truncate("images/train/b.jpg", to: 0.6)
    try folder.write("not a picture", to: "images/train/c.jpg")
    let report = try folder.writeYOLO(
      ["a", "b", "c"].map { ("train/\($0)", Self.label) }
    ).checked()
    let places = report.places(.unreadablePicture)
    #expect(
      Set(places.map(\.file))
        == [folder.file("images/train/b.jpg"), folder.file("images/train/c.jpg")])
    #expect(places.allSatisfy { !$0.detail.isEmpty })
    #expect(report.isBroken)
  }

  @Test func extensionThatNamesAnotherFormatIsOnlyNoted() throws {
    let folder = try TemporaryFolder()
    let png = try folder.writeBlocks("a.png", seed: 1)
    try FileManager.default.createDirectory(
      atPath: folder.file("images/train"), withIntermediateDirectories: true)
    try FileManager.default.copyItem(atPath: png, toPath: folder.file("images/train/a.jpg"))
    let report = try folder.writeYOLO([("train/a", Self.label)]).checked()
    #expect(report.places(.wrongExtension).map(\.detail) == ["is a png"])
    #expect(!report.isBroken)
  }

  @Test func sizesAreComparedWithTheFiles() throws {
    let folder = try TemporaryFolder()
    let object = VOCReaderTests.object("cat", [1, 1, 50, 60])
    let report = try folder.writeVOC([
      "a": VOCReaderTests.annotation([object], width: 90),
      "b": VOCReaderTests.annotation([object]),
    ]).checked()
    #expect(report.places(.wrongSize).map(\.detail) == ["is 100×80, its annotations say 90×80"])
    #expect(report.isBroken)
  }

  @Test func picturesThatEXIFTurnsAreNoted() throws {
    let folder = try TemporaryFolder()
    let fixture = packageRoot()
      .appendingPathComponent("Tests/ImagesTests/fixtures/orientation-6.jpg")
    try FileManager.default.createDirectory(
      atPath: folder.file("images/train"), withIntermediateDirectories: true)
    try FileManager.default.copyItem(
      atPath: fixture.path, toPath: folder.file("images/train/a.jpg"))
    let report = try folder.writeYOLO([("train/a", Self.label)]).checked()
    #expect(report.places(.rotatedPicture).map(\.detail) == ["orientation 6"])
    #expect(!report.isBroken)
  }

  @Test func badBoxesAreNamedWithTheirLines() throws {
    let folder = try TemporaryFolder()
    let report = try folder.writeVOC([
      "a": VOCReaderTests.annotation([
        VOCReaderTests.object("cat", [0, 10, 120, 20]),
        VOCReaderTests.object("cat", [50, 30, 50, 30]),
        VOCReaderTests.object("cat", [40, 30, 20, 60]),
        VOCReaderTests.object("cat", [200, 10, 220, 20]),
        VOCReaderTests.object("dog", [1, 1, 100, 80]),
        // 99·80 of 100·80 pixels are shared: IoU 0.99.
        VOCReaderTests.object("dog", [1, 1, 99, 80]),
        VOCReaderTests.object("cat", [1, 1, 99, 80]),
      ])
    ]).checked()
    let expected: [CheckFinding.Kind: Int] = [
      .clippedBox: 5, .boxWithoutArea: 6, .invertedBox: 7, .outsideBox: 8, .duplicateBox: 10,
    ]
    for (kind, line) in expected {
      #expect(report.places(kind).map(\.mark) == [.line(line)], "\(kind)")
      #expect(report.places(kind).first?.file == folder.file("Annotations/a.xml"))
    }
  }

  @Test func unknownClassesAndMalformedLabelsDoNotStopReading() throws {
    let folder = try TemporaryFolder()
    let report = try folder.writeYOLO([
      ("train/a", "7 0.5 0.5 0.1 0.1\n0 0.5 0.5 0.5\n" + Self.label)
    ]).checked()
    #expect(report.places(.unknownClass).map(\.mark) == [.line(1)])
    #expect(report.places(.malformedLabel).map(\.mark) == [.line(2)])
    #expect(report.splits.map(\.objects) == [2])
    let other = try TemporaryFolder()
    let voc = try other.writeVOC([
      "a": VOCReaderTests.annotation([VOCReaderTests.object("dgo", [1, 1, 50, 60])]),
      "b": "<annotation>\n<object>\n",
    ]).checked()
    #expect(voc.places(.unknownClass).first?.detail.contains("did you mean 'dog'") == true)
    #expect(voc.places(.brokenAnnotations).first?.file.hasSuffix("/b.xml") == true)
    #expect(voc.places(.orphanPicture).isEmpty)
  }

  private func cocoReport(annotations: String) throws -> (CheckReport, String) {
    let folder = try TemporaryFolder()
    try folder.writeBlocks("train/a.jpg", seed: 1)
    let file = try folder.write(
      """
      {"images": [{"id": 1, "file_name": "a.jpg", "width": 100, "height": 80}],
       "categories": [{"id": 1, "name": "cat"}, {"id": 2, "name": "dog"}, {"id": 3, "name": "cat"}],
       "annotations": \(annotations)}
      """, to: "train.json")
    return (try DataDescription.load(file).checked(), file)
  }

  @Test func nameOfTwoClassesIsAWarning() throws {
    let (report, _) = try cocoReport(annotations: "[]")
    #expect(report.places(.repeatedName).map(\.detail) == ["2 classes are 'cat'"])
    #expect(!report.isBroken)
  }

  /// Of 79.7 − 34.8 no tail of digits is left.
  @Test func numbersAreAsTheyStandInTheFile() throws {
    let object =
      #"{"id": 1, "image_id": 1, "category_id": 1, "bbox": [80.1, 1, 44.900000000000006, 9]}"#
    let (report, _) = try cocoReport(annotations: "[\(object)]")
    #expect(report.places(.clippedBox).first?.detail.contains("width 44.9, height 9.0 in") == true)
  }

  @Test func brokenFileIsNamedOnce() throws {
    let (report, file) = try cocoReport(annotations: "{}")
    let place = try #require(report.places(.brokenAnnotations).first)
    #expect(place.file == file && place.detail == "'annotations' is not a list")
  }

  @Test func classListInAnotherOrderIsAnError() throws {
    let folder = try TemporaryFolder()
    try folder.write("dog\ncat\n", to: "labels/train/classes.txt")
    let report = try folder.writeYOLO([("train/a", Self.label)]).checked()
    #expect(
      report.places(.classOrder).map(\.detail) == ["class 0 is 'dog' here and 'cat' in the names"])
    try folder.write("cat\ndog\nbird\n", to: "labels/train/classes.txt")
    #expect(try folder.writeYOLO([("train/a", Self.label)]).checked().count(of: .classOrder) == 0)
  }

  @Test func filesWithoutTheirCounterpartsAreNamed() throws {
    let folder = try TemporaryFolder()
    try folder.write(Self.label, to: "labels/train/gone.txt")
    try folder.writeBlocks("images/train/unnamed.jpg", seed: 50)
    try folder.write("./train/a.jpg\n./train/b.jpg\n./train/c.jpg\n", to: "images/list.txt")
    _ = try folder.writeYOLO([("train/a", Self.label), ("train/b", nil)])
    let file = try folder.write("train: images/list.txt\nnames: [cat, dog]\n", to: "d.yaml")
    let report = try DataDescription.load(file).checked()
    #expect(report.places(.orphanLabel).map(\.file) == [folder.file("labels/train/gone.txt")])
    #expect(report.places(.orphanPicture).map(\.file) == [folder.file("images/train/unnamed.jpg")])
    #expect(report.places(.noLabelFile).map(\.file) == [folder.file("images/train/b.jpg")])
    #expect(report.places(.missingPicture).map(\.file) == [folder.file("images/train/c.jpg")])
  }

  @Test func emptyPicturesAreNoted() throws {
    let folder = try TemporaryFolder()
    let report = try folder.writeYOLO([("train/a", ""), ("train/b", Self.label)]).checked()
    #expect(report.count(of: .emptyPicture) == 1)
    #expect(report.count(of: .noLabelFile) == 0)
    #expect(!report.isBroken)
  }

  @Test func repeatedPicturesAreFoundWithinAndAcrossSplits() throws {
    let folder = try TemporaryFolder()
    let other = "0 0.2 0.2 0.1 0.1\n"
    for (name, quality, width) in [
      ("train/a", 92, 400), ("train/b", 92, 400), ("train/c", 40, 400), ("val/d", 92, 400),
      ("val/e", 70, 250),
    ] {
      try folder.writeBlocks(
        "images/\(name).jpg", seed: 9, width: width, height: width * 4 / 5, quality: quality)
    }
    let report = try folder.writeYOLO([
      ("train/a", Self.label), ("train/b", other), ("train/c", Self.label),
      ("val/d", Self.label), ("val/e", other), ("val/f", Self.label),
    ]).checked()
    func names(_ kind: CheckFinding.Kind) -> [String] {
      report.places(kind).map { String($0.file.dropLast(4).suffix(1)) }
    }
    #expect(names(.duplicatePicture) == ["b"])
    #expect(names(.nearDuplicatePicture) == ["c"])
    #expect(names(.sharedPicture) == ["d"])
    #expect(names(.nearlySharedPicture) == ["e"])
    #expect(names(.conflictingAnnotations) == ["b", "e"])
    #expect(report.places(.sharedPicture)[0].detail.hasSuffix("images/train/a.jpg in train"))
  }

  /// A side of 320 leaves a picture of 640×480 half its size: 15 pixels become 7.5, 17 become 8.5.
  @Test func smallObjectsAreMeasuredAtTheTrainingSize() throws {
    let folder = try TemporaryFolder()
    try folder.writeBlocks("images/train/a.jpg", seed: 1, width: 640, height: 480)
    let report = try folder.writeYOLO([
      (
        "train/a",
        [15, 17].map { "0 0.5 0.5 \($0 / 640.0) \($0 / 480.0)\n" }.joined()
      )
    ]).checked()
    #expect(report.places(.smallObject).map(\.mark) == [.line(1)])
    #expect(report.places(.smallObject)[0].detail == "cat, 7.5 pixels at 320")
  }

  @Test func rareAndAbsentClassesAreNamed() throws {
    let cats = (0..<21).map { "0 0.5 0.5 0.\($0 + 10) 0.9\n" }.joined()
    let folder = try TemporaryFolder()
    let report = try folder.writeYOLO([
      ("train/a", cats + "1 0.5 0.5 0.5 0.5\n1 0.2 0.2 0.1 0.1\n"),
      ("val/b", "0 0.5 0.5 0.5 0.5\n"),
    ]).checked()
    #expect(
      report.places(.classImbalance).map(\.detail)
        == ["dog: 2 objects, the most frequent has 21"])
    #expect(report.places(.classWithoutObjects).map(\.split) == [.val])
    #expect(report.classes.counts == [[21, 1], [2, 0]])
  }

  @Test func splitThatCannotBeReadLeavesTheOthers() throws {
    let folder = try TemporaryFolder()
    try folder.writeBlocks("pictures/a.jpg", seed: 1)
    try folder.write("{", to: "val.json")
    try folder.write(
      """
      {"images": [{"id": 1, "file_name": "a.jpg", "width": 100, "height": 80}],
       "categories": [{"id": 1, "name": "cat"}], "annotations": [
       {"id": 5, "image_id": 1, "category_id": 1, "bbox": [10, 10, 50, 50]},
       {"id": 6, "image_id": 2, "category_id": 1, "bbox": [10, 10, 50, 50]},
       {"id": 7, "image_id": 1, "category_id": 3, "bbox": [10, 10, 50, 50]},
       {"id": 8, "image_id": 1, "category_id": 1, "bbox": [10, 10, 50]}]}
      """, to: "train.json")
    let file = try folder.write(
      "train: {images: pictures, annotations: train.json}\n"
        + "val: {images: pictures, annotations: val.json}\n", to: "d.yaml")
    let report = try DataDescription.load(file).checked()
    #expect(report.places(.brokenAnnotations).map(\.split) == [.val])
    #expect(report.places(.malformedLabel).map(\.mark) == [.annotation(6), .annotation(8)])
    #expect(report.places(.unknownClass).map(\.mark) == [.annotation(7)])
    #expect(report.splits.map(\.objects) == [1])
  }

  @Test func documentListsEveryPlace() throws {
    let folder = try TemporaryFolder()
    let labels = (0..<9).map { _ in "0 0.95 0.5 0.2 0.5\n" }.joined()
    let report = try folder.writeYOLO([("train/a", labels)]).checked()
    let object = try JSONSerialization.jsonObject(with: JSONEncoder().encode(report))
    let document = try #require(object as? [String: Any])
    let findings = try #require(document["findings"] as? [[String: Any]])
    let repeated = try #require(findings.first { $0["kind"] as? String == "duplicateBox" })
    #expect(repeated["count"] as? Int == 8)
    #expect((repeated["places"] as? [[String: Any]])?.last?["line"] as? Int == 9)
    #expect(document["broken"] as? Bool == true)
  }
}
