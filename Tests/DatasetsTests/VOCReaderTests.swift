import Boxes
import Datasets
import TestSupport
import Testing

@Suite struct VOCReaderTests {
  /// One object for each of the given texts inside `<object>`, each on a line of its own from 5 on.
  static func annotation(_ objects: [String], width: Int = 100, height: Int = 80) -> String {
    "<annotation>\n<filename>a.jpg</filename>\n<size><width>\(width)</width>\n"
      + "<height>\(height)</height></size>\n"
      + objects.map { "<object>\($0)</object>\n" }.joined() + "</annotation>\n"
  }

  static func object(_ name: String, _ corners: [Int], _ more: String = "") -> String {
    "<name>\(name)</name>\(more)<bndbox><xmin>\(corners[0])</xmin><ymin>\(corners[1])</ymin>"
      + "<xmax>\(corners[2])</xmax><ymax>\(corners[3])</ymax></bndbox>"
  }

  /// Reads one picture of 100×80 with the given annotation file.
  private func read(
    _ xml: String, names: String = "names: [cat, dog]\n", more: String = ""
  ) throws -> (Dataset, TemporaryFolder) {
    let folder = try TemporaryFolder()
    try folder.writePicture("JPEGImages/a.jpg")
    try folder.write(xml, to: "Annotations/a.xml")
    try folder.write("a\n", to: "ImageSets/Main/train.txt")
    let file = try folder.write(
      "format: voc\ntrain: ImageSets/Main/train.txt\n" + names + more, to: "d.yaml")
    return (try DataDescription.load(file).dataset(.train), folder)
  }

  @Test func coordinatesAreOneBasedAndInclusive() throws {
    // xmin 11 is the eleventh pixel, whose left edge is 10; xmax 30 ends at 30.
    let (dataset, _) = try read(Self.annotation([Self.object("dog", [11, 21, 30, 60])]))
    let annotation = try #require(dataset.annotations(of: 0).first)
    #expect(annotation.box == Box(left: 10, top: 20, right: 30, bottom: 60))
    #expect(annotation.written == .init(x: 10, y: 20, width: 20, height: 40))
    #expect(annotation.area == 800)
    #expect(annotation.classIndex == 1)
    #expect(!annotation.isDifficult)
    #expect(dataset.samples[0].width == 100 && dataset.samples[0].height == 80)
    #expect(dataset.report.warnings.isEmpty)
  }

  @Test func halfOpenCoordinatesArePlainEdges() throws {
    let (dataset, _) = try read(
      Self.annotation([Self.object("cat", [11, 21, 30, 60])]), more: "vocCoordinates: halfOpen\n")
    #expect(
      dataset.annotations[0].box == Box(left: 11, top: 21, right: 30, bottom: 60))
  }

  @Test func difficultIsKept() throws {
    let (dataset, _) = try read(
      Self.annotation([Self.object("cat", [1, 1, 9, 9], "<difficult>1</difficult>")]))
    #expect(dataset.annotations[0].isDifficult)
    #expect(dataset.annotations[0].isIgnored)
  }

  @Test func badBoxesAreCountedAndNamed() throws {
    let (dataset, folder) = try read(
      Self.annotation([
        Self.object("cat", [0, 10, 120, 20]), Self.object("cat", [50, 30, 50, 30]),
        Self.object("cat", [40, 30, 20, 60]), Self.object("cat", [200, 10, 220, 20]),
        Self.object("dog", [1, 1, 100, 80]),
      ]))
    // Clipped, not shifted: both edges are where the picture ends.
    #expect(dataset.annotations.count == 2)
    #expect(dataset.annotations[0].box == Box(left: 0, top: 9, right: 100, bottom: 20))
    let report = dataset.report
    #expect(report.writtenBoxCount == 5)
    #expect(report.keptBoxCount == 2)
    #expect(report.count(of: .clipped) == 1)
    #expect(report.count(of: .noArea) == 1)
    #expect(report.count(of: .inverted) == 1)
    #expect(report.count(of: .outside) == 1)
    #expect(report.warnings.count == 4)
    #expect(
      report.warnings.contains { $0.contains("\(folder.path)/Annotations/a.xml, line 6") })
  }

  @Test(arguments: [
    (
      annotation([object("dgo", [1, 1, 9, 9])]), "line 5: unknown class 'dgo', did you mean 'dog'?"
    ),
    ("<annotation>\n<object>\n", "line 3: the XML is broken or ends early"),
    ("<annotation>\n<b></c>\n</annotation>", "the XML is broken"),
    ("not xml", "line 1: "),
    ("", "line 1: "),
    ("<html></html>", "the root element is <html>, expected <annotation>"),
    (
      "<annotation>\n<object>\n<name>cat</name></object></annotation>",
      "line 3: an <object> lacks one of <xmin>"
    ),
    (
      "<annotation><object><name>cat</name><bndbox>\n<xmin>ten</xmin></bndbox></object>"
        + "</annotation>", "line 2: <xmin> is 'ten', expected a number"
    ),
    (
      // One line whatever the file holds.
      "<annotation><object><name>cat</name><bndbox><xmin>1\n2</xmin></bndbox></object>"
        + "</annotation>", "line 2: <xmin> is '1 2', expected a number"
    ),
    ("<annotation><size><width>inf</width></size></annotation>", "<width> is 'inf', expected"),
  ])
  func wrongAnnotationIsExplained(xml: String, expected: String) throws {
    let message = sentence { _ = try read(xml) }
    #expect(message.contains(expected), "\(message)")
    #expect(message.contains("/Annotations/a.xml"))
  }

  @Test func namesAreGatheredByAlphabet() throws {
    let (dataset, _) = try read(
      Self.annotation([Self.object("dog", [1, 1, 9, 9]), Self.object("ant", [1, 1, 9, 9])]),
      names: "")
    #expect(dataset.classNames == ["ant", "dog"])
    #expect(dataset.annotations.map(\.classIndex) == [1, 0])
    #expect(dataset.report.count(of: .namesFromAnnotations) == 1)
  }

  @Test func sizeThatIsNotStatedComesFromThePicture() throws {
    let (dataset, _) = try read(
      Self.annotation([Self.object("cat", [1, 1, 9, 9])], width: 0, height: 0))
    #expect(dataset.samples[0].width == 100 && dataset.samples[0].height == 80)
  }

  @Test func missingFilesAreNamed() throws {
    let folder = try TemporaryFolder()
    let file = try folder.write(
      "format: voc\ntrain: ImageSets/Main/train.txt\nnames: [cat]\n", to: "d.yaml")
    let description = try DataDescription.load(file)
    func message() -> String { sentence { _ = try description.dataset(.train) } }
    #expect(message().hasSuffix("not found: \(folder.path)/ImageSets/Main/train.txt"))
    try folder.write("\n", to: "ImageSets/Main/train.txt")
    #expect(message().contains("names no pictures"))
    try folder.write("a\nb\n", to: "ImageSets/Main/train.txt")
    #expect(message() == "annotation file not found: \(folder.path)/Annotations/a.xml")
    try folder.write(Self.annotation([]), to: "Annotations/a.xml")
    try folder.write(Self.annotation([]), to: "Annotations/b.xml")
    try folder.writePicture("JPEGImages/a.png")
    // The second file's <filename> is a.jpg, which is not there either.
    #expect(message().hasPrefix("1 of 2 pictures named by"))
    #expect(message().contains("\(folder.path)/JPEGImages/b.jpg"))
    #expect(
      sentence { _ = try description.dataset(.val) }.hasSuffix("no split 'val'; it has train"))
  }
}
