import Datasets
import Foundation
import Images
import TestSupport

/// Data sets with faults to find.
extension TemporaryFolder {
  /// A picture of 8 × 8 blocks of brightness, which no other seed's looks like.
  @discardableResult
  func writeBlocks(
    _ name: String, seed: Int, width: Int = 100, height: Int = 80, quality: Int = 92
  ) throws -> String {
    let file = appending(name)
    try FileManager.default.createDirectory(
      at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
    var pixels: [UInt8] = []
    for y in 0..<height {
      for x in 0..<width {
        let block = UInt64(y * 8 / height * 8 + x * 8 / width)
        // Knuth's multiplicative hash of seed and block.
        let value = (UInt64(seed) << 20 + block &+ 1) &* 0x9E37_79B9_7F4A_7C15
        pixels += [UInt8](repeating: UInt8(value >> 56), count: 3)
      }
    }
    try Picture(pixels: pixels, width: width, height: height)
      .write(to: file.path, quality: quality)
    return file.path
  }

  /// A YOLO set: pictures by name below `images`, with the lines of their labels; nil for no file.
  func writeYOLO(_ pictures: [(name: String, labels: String?)]) throws -> DataDescription {
    for (index, (name, labels)) in pictures.enumerated() {
      if !FileManager.default.fileExists(atPath: file("images/\(name).jpg")) {
        try writeBlocks("images/\(name).jpg", seed: index)
      }
      if let labels { try write(labels, to: "labels/\(name).txt") }
    }
    let splits = Set(pictures.map { $0.name.prefix { $0 != "/" } })
    let lines = splits.map { "\($0): images/\($0)\n" }.joined()
    return try DataDescription.load(write(lines + "names: [cat, dog]\n", to: "data.yaml"))
  }

  /// A VOC set of one split of pictures of 100×80.
  func writeVOC(_ annotations: [String: String]) throws -> DataDescription {
    for (index, name) in annotations.keys.sorted().enumerated() {
      if !FileManager.default.fileExists(atPath: file("JPEGImages/\(name).jpg")) {
        try writeBlocks("JPEGImages/\(name).jpg", seed: index)
      }
      try write(annotations[name]!, to: "Annotations/\(name).xml")
    }
    try write(
      annotations.keys.sorted().map { $0 + "\n" }.joined(), to: "ImageSets/Main/train.txt")
    return try DataDescription.load(
      write(
        "format: voc\ntrain: ImageSets/Main/train.txt\nnames: [cat, dog]\n", to: "data.yaml"))
  }

  /// The contents of all files, by path.
  func contents() -> [String: Data] {
    let paths = FileManager.default.enumerator(atPath: path)?.compactMap { $0 as? String } ?? []
    return Dictionary(
      uniqueKeysWithValues: paths.compactMap { name in
        FileManager.default.contents(atPath: file(name)).map { (name, $0) }
      })
  }
}

extension DataDescription {
  func checked() throws -> CheckReport { try DatasetCheck().report(on: CheckedData(self)) }
}

extension CheckReport {
  func places(_ kind: CheckFinding.Kind) -> [CheckFinding.Place] {
    findings.first { $0.kind == kind }?.places ?? []
  }

  /// What is wrong, for a test to say.
  var errors: [String] {
    findings.filter { $0.kind.severity == .error }.map {
      "\($0.kind): \($0.places[0].text(from: root))"
    }
  }
}
