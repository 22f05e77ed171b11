import Boxes
import Datasets
import Foundation
import Images
import TestSupport
import Testing

@Suite struct COCOReaderTests {
  private static let images = """
    "images": [{"id": 7, "file_name": "a.png", "width": 100, "height": 80},
      {"id": 3, "file_name": "b.png", "width": 100, "height": 80}]
    """
  private static let categories = """
    "categories": [{"id": 9, "name": "dog"}, {"id": 2, "name": "cat"}]
    """

  private func read(_ json: String) throws -> Dataset {
    let folder = try TemporaryFolder()
    try folder.writePicture("pictures/a.png")
    try folder.writePicture("pictures/b.png")
    try folder.write(json, to: "a.json")
    let file = try folder.write(
      "train: {images: pictures, annotations: a.json}\n", to: "d.yaml")
    return try DataDescription.load(file).dataset(.train)
  }

  private func read(annotations: String) throws -> Dataset {
    try read("{\(Self.images), \(Self.categories), \"annotations\": [\(annotations)]}")
  }

  @Test func classesFollowCategoryIDs() throws {
    let dataset = try read(
      annotations: """
        {"id": 1, "image_id": 3, "category_id": 9, "bbox": [10.5, 20.25, 30, 40], "area": 700.5,
         "iscrowd": 0, "segmentation": [[1, 2]]},
        {"id": 2, "image_id": 7, "category_id": 2, "bbox": [1, 2, 3, 4], "iscrowd": 1}
        """)
    #expect(dataset.classNames == ["cat", "dog"])
    #expect(dataset.categoryIDs == [2, 9])
    // Pictures in the file's order.
    #expect(dataset.samples.map(\.imageID) == [7, 3])
    let crowd = try #require(dataset.annotations(of: 0).first)
    #expect(crowd.isCrowd && crowd.isIgnored && crowd.area == 12 && crowd.classIndex == 0)
    let object = try #require(dataset.annotations(of: 1).first)
    #expect(object.written == .init(x: 10.5, y: 20.25, width: 30, height: 40))
    #expect(object.box == Box(left: 10.5, top: 20.25, right: 40.5, bottom: 60.25))
    #expect(object.area == 700.5 && object.classIndex == 1)
  }

  @Test func writtenNumbersSurviveClipping() throws {
    let dataset = try read(
      annotations:
        "{\"id\": 5, \"image_id\": 3, \"category_id\": 2, \"bbox\": [-10, 70, 30.5, 40]}")
    #expect(dataset.annotations[0].box == Box(left: 0, top: 70, right: 20.5, bottom: 80))
    #expect(dataset.annotations[0].written == .init(x: -10, y: 70, width: 30.5, height: 40))
    #expect(dataset.report.warnings.contains { $0.contains("annotation 5") })
  }

  @Test(arguments: [
    (
      "{\"id\": 1, \"image_id\": 4, \"category_id\": 2, \"bbox\": [1, 2, 3, 4]}",
      "annotations[0] (id 1) has image_id 4, which"
    ),
    (
      "{\"id\": 1, \"image_id\": 3, \"category_id\": 5, \"bbox\": [1, 2, 3, 4]}",
      "annotations[0] (id 1) has category_id 5"
    ),
    (
      "{\"id\": 8, \"image_id\": 3, \"category_id\": 2, \"bbox\": [1, 2, 3, 4]}, "
        + "{\"image_id\": 3, \"category_id\": 5, \"bbox\": [1, 2, 3, 4]}",
      "annotations[1] has category_id 5"
    ),
    (
      "{\"id\": 1, \"image_id\": 3, \"category_id\": 2, \"bbox\": [1, 2, 3, 4], \"iscrowd\": 2}",
      "annotations[0] (id 1): iscrowd is 2, expected 0 or 1"
    ),
    (
      "{\"id\": 1, \"image_id\": 3, \"category_id\": 2, \"bbox\": [1, 2, 3]}",
      "annotations[0] (id 1): bbox needs x"
    ),
    ("{\"id\": 1, \"image_id\": 3, \"category_id\": 2}", "annotations[0] (id 1): lacks 'bbox'"),
    (
      "{\"id\": 1, \"category_id\": 2, \"bbox\": [1, 2, 3, 4], \"image_id\": \"x\"}",
      "annotations[0] (id 1): image_id is a string, expected an integer"
    ),
    ("{", "annotations[0] is not JSON"),
    ("{\"image_id\": 3}, [1]", "annotations[0]: lacks 'category_id'"),
    ("7", "annotations[0]: is a number, expected an object"),
    ("{}", "annotations[0]: lacks 'image_id'"),
    ("{}, ", "a comma is missing or one too many before annotations[1]"),
    (
      "{\"id\": 1, \"image_id\": 3, \"category_id\": 2, \"bbox\": [1, 2, NaN, 4]}",
      "annotations[0] is not JSON: there is no NaN in it"
    ),
    (
      "{\"id\": 1, \"image_id\": 3, \"category_id\": 2, \"bbox\": [1, 2, 1e999, 4]}",
      "annotations[0] is not JSON: a number is malformed or too large"
    ),
    (
      "{\"id\": 1, \"image_id\": 3.5, \"category_id\": 2, \"bbox\": [1, 2, 3, 4]}",
      "image_id is a number with a fraction"
    ),
    (
      "{\"id\": 1, \"image_id\": 3, \"category_id\": 2, \"bbox\": [1, null, 3, 4]}",
      "bbox is null, expected a number"
    ),
    ("{\"segmentation\": [[1, 2,, 3]]}", "annotations[0] is not JSON"),
  ])
  func wrongAnnotationIsExplained(annotation: String, expected: String) {
    let message = sentence { _ = try read(annotations: annotation) }
    #expect(message.contains(expected), "\(message)")
    #expect(message.contains("/a.json"))
  }

