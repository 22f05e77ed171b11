import Evaluation
import Foundation
import TestSupport
import Testing

/// Reading and writing COCO's two JSON formats.
struct CocoFileTests {
  private let header = #""images": [{"id": 5}], "categories": [{"id": 2, "name": "a"}]"#

  private func truthError(_ json: String) throws -> EvaluationError? {
    let folder = try TemporaryFolder()
    defer { withExtendedLifetime(folder) {} }
    let file = try folder.write(json, to: "truth.json")
    return #expect(throws: EvaluationError.self) { try CocoTruth(instances: file) }
  }

  private func results(_ json: String) throws -> CocoResults {
    let truth = CocoTruth(
      imageIDs: [5], categories: [CocoCategory(id: 2, label: "a")], objects: [])
    let folder = try TemporaryFolder()
    defer { withExtendedLifetime(folder) {} }
    return try CocoResults(reading: folder.write(json, to: "results.json"), for: truth)
  }

  private func resultsError(_ json: String) -> String? {
    #expect(throws: EvaluationError.self) { try results(json) }.map(\.description)
  }

  @Test func writtenFilesReadBack() throws {
    let (truth, detections) = madeUpSet(seed: 4)
    let folder = try TemporaryFolder()
    defer { withExtendedLifetime(folder) {} }
    try truth.writeInstances(to: folder.file("t.json"))
    try CocoResults(detections: detections).write(to: folder.file("d.json"), for: truth)
    let back = try CocoTruth(instances: folder.file("t.json"))
    #expect(back.objects == truth.objects)
    #expect(back.imageIDs == truth.imageIDs && back.categories == truth.categories)
    #expect(try CocoResults(reading: folder.file("d.json"), for: back).detections == detections)
  }

  @Test func metricsWriteNullForWhatIsUndefined() throws {
    let json = try JSONEncoder().encode(metrics([], []))
    let document = try #require(try JSONSerialization.jsonObject(with: json) as? [String: Any])
    #expect(document["APsmall"] is NSNull && document["AR100"] is NSNull)
    #expect(document.count == 14)
  }

