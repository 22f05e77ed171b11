// Feeds data sets with one mutated file to the readers, built with AddressSanitizer. Input N of seed
// S is always the same:  fuzz-readers [--seed S] [--first N] [--count N]
import Datasets
import Evaluation
import Foundation
import Images
import RandomNumbers

/// Every kind of file that is read, and the data set that it belongs to.
enum Kind: String, CaseIterable {
  case picture, voc, coco, yolo, csv, yaml, truth, results
}

struct Seed {
  var kind: Kind
  /// The file that is changed.
  var file: String
  /// What `--data` would name; of detections the objects that they are held against.
  var data: String
}

func option(_ name: String, _ absent: Int) -> Int {
  let arguments = CommandLine.arguments
  guard let index = arguments.firstIndex(of: name), index + 1 < arguments.count else {
    return absent
  }
  return Int(arguments[index + 1]) ?? absent
}

func fail(_ number: Int, _ what: String) -> Never {
  FileHandle.standardError.write(Data("input \(number): \(what)\n".utf8))
  exit(1)
}

func mutated(_ bytes: [UInt8], _ draws: inout KeyedGenerator) -> [UInt8] {
  var bytes = bytes
  let changes = 1 + draws.index(below: 8)
  func place() -> Int { draws.index(below: max(1, bytes.count)) }
  switch draws.index(below: 5) {
  case 0: bytes.removeLast(bytes.count - draws.index(below: max(1, bytes.count)))
  case 1:
    for _ in 0..<changes where !bytes.isEmpty { bytes[place()] ^= 1 << draws.index(below: 8) }
  case 2:
    // What text formats are made of, and what they are not.
    let words: [UInt8] = Array("{}[]<>\",:;-+eE.0919nN \n\r\t#&|*!".utf8) + [0, 0x7F, 0xC3, 0xFF]
    for _ in 0..<changes where !bytes.isEmpty {
      bytes[place()] = words[draws.index(below: words.count)]
    }
  case 3:
    let start = place()
    bytes.removeSubrange(start..<min(bytes.count, start + 1 + draws.index(below: 32)))
  default:
    let start = place()
    let stretch = Array(bytes[start..<min(bytes.count, start + 1 + draws.index(below: 32))])
    bytes.insert(contentsOf: stretch, at: min(place(), bytes.count))
  }
  return bytes
}

/// Drawn sets in every format, small enough to be read again and again.
func makeSeeds(in folder: String) throws -> [Seed] {
  var seeds: [Seed] = []
  for format in DataDescription.Format.allCases {
    var shapes = ShapesFolder(format: format)
    (shapes.train, shapes.val) = (3, 1)
    let root = "\(folder)/\(format)"
    _ = try shapes.materialize(at: root)
    let files = (FileManager.default.enumerator(atPath: root)?.compactMap { $0 as? String } ?? [])
      .sorted().map { "\(root)/\($0)" }
    let isKind: (String) -> Kind? = { path in
      switch (path as NSString).pathExtension {
      case "xml": .voc
      case "json": .coco
      case "csv": .csv
      case "yaml": .yaml
      case "txt": .yolo
      case "png", "jpg": format == .yolo ? .picture : nil
      default: nil
      }
    }
    for file in files {
      guard let kind = isKind(file) else { continue }
      seeds.append(Seed(kind: kind, file: file, data: root + "/data.yaml"))
    }
  }
  return seeds + (try evaluationSeeds(in: folder))
}

/// The two files of an evaluation.
func evaluationSeeds(in folder: String) throws -> [Seed] {
  let (truthFile, resultsFile) = ("\(folder)/truth.json", "\(folder)/results.json")
  let boxes = (0..<6).map { CocoBox(x: 3.5 * Double($0), y: 2, width: 10, height: 12.25) }
  let truth = CocoTruth(
    labels: ["one", "two"], imageCount: 3,
    objects: boxes.enumerated().map { index, box in
      CocoObject(image: index % 3, category: index % 2, box: box, isCrowd: index == 4)
    })
  let results = CocoResults(
    detections: boxes.enumerated().map { index, box in
      CocoDetection(image: index % 3, category: index % 2, box: box, score: 0.1 * Double(index))
    })
  try truth.writeInstances(to: truthFile)
  try results.write(to: resultsFile, for: truth)
  return [
    Seed(kind: .truth, file: truthFile, data: truthFile),
    Seed(kind: .results, file: resultsFile, data: truthFile),
  ]
}

/// Reads the set as training and as a check do; every refusal names a file.
func read(_ seed: Seed, _ number: Int, below folder: String) {
  func judge(_ error: any Error) {
    let text = "\(error)"
    if text.contains("\n") { fail(number, "more than one line: \(text)") }
    if !text.contains(folder) { fail(number, "names no file: \(text)") }
    guard error is DatasetError || error is ImageError || error is EvaluationError else {
      fail(number, "\(type(of: error)) instead of an error of ours: \(text)")
    }
  }
  if seed.kind == .picture {
    do { _ = try Picture.probe(path: seed.file) } catch { judge(error) }
    do { _ = try Picture.read(path: seed.file) } catch { judge(error) }
  }
  if [.truth, .results].contains(seed.kind) {
    do {
      let truth = try CocoTruth(instances: seed.data)
      guard seed.kind == .results else { return }
      let results = try CocoResults(reading: seed.file, for: truth)
      try results.requireProbabilities(seed.file)
      _ = EvaluationReport(truth, results.detections)
    } catch { judge(error) }
    return
  }
  do {
    let description = try DataDescription.load(seed.data)
    for split in description.splitNames {
      do { _ = try description.dataset(split) } catch { judge(error) }
    }
    let report = try DatasetCheck().report(on: CheckedData(description))
    for finding in report.findings {
      if finding.places.contains(where: { $0.file.isEmpty }) { fail(number, "no file is named") }
    }
  } catch {
    judge(error)
  }
}

let folder = FileManager.default.temporaryDirectory
  .appendingPathComponent("dldetect-fuzz-\(getpid())").path
defer { try? FileManager.default.removeItem(atPath: folder) }
let seedNumber = option("--seed", 1)
let (first, count) = (option("--first", 0), option("--count", 5000))
let seeds = try makeSeeds(in: folder)
let byKind = Kind.allCases.map { kind in seeds.filter { $0.kind == kind } }
signal(SIGALRM) { _ in
  let text = "an input takes too long\n"
  _ = text.withCString { write(2, $0, strlen($0)) }
  abort()
}
for number in first..<first + count {
  var draws = KeyedGenerator(seed: UInt64(seedNumber), purpose: "fuzz", number)
  let kind = byKind[draws.index(below: byKind.count)]
  let seed = kind[draws.index(below: kind.count)]
  guard let original = FileManager.default.contents(atPath: seed.file) else {
    fail(number, "\(seed.file) is gone")
  }
  var bytes = [UInt8](original)
  for _ in 0...draws.index(below: 3) { bytes = mutated(bytes, &draws) }
  try Data(bytes).write(to: URL(fileURLWithPath: seed.file))
  let start = ContinuousClock.now
  alarm(60)
  read(seed, number, below: folder)
  alarm(0)
  if ContinuousClock.now - start > .seconds(20) { fail(number, "takes too long") }
  try original.write(to: URL(fileURLWithPath: seed.file))
}
print("readers: inputs \(first) to \(first + count - 1) of seed \(seedNumber), nothing found")
