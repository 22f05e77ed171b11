import Boxes
import Datasets
import Foundation
import TestSupport
import Testing

@Suite struct YOLOReaderTests {
  /// Reads one picture of 100×80 with the given label file; nil for none.
  private func read(_ labels: String?) throws -> Dataset {
    let folder = try TemporaryFolder()
    try folder.writePicture("images/train/a.jpg")
    if let labels { try folder.write(labels, to: "labels/train/a.txt") }
    let file = try folder.write("train: images/train\nnames: [cat, dog]\n", to: "d.yaml")
    return try DataDescription.load(file).dataset(.train)
  }

  @Test func sharesBecomePixels() throws {
    // Centre (50, 20), 20 wide, 40 high.
    let dataset = try read("1 0.5 0.25 0.2 0.5\n\n")
    #expect(dataset.annotations.count == 1)
    #expect(dataset.annotations[0].box == Box(left: 40, top: 0, right: 60, bottom: 40))
    #expect(dataset.annotations[0].classIndex == 1)
    #expect(dataset.annotations[0].area == 800)
    #expect(dataset.report.items.isEmpty)
  }

  /// Files written on Windows end their lines in two characters, which Swift takes for one.
  @Test func linesMayEndAsOnWindows() throws {
    let dataset = try read("1 0.5 0.25 0.2 0.5\r\n0 0.5 0.5 0.2 0.2\r\n1 0.2 0.2 0.1 0.1\r\n")
    #expect(dataset.annotations.map(\.classIndex) == [1, 0, 1])
    #expect(dataset.report.items.isEmpty)
    let folder = try TemporaryFolder()
    for name in ["a", "b"] {
      try folder.writePicture("images/\(name).jpg")
      try folder.write("0 0.5 0.5 0.2 0.2\n", to: "labels/\(name).txt")
    }
    try folder.write("images/a.jpg\r\nimages/b.jpg\r\n", to: "list.txt")
    let file = try folder.write("train: list.txt\nnames: [cat]\n", to: "d.yaml")
    #expect(try DataDescription.load(file).dataset(.train).count == 2)
    try folder.write("cat\r\ndog\r\n", to: "y/classes.txt")
    try folder.writePicture("y/images/train/a.jpg")
    #expect(try DataDescription.load(folder.file("y")).names == ["cat", "dog"])
  }

  @Test func linkedFoldersAreFollowedAndOtherFilesCounted() throws {
    let folder = try TemporaryFolder()
    try folder.writePicture("elsewhere/images/a.jpg")
    try folder.writePicture("elsewhere/images/more/b.jpg")
    try folder.write("GIF89a", to: "elsewhere/images/c.gif")
    let manager = FileManager.default
    try manager.createDirectory(atPath: folder.file("images"), withIntermediateDirectories: true)
    try manager.createSymbolicLink(
      atPath: folder.file("images/train"), withDestinationPath: folder.file("elsewhere/images"))
    // A link back to where it stands must not be followed for ever.
    try manager.createSymbolicLink(
      atPath: folder.file("elsewhere/images/more/back"),
      withDestinationPath: folder.file("elsewhere/images"))
    let file = try folder.write("train: images/train\nnames: [cat, dog]\n", to: "d.yaml")
    let dataset = try DataDescription.load(file).dataset(.train)
    #expect(dataset.samples.map { $0.path.suffix(5) } == ["a.jpg", "b.jpg"])
    #expect(dataset.report.count(of: .noPicture) == 1)
  }

  @Test func polygonIsReadAsItsBox() throws {
    let dataset = try read("0 0.1 0.1 0.5 0.2 0.3 0.75\n")
    let box = dataset.annotations[0].box
    #expect(abs(box.left - 10) < 1e-4 && abs(box.top - 8) < 1e-4)
    #expect(abs(box.right - 50) < 1e-4 && abs(box.bottom - 60) < 1e-4)
    #expect(dataset.report.count(of: .polygon) == 1)
  }

  @Test func pictureWithoutLabelsIsEmptyAndCounted() throws {
    let dataset = try read(nil)
    #expect(dataset.count == 1)
    #expect(dataset.annotations.isEmpty)
    #expect(dataset.report.count(of: .noLabelFile) == 1)
    #expect(try read("").report.count(of: .noLabelFile) == 0)
    #expect(try read("").report.count(of: .noObjects) == 1)
  }

  @Test func boxesBeyondTheEdgeAreClipped() throws {
    let dataset = try read("0 0.95 0.5 0.2 0.5\n0 0.5 0.5 0 0.5\n0 1.5 0.5 0.2 0.5\n")
    #expect(dataset.annotations.map(\.box.right) == [100])
    #expect(dataset.report.count(of: .clipped) == 1)
    #expect(dataset.report.count(of: .noArea) == 1)
    #expect(dataset.report.count(of: .outside) == 1)
  }

  @Test(arguments: [
    ("0 0.5 0.5 0.1 0.1\n0 0.5 0.5 0.1\n", "line 2: '0 0.5 0.5 0.1' is not a label, expected"),
    ("0 50 40 20 10\n", "line 1: '0 50 40 20 10' is not a label, expected 'class cx cy"),
    ("0 0.5 0.5 nan 0.1\n", "line 1"),
    ("cat 0.5 0.5 0.1 0.1\n", "line 1"),
    ("2 0.5 0.5 0.1 0.1\n", "line 1: class 2 is not in 0 ..< 2"),
  ])
  func wrongLabelIsExplained(labels: String, expected: String) {
    let message = sentence { _ = try read(labels) }
    #expect(message.contains(expected), "\(message)")
    #expect(message.contains("/labels/train/a.txt"))
  }

  @Test func listsOfPicturesAreSeenFromTheirFolders() throws {
    let folder = try TemporaryFolder()
    try folder.writePicture("set/images/a.png")
    try folder.writePicture("set/images/b.png")
    try folder.write("0 0.5 0.5 0.5 0.5\n", to: "set/labels/b.txt")
    try folder.write("./images/a.png\n\n./images/b.png\n", to: "set/list.txt")
    let file = try folder.write("train: set/list.txt\nnames: [cat]\n", to: "d.yaml")
    let dataset = try DataDescription.load(file).dataset(.train)
    #expect(dataset.samples.map(\.path).map { $0.hasSuffix("/set/images/a.png") } == [true, false])
    #expect(dataset.annotations(of: 0).isEmpty)
    #expect(dataset.annotations(of: 1).count == 1)
    #expect(dataset.samples.map(\.imageID) == [1, 2])
  }

  @Test func pictureThatCannotBeReadIsLeftOutAndCounted() throws {
    let folder = try TemporaryFolder()
    try folder.writePicture("images/a.jpg")
    try folder.write("not a picture", to: "images/b.jpg")
    let file = try folder.write("train: images\nnames: [cat]\n", to: "d.yaml")
    let dataset = try DataDescription.load(file).dataset(.train)
    #expect(dataset.count == 1)
    #expect(dataset.report.count(of: .unreadable) == 1)
    try folder.write("nor this", to: "images/a.jpg")
    let message = sentence { _ = try DataDescription.load(file).dataset(.train) }
    #expect(message.hasPrefix("none of the pictures can be used; the first is "))
  }
}
