import Foundation
import FoundationXML

struct VOCCopy: CopyFormat {
  let root: String
  /// By how much an edge lies before the pixel that VOC counts from.
  let edge: Double

  var pictureFolder: String { root + "/JPEGImages" }

  func add(
    _ picture: WrittenSplit.Picture, _ name: String, _ correction: PictureCorrection
  ) throws {
    guard let source = picture.annotations,
      let bytes = FileManager.default.contents(atPath: source)
    else { throw DatasetError.unreadableFile(path: picture.annotations ?? picture.path) }
    let isSame = correction.changes.isEmpty && correction.size == nil
    try OutputFile.write(
      isSame ? bytes : try edited(bytes, correction, source),
      to: "\(root)/Annotations/\(Paths.withoutExtension(name)).xml")
  }

  func finish(_ split: DataDescription.Split, _ names: [String]) throws -> String {
    let list = "ImageSets/Main/\(split).txt"
    try OutputFile.write(
      names.map { Paths.withoutExtension($0) + "\n" }.joined(), to: "\(root)/\(list)")
    return list
  }

  /// The document with its changes, and all else that stands in it.
  private func edited(
    _ bytes: Data, _ correction: PictureCorrection, _ source: String
  ) throws -> Data {
    guard let document = try? XMLDocument(data: bytes), let annotation = document.rootElement()
    else { throw DatasetError.unreadableFile(path: source) }
    if let size = correction.size, let element = annotation.elements(forName: "size").first {
      element.elements(forName: "width").first?.stringValue = "\(size.width)"
      element.elements(forName: "height").first?.stringValue = "\(size.height)"
    }
    let objects = annotation.elements(forName: "object")
    for change in correction.changes {
      if let box = change.box {
        set(box, in: objects[change.position])
      } else {
        objects[change.position].detach()
      }
    }
    return document.xmlData
  }

  private func set(_ box: Annotation.Written, in object: XMLElement) {
    let corners = [
      ("xmin", box.x + edge), ("ymin", box.y + edge), ("xmax", box.x + box.width),
      ("ymax", box.y + box.height),
    ]
    for element in object.elements(forName: "bndbox") {
      for (name, value) in corners {
        element.elements(forName: name).first?.stringValue =
          Int(exactly: value).map(String.init) ?? "\(value)"
      }
    }
  }
}