  @Test func classesAndSizesAreNeeded() {
    let withoutClasses = sentence {
      _ = try read("{\(Self.images), \"categories\": [], \"annotations\": []}")
    }
    #expect(withoutClasses.contains("class names are missing"))
    let image = #""images": [{"id": 1, "file_name": "a.png", "width": 0, "height": 80}]"#
    let withoutWidth = sentence {
      _ = try read("{\(image), \(Self.categories), \"annotations\": []}")
    }
    #expect(withoutWidth.contains("images[0] (id 1) is said to be of 0×80 pixels"))
  }

  @Test func idsMustDiffer() {
    let message = sentence {
      _ = try read(
        "{\(Self.images), \"annotations\": [], \"categories\": [{\"id\": 1, \"name\": \"a\"}, "
          + "{\"id\": 1, \"name\": \"b\"}]}")
    }
    #expect(message.contains("category id 1 stands here twice"))
  }

  /// The file is read in pieces of a quarter megabyte; pictures come after their objects here.
  @Test func objectsFindTheirPicturesAcrossPieces() throws {
    let folder = try TemporaryFolder()
    let pictures = 300
    for index in 0..<pictures {
      try folder.write("", to: "pictures/\(index).jpg")
    }
    let filler = String(repeating: "1.25, ", count: 60)
    let annotations = (0..<3000).map { index in
      "{\"id\": \(index), \"segmentation\": [[\(filler)0]], "
        + "\"image_id\": \(index * 7 % pictures + 5), "
        + "\"bbox\": [1, 2, \(index % 90 + 1), 4.5], \"category_id\": \(index % 2), "
        + "\"note\": \"a ] } \\\" [ \\\\\"}"
    }
    let images = (0..<pictures).map {
      "{\"id\": \($0 + 5), \"file_name\": \"\($0).jpg\", \"width\": 100, \"height\": 80}"
    }
    try folder.write(
      "\u{FEFF} {\"info\": {\"a\": [1, {\"b\": \"]\"}]}, \"annotations\": ["
        + annotations.joined(separator: ",\n ") + "], \"other\": [1, \"two\", null], "
        + "\"images\": [" + images.joined(separator: ",") + "], \"categories\": "
        + "[{\"id\": 0, \"name\": \"d\\u00f6g\"}, {\"id\": 1, \"name\": \"cat\"}]}\n\n",
      to: "a.json")
    let file = try folder.write(
      "train: {images: pictures, annotations: a.json}\n", to: "d.yaml")
    let dataset = try DataDescription.load(file).dataset(.train)
    #expect(dataset.classNames == ["dög", "cat"])
    #expect(dataset.samples.map(\.imageID) == (0..<pictures).map { $0 + 5 })
    for sample in 0..<pictures {
      // Those of one picture in the file's order.
      let expected = (0..<3000).filter { $0 * 7 % pictures == sample }
      let found = dataset.annotations(of: sample)
      #expect(found.map(\.written.width) == expected.map { Double($0 % 90 + 1) })
      #expect(found.map(\.classIndex) == expected.map { Int32($0 % 2) })
    }
  }

