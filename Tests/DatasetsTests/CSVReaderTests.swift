import Boxes
import Datasets
import TestSupport
import Testing

@Suite struct CSVReaderTests {
  private static let header = "file,width,height,class,left,top,right,bottom"

  /// Reads a file beside pictures a.png and b.png of 100×80.
  private func read(_ text: String, names: String = "names: [dog, cat]\n") throws -> Dataset {
    let folder = try TemporaryFolder()
    for name in ["a", "b"] { try folder.writePicture("\(name).png") }
    try folder.write(text, to: "train.csv")
    let file = try folder.write("format: csv\ntrain: train.csv\n" + names, to: "d.yaml")
    return try DataDescription.load(file).dataset(.train)
  }

  @Test func rowsAreObjectsOfPixels() throws {
    let dataset = try read(
      """
      \(Self.header),ignored
      b.png,100,80,cat,10.5,20,30,60,
      a.png,100,80,,,,,,
      b.png,100,80,"dog",0,0,100,80,difficult
      "b.png" , 100,80, cat ,1,2,3,4,crowd

      """)
    #expect(dataset.samples.map { $0.path.suffix(5) } == ["b.png", "a.png"])
    #expect(dataset.annotations(of: 0).map(\.classIndex) == [1, 0, 1])
    #expect(dataset.annotations[0].box == Box(left: 10.5, top: 20, right: 30, bottom: 60))
    #expect(dataset.annotations[0].written == .init(x: 10.5, y: 20, width: 19.5, height: 40))
    #expect(dataset.annotations.map(\.isDifficult) == [false, true, false])
    #expect(dataset.annotations.map(\.isCrowd) == [false, false, true])
    #expect(dataset.annotations(of: 1).isEmpty)
    #expect(dataset.report.count(of: .noObjects) == 1)
  }

  @Test func sizesMayBeLeftToTheFileAndMarksLeftOut() throws {
    // With the mark and line ends of a spreadsheet.
    let dataset = try read("\u{FEFF}\(Self.header)\r\na.png,,,cat,1,2,3,4\r\n")
    #expect(dataset.samples.map(\.width) == [100] && dataset.samples.map(\.height) == [80])
    #expect(dataset.annotations.map(\.isIgnored) == [false])
  }

  @Test func namesAreGatheredFromAllSplits() throws {
    let folder = try TemporaryFolder()
    try folder.writePicture("a.png")
    let files = try [("train", "dog"), ("val", "ant")].map { split, name in
      try folder.write("\(Self.header)\na.png,100,80,\(name),1,2,3,4\n", to: "\(split).csv")
    }
    for path in [folder.path, files[0]] {
      let description = try DataDescription.load(path)
      #expect(description.format == .csv)
      #expect(description.splitNames == [.train, .val])
      let dataset = try description.dataset(.train)
      #expect(dataset.classNames == ["ant", "dog"])
      #expect(dataset.annotations.map(\.classIndex) == [1])
      #expect(dataset.report.count(of: .namesFromAnnotations) == 1)
    }
  }

  @Test(arguments: [
    ("\(header),mark\n", "line 1: 'file,width,height,class,left,top,right,bottom,mark' is not"),
    ("a.png,100,80,cat,1,2,3,4\n", "line 1: 'a.png,100,80,cat,1,2,3,4' is not a label, expected"),
    ("\(header)\na.png,100,80,cat,1,2,3,4\n\na.png,100,80,cat,1,2,3\n", "line 4: "),
    ("\(header)\na.png,100,80,cat,1,2,three,4\n", "line 2: "),
    ("\(header)\na.png,100,80,cat,1,2,inf,4\n", "line 2: "),
    ("\(header)\na.png,100,,cat,1,2,3,4\n", "line 2: "),
    ("\(header)\na.png,100,80,,1,2,3,4\n", "line 2: "),
    ("\(header)\n,100,80,cat,1,2,3,4\n", "line 2: "),
    ("\(header)\n\"a.png,100,80,cat,1,2,3,4\n", "line 2: "),
    ("\(header),ignored\na.png,100,80,cat,1,2,3,4,1\n", "line 2: "),
    (
      "\(header)\na.png,100,80,cat,1,2,3,4\na.png,100,81,cat,1,2,3,4\n",
      "line 3: 'a.png' is not a label, expected the same width and height as on line 2"
    ),
    (
      "\(header)\na.png,100,80,cta,1,2,3,4\n", "line 2: unknown class 'cta', did you mean 'cat'?"
    ),
    ("\(header)\n", "names no pictures"),
    ("\(header)\nc.png,100,80,cat,1,2,3,4\n", "1 of 1 pictures named by"),
  ])
  func wrongRowIsExplained(text: String, expected: String) {
    let message = sentence { _ = try read(text) }
    #expect(message.contains(expected), "\(message)")
    #expect(message.contains("/train.csv"))
  }

  @Test func splitOfAnotherKindIsRefused() throws {
    let folder = try TemporaryFolder()
    let file = try folder.write(
      "format: csv\ntrain: {images: x, annotations: y.json}\n", to: "d.yaml")
    #expect(
      sentence { _ = try DataDescription.load(file) }.contains("expected a folder or a list"))
  }
}