  @Test func truthsFaultIsNamedWithItsEntry() throws {
    func annotation(_ text: String) -> String { "{\(header), \"annotations\": [\(text)]}" }
    let good = #"{"image_id": 5, "category_id": 2, "bbox": [1, 2, 3, 4], "area": 12}"#
    let cases = [
      (good.replacing("5", with: "6"), "annotations[1] names image 6"),
      (good.replacing(#"_id": 2"#, with: #"_id": 9"#), "annotations[1] names category 9"),
      (good.replacing(#", "area": 12"#, with: ""), "annotations[1] lacks 'area'"),
      (good.replacing("12", with: "NaN"), "annotations[1] is not JSON: there is no NaN"),
      (good.replacing("12", with: "null"), "annotations[1] area is null, expected a number"),
      (good.replacing("3, 4", with: "3"), "annotations[1] bbox holds 3 numbers"),
      (good.replacing("3, 4", with: #"3, "4""#), "annotations[1] bbox is a string"),
      (good.replacing("[1, 2, 3, 4]", with: "7"), "annotations[1] bbox is a number"),
      (good.replacing("{", with: #"{"id": 9, "iscrowd": "no", "#), "annotations[1] (id 9) iscrowd"),
      ("7", "annotations[1] is a number, expected an object"),
    ]
    for (text, message) in cases {
      let error = try #require(try truthError(annotation(good + "," + text)))
      #expect(error.description.contains("truth.json: " + message), "\(error)")
    }
  }

  @Test func repeatedImageIDIsRefused() throws {
    let json = #"{"images": [{"id": 5}, {"id": 5}], "categories": [], "annotations": []}"#
    let error = try #require(try truthError(json))
    #expect(error.description.contains("images[1] repeats the id 5"))
  }

  @Test func resultsFaultIsNamedWithItsEntry() {
    let good = #"{"image_id": 5, "category_id": 2, "bbox": [1, 2, 3, 4], "score": 0.5}"#
    let cases = [
      (good.replacing("5,", with: "6,"), "[1] names image 6"),
      (good.replacing(#", "score": 0.5"#, with: ""), "[1] lacks 'score'"),
      (good.replacing("0.5", with: "NaN"), "[1] is not JSON: there is no NaN"),
      (good.replacing("0.5", with: "1e999"), "[1] is not JSON: a number is malformed or too large"),
      (good.replacing("0.5", with: #""high""#), "[1] score is a string, expected a number"),
      (good.replacing("3, 4", with: "3, -Infinity"), "[1] is not JSON: there is no Infinity"),
      (good.replacing("3, 4", with: "3, 4, 5"), "[1] bbox holds 5 numbers"),
      (good + "}", "is not JSON: expected , or ] before [2]"),
      (good.replacing("5,", with: "5.5,"), "[1] image_id is a number with a fraction"),
    ]
    for (text, message) in cases {
      let found = resultsError("[\(good), \(text)]")
      #expect(found?.contains("results.json: " + message) == true, "\(found ?? "")")
    }
    #expect(resultsError(good)?.contains("is not a JSON list") == true)
    #expect(resultsError("")?.contains("results.json: is empty") == true)
    #expect(resultsError("[\(good)")?.contains("ends early") == true)
    #expect(resultsError("[\(good)] 1")?.contains("goes on after its last ]") == true)
  }

  @Test func detectionsOfOtherCategoriesAreCounted() throws {
    let read = try results(
      #"[{"image_id": 5, "category_id": 3, "bbox": [1, 2, 3, 4], "score": 0.5}]"#)
    #expect(read.detections.isEmpty && read.unknownCategoryCount == 1)
    #expect(read.warnings.count == 2)
  }

  @Test func boxesOfNegativeSizeAreCounted() throws {
    let read = try results(
      #"[{"image_id": 5, "category_id": 2, "bbox": [1, 2, -3, 4], "score": 0.5}]"#)
    #expect(read.detections.count == 1 && read.negativeBoxCount == 1)
    #expect(read.warnings == ["1 boxes of negative width or height match nothing"])
  }

  @Test func emptyResultsAreFineButSaid() throws {
    let read = try results("[]")
    #expect(read.detections.isEmpty)
    #expect(read.warnings == ["no detections are left to evaluate"])
  }

  @Test func numbersAreReadToTheLastBit() throws {
    let read = try results(
      """
      \u{FEFF}[{"score": 0.1234567890123456789, "segmentation": {"counts": "x"}, "category_id": 2.0,
      "image_id": 5, "bbox": [1e-3, -2, 3, 4]}]
      """)
    let expected = CocoDetection(
      image: 0, category: 0, box: box(0.001, -2, 3, 4), score: 0.1234567890123456789)
    #expect(read.detections == [expected])
  }

  @Test func missingFileIsNotFound() {
    #expect(throws: EvaluationError.notFound(file: "/absent/truth.json")) {
      try CocoTruth(instances: "/absent/truth.json")
    }
  }

  @Test func missingFolderIsNamedWhenWriting() throws {
    let error = try #require(
      #expect(throws: EvaluationError.self) {
        try CocoTruth(labels: [], imageCount: 0, objects: []).writeInstances(to: "/absent/t.json")
      })
    #expect(error.description == "/absent/t.json: cannot be written: no such file or directory")
  }

  @Test func scoreThatIsNotFiniteIsNotWritten() throws {
    let truth = CocoTruth(labels: ["a"], imageCount: 1, objects: [])
    let broken = CocoDetection(image: 0, category: 0, box: box(0, 0, 1, 1), score: .nan)
    let folder = try TemporaryFolder()
    let file = folder.file("d.json")
    #expect(throws: EvaluationError.notFinite(file: file, entry: "[0].score")) {
      try CocoResults(detections: [broken]).write(to: file, for: truth)
    }
  }

  @Test func tableAlignsItsColumns() {
    let text = metrics(labels: ["a", "a longer name"], [], []).description
    let lines = text.split(separator: "\n").suffix(3)
    #expect(Set(lines.map(\.count)).count == 1, "\(text)")
  }
}
