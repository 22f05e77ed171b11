import Boxes
import Datasets
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
    ("{\"id\": 1, \"image_id\": 4, \"category_id\": 2, \"bbox\": [1, 2, 3, 4]}", "image_id 4"),
    ("{\"id\": 1, \"image_id\": 3, \"category_id\": 5, \"bbox\": [1, 2, 3, 4]}", "category_id 5"),
    ("{\"id\": 1, \"image_id\": 3, \"category_id\": 2, \"bbox\": [1, 2, 3]}", "annotation 1 needs"),
    ("{\"id\": 1, \"image_id\": 3, \"category_id\": 2}", ".annotations[0] lacks 'bbox'"),
    (
      "{\"id\": 1, \"category_id\": 2, \"bbox\": [1, 2, 3, 4], \"image_id\": \"x\"}",
      ".annotations[0].image_id is not of type Int"
    ),
    ("{", "is not JSON"),
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
    #expect(withoutWidth.contains("image 1 is said to be of 0×80 pixels"))
  }

  @Test func idsMustDiffer() {
    let message = sentence {
      _ = try read(
        "{\(Self.images), \"annotations\": [], \"categories\": [{\"id\": 1, \"name\": \"a\"}, "
          + "{\"id\": 1, \"name\": \"b\"}]}")
    }
    #expect(message.contains("category id 1 stands here twice"))
  }
}
