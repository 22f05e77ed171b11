import Boxes
import Datasets
import Foundation
import TestSupport
import Testing

@Suite struct ShapesGeneratorTests {
  @Test func drawingIsAFunctionOfItsKey() {
    let generator = ShapesGenerator()
    let drawing = generator.drawing(4)
    let again = ShapesGenerator().drawing(4)
    #expect(drawing.pixels == again.pixels && drawing.shapes == again.shapes)
    #expect(generator.drawing(5).pixels != drawing.pixels)
    #expect(generator.drawing(4, split: .val).pixels != drawing.pixels)
    var other = ShapesGenerator.Settings()
    other.seed = 1
    #expect(ShapesGenerator(other).drawing(4).pixels != drawing.pixels)
  }

  @Test func shapesKeepTheirPromises() {
    let generator = ShapesGenerator()
    var classes: Set<Int> = []
    var sides: [Float] = []
    for index in 0..<60 {
      let drawing = generator.drawing(index)
      #expect(drawing.pixels.count == 320 * 320 * 3)
      #expect(!drawing.shapes.isEmpty)
      if index % 3 == 2 { #expect(drawing.shapes.count >= 10) }
      for shape in drawing.shapes {
        let box = shape.box
        #expect(box.left >= 0 && box.top >= 0 && box.right <= 320 && box.bottom <= 320)
        #expect(shape.visibleShare >= 0.6 && shape.visibleShare <= 1)
        classes.insert(shape.classIndex)
        sides.append(max(box.width, box.height))
      }
    }
    #expect(classes.count == 8)
    #expect(ShapesGenerator.classNames.count == 8)
    #expect(sides.allSatisfy { $0 >= 6 && $0 <= 201 })
    #expect(sides.contains { $0 < 10 } && sides.contains { $0 > 150 })
  }

  @Test func shapesThatMustBeWhollyVisibleKeepApart() {
    var settings = ShapesGenerator.Settings()
    settings.minimumVisibleShare = 1
    let generator = ShapesGenerator(settings)
    var pairs = 0
    for index in 0..<90 {
      let circles = generator.drawing(index).shapes.filter { $0.classIndex == 0 }.map(\.box)
      for (position, one) in circles.enumerated() {
        for other in circles[..<position] {
          let (x, y) = (one.centerX - other.centerX, one.centerY - other.centerY)
          // A pixel belongs to one circle only; edges are rounded to pixels.
          let reach = (one.width + other.width) / 2 - 1.5
          #expect((x * x + y * y).squareRoot() >= reach)
          pairs += 1
        }
      }
    }
    #expect(pairs > 50)
  }

  @Test(arguments: DataDescription.Format.allCases)
  func allFormatsReadBackAlike(format: DataDescription.Format) throws {
    let folder = try TemporaryFolder()
    var set = ShapesFolder(format: format)
    (set.train, set.val, set.test) = (4, 2, 0)
    let description = try set.materialize(at: folder.path + "/a/shapes")
    #expect(description.splitNames == [.train, .val])
    for (split, count) in [(DataDescription.Split.train, 4), (.val, 2)] {
      let dataset = try description.dataset(split)
      #expect(dataset.count == count)
      #expect(dataset.classNames == ShapesGenerator.classNames)
      #expect(dataset.report.warnings.isEmpty)
      for index in 0..<count {
        let shapes = set.generator.drawing(index, split: split).shapes
        let read = Array(dataset.annotations(of: index))
        #expect(read.map(\.classIndex) == shapes.map { Int32($0.classIndex) })
        for (annotation, shape) in zip(read, shapes) {
          let box = annotation.box
          #expect(abs(box.left - shape.box.left) < 1e-3 && abs(box.top - shape.box.top) < 1e-3)
          #expect(
            abs(box.right - shape.box.right) < 1e-3 && abs(box.bottom - shape.box.bottom) < 1e-3)
        }
      }
    }
  }

  @Test func setIsWrittenOnceAndReplacedOnlyOnRequest() throws {
    let folder = try TemporaryFolder()
    let path = folder.path + "/shapes"
    var set = ShapesFolder()
    (set.train, set.val) = (2, 1)
    _ = try set.materialize(at: path)
    let picture = path + "/images/train/train_000000.jpg"
    func date() throws -> Date? {
      try FileManager.default.attributesOfItem(atPath: picture)[.modificationDate] as? Date
    }
    let first = try date()
    _ = try set.materialize(at: path)
    #expect(try date() == first)
    set.train = 3
    #expect(throws: DatasetError.folderNotEmpty(path: path)) { try set.materialize(at: path) }
    #expect(try date() == first)
    #expect(try set.materialize(at: path, replaces: true).dataset(.train).count == 3)
    #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path) == ["shapes"])
  }

  @Test func foreignFolderIsLeftAlone() throws {
    let folder = try TemporaryFolder()
    try folder.write("mine", to: "notes.txt")
    #expect(throws: DatasetError.folderNotEmpty(path: folder.path)) {
      try ShapesFolder().materialize(at: folder.path)
    }
    // A file in place of the folder, and a folder whose only content is hidden.
    #expect(throws: DatasetError.folderNotEmpty(path: folder.file("notes.txt"))) {
      try ShapesFolder().materialize(at: folder.file("notes.txt"))
    }
    try folder.write("mine", to: "hidden/.git")
    #expect(throws: DatasetError.folderNotEmpty(path: folder.file("hidden"))) {
      try ShapesFolder().materialize(at: folder.file("hidden"))
    }
  }
}