  @Test func ignoredObjectsAreNoTargets() throws {
    let dataset = try read(
      annotations: """
        {"id": 1, "image_id": 3, "category_id": 9, "bbox": [1, 2, 3, 4], "ignore": 1},
        {"id": 2, "image_id": 3, "category_id": 9, "bbox": [9, 9, 3, 4], "iscrowd": true},
        {"id": 3, "image_id": 3, "category_id": 9, "bbox": [19, 9, 3, 4], "ignore": 0, "iscrowd": 0,
         "area": null}
        """)
    #expect(dataset.annotations.map(\.isIgnored) == [true, true, false])
    #expect(dataset.annotations.map(\.isCrowd) == [false, true, false])
    let maker = RecipeMaker(dataset: dataset, augmentation: nil, seed: 0)
    let targets = maker.make(.init(sample: 1, size: CanvasSize(side: 64))).targets
    #expect(targets.boxes.count == 1 && targets.ignored.count == 2)
  }

  @Test func noBeginningIsTakenForTheWhole() throws {
    let folder = try TemporaryFolder()
    try folder.writePicture("pictures/a.png")
    try folder.writePicture("pictures/b.png")
    let file = try folder.write(
      "train: {images: pictures, annotations: a.json}\n", to: "d.yaml")
    let description = try DataDescription.load(file)
    let text =
      "{\(Self.images), \(Self.categories), \"annotations\": [{\"id\": 1, \"image_id\": 3, "
      + "\"category_id\": 9, \"bbox\": [1, 2, 3, 4]}]}"
    try folder.write(text, to: "a.json")
    #expect(try description.dataset(.train).annotations.count == 1)
    for length in 0..<text.count {
      try folder.write(String(text.prefix(length)), to: "a.json")
      let message = sentence { _ = try description.dataset(.train) }
      #expect(message.hasPrefix("\(folder.path)/a.json: "), "after \(length): \(message)")
    }
    for (more, expected) in [("}", "goes on after its last }"), (" 1", "goes on")] {
      try folder.write(text + more, to: "a.json")
      #expect(sentence { _ = try description.dataset(.train) }.contains(expected))
    }
  }

  @Test func listsAreNeededOnceAsLists() throws {
    for (json, expected) in [
      ("[]", "is not a JSON object"), ("{}", "lacks 'images', which COCO instances have"),
      ("{\"images\": {}}", "'images' is not a list"),
      ("{\(Self.images), \(Self.images)}", "has 'images' twice"),
      ("{\"images\": [{\"id\": 1}]}", "images[0] (id 1): lacks 'file_name'"),
      (
        "{\"images\": [{\"id\": 1, \"width\": \"640\"}]}",
        "images[0] (id 1): width is a string, expected an integer"
      ),
      (
        "{\"images\": [{\"id\": 4, \"file_name\": \"a.png\", \"width\": 1, \"height\": 1}, "
          + "{\"id\": 4, \"file_name\": \"b.png\", \"width\": 1, \"height\": 1}], "
          + "\"annotations\": [], \(Self.categories)}", "image id 4 stands here twice"
      ),
    ] {
      let message = sentence { _ = try read(json) }
      #expect(message.contains(expected), "\(message)")
      #expect(message.contains("/a.json"))
    }
  }

  @Test func textMustBeUTF8() throws {
    let folder = try TemporaryFolder()
    try folder.writePicture("pictures/a.png")
    try Data(
      "{\"images\": [{\"id\": 1, \"file_name\": \"".utf8 + [0xFF, 0xFE] + "\"}]}".utf8
    ).write(to: folder.appending("a.json"))
    let file = try folder.write(
      "train: {images: pictures, annotations: a.json}\n", to: "d.yaml")
    let message = sentence { _ = try DataDescription.load(file).dataset(.train) }
    #expect(message.hasSuffix("/a.json: images[0] is not UTF-8"), "\(message)")
  }

  @Test func checkGoesOnAfterAMalformedAnnotation() throws {
    let folder = try TemporaryFolder()
    try folder.writePicture("pictures/a.png")
    try folder.writePicture("pictures/b.png")
    try folder.write(
      "{\(Self.images), \(Self.categories), \"annotations\": ["
        + "{\"id\": 1, \"image_id\": 3, \"category_id\": 9, \"bbox\": [10, 20, 30, 40]}, "
        + "{\"id\": 2, \"image_id\": 3, \"category_id\": \"dog\", \"bbox\": [1, 2, 3, 4]}, "
        + "{\"image_id\": 3}, {\"id\": 4, \"image_id\": 7, \"category_id\": 2, "
        + "\"bbox\": [1, 2, 30, 40]}]}", to: "a.json")
    let file = try folder.write(
      "train: {images: pictures, annotations: a.json}\n", to: "d.yaml")
    let report = try DataDescription.load(file).checked()
    #expect(report.places(.malformedLabel).map(\.mark) == [.annotation(2), .position(2)])
    #expect(
      report.places(.malformedLabel)[0].detail == "category_id is a string, expected an integer")
    #expect(report.splits.map(\.objects) == [2])
  }
}
