import Datasets
import Foundation
import RandomNumbers
import TestSupport
import Testing

@Suite struct DatasetConverterTests {
  typealias Format = DataDescription.Format

  /// Names that YAML, XML and CSV each would take for something else.
  private static let names = ["zebra", "no", "a, b: \"c\" & <d>", "1", "rené"]

  private static let header = "file,width,height,class,left,top,right,bottom,ignored\n"

  /// A set of the richest format, CSV: sides from 20 to 60 pixels, up to six objects a picture.
  private func randomSet(seed: UInt64, wholePixels: Bool, in folder: TemporaryFolder) throws
    -> DataDescription
  {
    var generator = KeyedGenerator(seed: seed, purpose: "conversion")
    for (split, count) in [("train", 5), ("val", 3)] {
      var rows = Self.header
      // Not in the order of their names.
      for index in generator.permutation(count) {
        let (width, height) = (20 + generator.index(below: 41), 20 + generator.index(below: 41))
        let file = "\(split)/\(split)-\(index).png"
        try folder.writePicture("set/\(file)", width: width, height: height)
        let objects = generator.index(below: 7)
        for _ in 0..<objects {
          let x = edges(width, wholePixels, &generator)
          let y = edges(height, wholePixels, &generator)
          let name = Self.names[generator.index(below: Self.names.count)]
          let quoted = "\"" + name.replacing("\"", with: "\"\"") + "\""
          let mark = ["", "", "crowd", "difficult"][generator.index(below: 4)]
          rows +=
            "\(file),\(width),\(height),\(quoted),\(x.low),\(y.low),\(x.high),\(y.high),\(mark)\n"
        }
        if objects == 0 { rows += "\(file),\(width),\(height),,,,,,\n" }
      }
      try folder.write(rows, to: "set/\(split).csv")
    }
    let quoted = Self.names.map { "\"" + $0.replacing("\"", with: "\\\"") + "\"" }
    return try DataDescription.load(
      folder.write(
        "train: train.csv\nval: val.csv\nnames: [\(quoted.joined(separator: ", "))]\n",
        to: "set/data.yaml"))
  }

  /// Two edges at least three pixels apart, some of them outside the picture.
  private func edges(
    _ side: Int, _ wholePixels: Bool, _ generator: inout KeyedGenerator
  ) -> (low: Double, high: Double) {
    let low = generator.uniform(-3, Double(side) - 4)
    let high = generator.uniform(max(low, 0) + 3, Double(side) + 3)
    return wholePixels ? (low.rounded(), high.rounded()) : (low, high)
  }

  /// Everything that a format can hold must be equal.
  private func expectEqual(
    _ read: DataDescription, _ expected: DataDescription, tolerance: Double, keepsMarks: Bool = true
  ) throws {
    #expect(read.splitNames == expected.splitNames)
    for split in expected.splitNames {
      let (a, b) = (try read.dataset(split), try expected.dataset(split))
      #expect(a.classNames == b.classNames)
      let named = { (set: Dataset) in
        set.samples.map { "\(($0.path as NSString).lastPathComponent) \($0.width) \($0.height)" }
      }
      #expect(named(a) == named(b))
      for index in b.samples.indices where a.count == b.count {
        let objects = Array(a.annotations(of: index))
        let truth = b.annotations(of: index).filter { keepsMarks || !$0.isIgnored }
        #expect(objects.map(\.classIndex) == truth.map(\.classIndex))
        #expect(objects.map(\.isIgnored) == truth.map(\.isIgnored))
        for (object, expected) in zip(objects, truth) {
          let distance = distance(object.written, expected.written)
          #expect(distance <= tolerance, "\(object) \(expected)")
        }
      }
    }
  }

  /// The furthest that an edge lies from its like.
  private func distance(_ a: Annotation.Written, _ b: Annotation.Written) -> Double {
    [a.x - b.x, a.y - b.y, a.x + a.width - b.x - b.width, a.y + a.height - b.y - b.height]
      .map(abs).max() ?? 0
  }

  @Test(arguments: Format.allCases, Format.allCases)
  func everyPairOfFormatsGivesTheSameBack(_ first: Format, _ second: Format) throws {
    for (seed, wholePixels) in [(1, true), (2, false), (3, true), (4, false)] {
      let folder = try TemporaryFolder()
      let set = try randomSet(seed: UInt64(seed), wholePixels: wholePixels, in: folder)
      let there = try DatasetConverter(to: first).convert(set, to: folder.file("a")).description
      let over = try DatasetConverter(to: second).convert(there, to: folder.file("b")).description
      let back = try DatasetConverter(to: first).convert(over, to: folder.file("c")).description
      let exact = 1e-9
      let halfPixel = 0.5 + 1e-9
      try expectEqual(
        there, set, tolerance: first == .voc ? halfPixel : exact, keepsMarks: first != .yolo)
      try expectEqual(
        back, there, tolerance: second == .voc && !wholePixels ? halfPixel : exact,
        keepsMarks: second != .yolo)
      // What is whole is so in any format.
      if wholePixels { try expectEqual(there, set, tolerance: exact, keepsMarks: first != .yolo) }
    }
  }

