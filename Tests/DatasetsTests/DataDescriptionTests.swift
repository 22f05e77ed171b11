import Datasets
import TestSupport
import Testing

@Suite struct DataDescriptionTests {
  @Test func pathIsSeenFromTheDescription() throws {
    let folder = try TemporaryFolder()
    try folder.write("a\n", to: "data/ImageSets/Main/train.txt")
    let file = try folder.write(
      "format: voc\npath: ../data\ntrain: ImageSets/Main/train.txt\nnames: [cat, dog]\n"
        + "vocCoordinates: halfOpen\n", to: "descriptions/d.yaml")
    let description = try DataDescription.load(file)
    #expect(description.format == .voc)
    #expect(description.root == folder.path + "/data")
    #expect(
      description.splits[.train] == .lists([folder.path + "/data/ImageSets/Main/train.txt"]))
    #expect(description.names == ["cat", "dog"])
    #expect(description.vocCoordinates == .halfOpen)
    #expect(description.splitNames == [.train])
  }

  @Test func ultralyticsDescriptionWorksUnchanged() throws {
    let folder = try TemporaryFolder()
    try folder.writePicture("images/train/a.jpg")
    try folder.writePicture("images/val/b.jpg")
    let file = try folder.write(
      "path: ../datasets/coco8 # dataset root dir\ntrain: images/train\nval: images/val\ntest:\n"
        + "nc: 2\nnames:\n  0: person\n  1: bicycle\ndownload: https://example.org/coco8.zip\n",
      to: "data.yaml")
    let description = try DataDescription.load(file)
    #expect(description.format == .yolo)
    #expect(description.names == ["person", "bicycle"])
    #expect(description.splitNames == [.train, .val])
    // The root that is not there, and the key that is not used, are said.
    #expect(description.notes.count == 2)
    #expect(try description.dataset(.val).count == 1)
  }

  @Test func roboflowPathsBesideTheDescriptionAreFound() throws {
    let folder = try TemporaryFolder()
    try folder.writePicture("train/images/a.jpg")
    let file = try folder.write(
      "train: ../train/images\nval: ../train/images\nnames: [x]\n", to: "data.yaml")
    #expect(try DataDescription.load(file).dataset(.train).count == 1)
  }

  @Test func cocoSplitsAreMaps() throws {
    let folder = try TemporaryFolder()
    let file = try folder.write(
      "train: {images: pictures, annotations: a/train.json}\n", to: "d.yaml")
    let description = try DataDescription.load(file)
    #expect(description.format == .coco)
    #expect(
      description.splits[.train]
        == .coco(images: folder.path + "/pictures", annotations: folder.path + "/a/train.json"))
  }

  @Test func foldersAreRecognised() throws {
    let folder = try TemporaryFolder()
    try folder.write("a\n", to: "v/ImageSets/Main/val.txt")
    try folder.write("", to: "v/Annotations/a.xml")
    #expect(try DataDescription.load(folder.path + "/v").format == .voc)
    try folder.write("", to: "r/train/a.xml")
    try folder.write("", to: "r/valid/b.xml")
    let exported = try DataDescription.load(folder.path + "/r")
    #expect(exported.format == .voc && exported.splitNames == [.train, .val])
    try folder.writePicture("y/images/train/a.jpg")
    try folder.write("cat\ndog\n", to: "y/classes.txt")
    let yolo = try DataDescription.load(folder.path + "/y")
    #expect(yolo.format == .yolo)
    #expect(yolo.names == ["cat", "dog"])
    try folder.write("{}", to: "c/annotations/instances_train2017.json")
    try folder.write("{}", to: "c/annotations/instances_val2017.json")
    try folder.writePicture("c/train2017/a.jpg")
    try folder.writePicture("c/val2017/a.jpg")
    for path in ["/c", "/c/annotations/instances_val2017.json"] {
      let coco = try DataDescription.load(folder.path + path)
      #expect(coco.splitNames == [.train, .val])
      #expect(
        coco.splits[.train]
          == .coco(
            images: folder.path + "/c/train2017",
            annotations: folder.path + "/c/annotations/instances_train2017.json"))
    }
    try folder.write("train: x\nnames: [a]\n", to: "d/data.yaml")
    #expect(try DataDescription.load(folder.path + "/d").file == folder.path + "/d/data.yaml")
  }

  @Test(arguments: [
    ("trian: x\n", "line 1: unknown key 'trian', did you mean 'train'?; valid keys are format"),
    ("train: x\nformat: vox\n", "line 2: format is 'vox', expected one of voc, yolo, coco, csv"),
    ("train: x\nnames: {0: a, 2: b}\n", "names is 'a map', expected class indices from 0"),
    (
      "train: x\nnames: [a, a]\n",
      "names[1] is 'a', expected a name of its own, names[0] has this one"
    ),
    ("train: x\nnames: {0: a, 1: a}\n", "names.1 is 'a', expected a name of its own"),
    ("train: x\nnames: []\n", "expected at least one name"),
    ("format: yolo\nnames: [a]\n", "has no split 'train'; it has no split"),
    ("train: x\nnames: [a, b]\nnc: 3\n", "line 3: nc is '3', expected 2, as many as names lists"),
    ("train: x\nformat: yolo\n", "class names are missing"),
    ("train: x\nformat: coco\n", "expected {images: folder, annotations: file.json} for coco"),
    ("train: {images: x}\n", "expected both images: and annotations:"),
    ("train: {image: x}\n", "unknown key 'train.image', did you mean 'train.images'?"),
    ("train: [\n", "line 2: "),
    ("just text\n", "line 1: expected 'key: value' lines"),
    ("names: [a]\n", "has no split 'train'; it has no split"),
    ("path: nowhere\ntrain: x\nnames: [a]\n", "the data folder that path: in"),
  ])
  func wrongDescriptionIsExplained(text: String, expected: String) throws {
    let folder = try TemporaryFolder()
    let file = try folder.write(text, to: "d.yaml")
    let message = sentence { _ = try DataDescription.load(file) }
    #expect(message.contains(expected), "\(message)")
    #expect(message.contains(file))
    #expect(!message.contains("\n"))
  }

  @Test func errorsKnowTheirExitCode() throws {
    let folder = try TemporaryFolder()
    #expect(throws: DatasetError.notFound(what: "data set or description", path: "/no/where")) {
      try DataDescription.load("/no/where")
    }
    #expect(DatasetError.notFound(what: "", path: "").category.rawValue == 66)
    #expect(DatasetError.emptyList(path: "").category.rawValue == 65)
    #expect(
      DatasetError.unknownKey(key: "", file: "", line: 1, valid: []).category.rawValue == 64)
    #expect(throws: DatasetError.unrecognizedFormat(path: folder.path)) {
      try DataDescription.load(folder.path)
    }
  }
}
