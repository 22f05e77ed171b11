import Boxes
import Detectors
import Foundation
import Images
import Reports
import Training

/// Writes pictures with boxes into a run's folder, made when the first one comes.
struct DrawnPictures {
  /// A box to draw, and what to write at it.
  struct Mark {
    var box: Box
    var label: Int
    var text: String
  }

  private(set) var folder: RunFolder?
  private var used: Set<String> = []
  private let input: InputFormat

  /// - Parameters:
  ///   - path: nil: `runs/infer`, `runs/infer-2`, …, made for the first picture.
  ///   - input: of the network; pictures that are no photographs are drawn as it sees them.
  /// - Throws: ``TrainingError/folderNotEmpty(path:)`` at once for a path that cannot be taken.
  init(path: String?, input: InputFormat) throws {
    self.input = input
    folder = try path.map { try RunFolder.create($0, kind: "infer") }
  }

  mutating func write(
    _ picture: Picture, _ detections: [Detection], _ names: [String], path: String
  ) throws {
    // The best last, on top.
    let marks = detections.reversed().map { found in
      let score = String(format: "%.2f", found.score)
      return Mark(box: found.box, label: found.label, text: "\(names[found.label]) \(score)")
    }
    try write(picture, marks, path: path)
  }

  /// - Parameter path: of the picture; its name without the folder and extension is used.
  mutating func write(_ picture: Picture, _ marks: [Mark], path: String) throws {
    if folder == nil { folder = try RunFolder.create(nil, kind: "infer") }
    guard let folder else { return }
    let canvas = try picture.preview(input)
    for mark in marks {
      try canvas.draw(mark.box, colour: Colour.ofClass(mark.label), label: mark.text)
    }
    try canvas.write(to: "\(folder.path)/\(fileName(path))")
  }

  /// The picture's own name; numbered where two sources share it.
  private mutating func fileName(_ path: String) -> String {
    let stem = ((path as NSString).lastPathComponent as NSString).deletingPathExtension
    var name = stem
    var number = 1
    while !used.insert(name).inserted {
      number += 1
      name = "\(stem)-\(number)"
    }
    return name + ".jpg"
  }
}