  @Test(arguments: Format.allCases) func sameSetGivesTheSameFiles(_ format: Format) throws {
    let folder = try TemporaryFolder()
    let set = try randomSet(seed: 5, wholePixels: false, in: folder)
    var converter = DatasetConverter(to: format)
    converter.copiesPictures = true
    for name in ["a", "b"] { _ = try converter.convert(set, to: folder.file(name)) }
    let contents = try ["a", "b"].map { name in
      let files = try FileManager.default.subpathsOfDirectory(atPath: folder.file(name)).sorted()
      return files.map {
        "\($0) \(FileManager.default.contents(atPath: folder.file("\(name)/\($0)")) as NSData?)"
      }
    }
    #expect(contents[0].count > 10 && contents[0] == contents[1])
    // Written anew in its own format, nothing changes either.
    let again = try DatasetConverter(to: format).convert(
      DataDescription.load(folder.file("a")), to: folder.file("c"))
    #expect(again.reports.last?.items.isEmpty == true)
  }

  /// One picture of 100×80 with the given rows after `file,width,height,`, in another format.
  private func converted(
    _ rows: [String], to format: Format
  ) throws -> (dataset: Dataset, report: DatasetReport, folder: TemporaryFolder) {
    let folder = try TemporaryFolder()
    try folder.writePicture("a.png")
    let text = rows.map { "a.png,100,80,\($0)\n" }.joined()
    let file = try folder.write(Self.header + text, to: "train.csv")
    let outcome = try DatasetConverter(to: format).convert(
      DataDescription.load(file), to: folder.file("new"))
    return (try outcome.description.dataset(.train), outcome.reports.last!, folder)
  }

  @Test func marksBecomeWhatTheFormatHas() throws {
    let rows = ["cat,10,10,20,20,", "cat,30,10,40,20,crowd", "cat,50,10,60,20,difficult"]
    let yolo = try converted(rows, to: .yolo)
    #expect(yolo.dataset.annotations.count == 1)
    #expect(yolo.report.count(of: .ignoredLeftOut) == 2)
    let voc = try converted(rows, to: .voc)
    #expect(voc.dataset.annotations.map(\.isDifficult) == [false, true, true])
    #expect(voc.report.count(of: .crowdAsDifficult) == 1)
    let coco = try converted(rows, to: .coco)
    #expect(coco.dataset.annotations.map(\.isCrowd) == [false, true, true])
    #expect(coco.report.count(of: .difficultAsCrowd) == 1)
    let csv = try converted(rows, to: .csv)
    #expect(csv.dataset.annotations.map(\.isCrowd) == [false, true, false])
    #expect(csv.dataset.annotations.map(\.isDifficult) == [false, false, true])
    #expect(csv.report.items.isEmpty)
  }

  @Test func vocRoundsAndSaysSo() throws {
    // Whole; by half a pixel at most; thinner than two; so little inside that it would round away.
    let voc = try converted(
      [
        "cat,10,10,20,20,", "cat,10.4,10,20.6,20,", "cat,99.2,10,99.9,20,", "cat,-5,10,0.3,20,",
      ], to: .voc)
    #expect(voc.report.count(of: .rounded) == 2)
    #expect(voc.report.count(of: .widened) == 1)
    let boxes = voc.dataset.annotations.map(\.written)
    #expect(boxes[0] == .init(x: 10, y: 10, width: 10, height: 10))
    #expect(boxes[1] == .init(x: 10, y: 10, width: 11, height: 10))
    #expect(boxes[2] == .init(x: 98, y: 10, width: 2, height: 10))
    #expect(boxes[3] == .init(x: -5, y: 10, width: 6, height: 10))
  }

  @Test(arguments: Format.allCases) func boxFarOutsideIsCutAndCounted(_ format: Format) throws {
    let far = try converted(["cat,-300,10,50,1e300,", "cat,-20,10,150,90,"], to: format)
    #expect(far.report.count(of: .clippedFar) == 1)
    #expect(far.dataset.annotations.count == 2)
    let box = far.dataset.annotations[0].box
    #expect(abs(box.right - 50) < 1e-4 && box.left == 0 && box.bottom == 80)
  }

  @Test func masksAreasAreKeptByCOCOAlone() throws {
    let folder = try TemporaryFolder()
    try folder.writePicture("train/a.png")
    let file = try folder.write(
      """
      {"images": [{"id": 7, "file_name": "a.png", "width": 100, "height": 80}],
       "categories": [{"id": 9, "name": "dog"}, {"id": 3, "name": "cat"}],
       "annotations": [{"id": 1, "image_id": 7, "category_id": 9, "bbox": [1.25, 2, 10, 10],
                        "area": 60.5}]}
      """, to: "annotations/instances_train.json")
    let source = try DataDescription.load(file)
    let coco = try DatasetConverter(to: .coco).convert(source, to: folder.file("coco"))
    let dataset = try coco.description.dataset(.train)
    #expect(dataset.annotations[0].area == 60.5)
    #expect(dataset.categoryIDs == [3, 9] && dataset.samples[0].imageID == 7)
    #expect(coco.reports.last?.items.isEmpty == true)
    let csv = try DatasetConverter(to: .csv).convert(source, to: folder.file("csv"))
    #expect(csv.reports.last?.count(of: .areaLeftOut) == 1)
    #expect(try csv.description.dataset(.train).classNames == ["cat", "dog"])
  }

  @Test(arguments: Format.allCases) func namesThatMeetAreTakenApart(_ format: Format) throws {
    let folder = try TemporaryFolder()
    for (index, name) in ["x/a.png", "y/a.png", "y/a.jpg", "y/b 1.png"].enumerated() {
      try folder.writePicture("images/\(name)", width: 30 + index, height: 40)
      try folder.write(
        "0 0.5 0.5 0.\(index + 1) 0.5\n",
        to: "labels/\((name as NSString).deletingPathExtension).txt")
    }
    // One picture serves both splits.
    let file = try folder.write("train: images\nval: images/x\nnames: [cat]\n", to: "d.yaml")
    let outcome = try DatasetConverter(to: format).convert(
      DataDescription.load(file), to: folder.file("new"))
    let train = try outcome.description.dataset(.train)
    let name = { (path: String) in (path as NSString).lastPathComponent }
    #expect(train.samples.map { name($0.path) } == ["a.png", "a-2.jpg", "a-3.png", "b_1.png"])
    #expect(train.samples.map(\.width) == [30, 32, 31, 33])
    let val = try outcome.description.dataset(.val)
    #expect(val.samples.map { name($0.path) } == ["a.png"])
    #expect(outcome.reports.last?.count(of: .renamed) == 3)
    #expect(abs(train.annotations[3].box.width - 0.4 * 33) < 0.6)
  }

  @Test func picturesAreLinkedOrCopied() throws {
    let folder = try TemporaryFolder()
    try folder.writePicture("a.png")
    let source = try DataDescription.load(
      folder.write(Self.header + "a.png,100,80,cat,1,1,9,9,\n", to: "train.csv"))
    for copies in [false, true] {
      var converter = DatasetConverter(to: .yolo)
      converter.copiesPictures = copies
      let outcome = try converter.convert(source, to: folder.file("\(copies)"))
      let path = try outcome.description.dataset(.train).samples[0].path
      let link = try? FileManager.default.destinationOfSymbolicLink(atPath: path)
      #expect((link == nil) == copies)
      #expect(link.map { $0.hasSuffix("/a.png") } ?? true)
      #expect(
        FileManager.default.contents(atPath: path)
          == FileManager.default.contents(atPath: folder.file("a.png")))
    }
  }

  @Test func pictureOfAnotherSizeAndDamagedOneAreSaid() throws {
    let folder = try TemporaryFolder()
    try folder.writePicture("a.png")
    try folder.write("no picture", to: "b.png")
    let source = try DataDescription.load(
      folder.write(
        Self.header + "a.png,200,160,cat,1,1,9,9,\nb.png,50,50,,,,,,\n", to: "train.csv"))
    let outcome = try DatasetConverter(to: .coco).convert(source, to: folder.file("new"))
    #expect(outcome.reports.last?.count(of: .otherSize) == 1)
    #expect(outcome.reports.last?.count(of: .damaged) == 1)
    #expect(try outcome.description.dataset(.train).samples.map(\.width) == [200, 50])
  }

  @Test func nothingIsOverwrittenAndNothingLeftBehind() throws {
    let folder = try TemporaryFolder()
    try folder.writePicture("set/a.png")
    let source = try DataDescription.load(
      folder.write(Self.header + "a.png,100,80,cat,1,1,9,9,\n", to: "set/train.csv"))
    try folder.write("mine", to: "full/.hidden")
    #expect(throws: DatasetError.folderNotEmpty(path: folder.file("full"))) {
      try DatasetConverter(to: .voc).convert(source, to: folder.file("full"))
    }
    var twice = source
    twice.names = ["cat", "cat "]
    #expect(throws: DatasetError.unusableClassName(name: "cat ", file: source.file)) {
      try DatasetConverter(to: .voc).convert(twice, to: folder.file("new"))
    }
    let names = try FileManager.default.contentsOfDirectory(atPath: folder.path).sorted()
    #expect(names == ["full", "set"])
  }
}
