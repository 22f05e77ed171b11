import Foundation

/// A folder of pictures for each split, and `annotations/instances_SPLIT.json`.
struct COCOLayout: DatasetLayout {
  let root: String

  func pictureFolder(_ split: DataDescription.Split) -> String { "\(root)/\(split)" }

  func write(_ split: LabelledSplit) throws {
    var file = COCOFile()
    file.categories = zip(split.categoryIDs, split.classNames).map { .init(id: $0, name: $1) }
    for picture in split.pictures {
      file.images.append(
        .init(
          id: picture.imageID, fileName: picture.name, width: picture.width,
          height: picture.height))
      for object in picture.objects {
        let box = object.written
        file.annotations.append(
          .init(
            id: file.annotations.count + 1, imageID: picture.imageID,
            categoryID: split.categoryIDs[Int(object.classIndex)],
            bbox: [box.x, box.y, box.width, box.height], area: object.area,
            iscrowd: object.isCrowd ? 1 : 0))
      }
    }
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    guard let data = try? encoder.encode(file), let text = String(bytes: data, encoding: .utf8)
    else { preconditionFailure("the COCO annotations of \(split.split) do not encode") }
    try OutputFile.write(text + "\n", to: "\(root)/annotations/instances_\(split.split).json")
  }

  func description(_ splits: [DataDescription.Split], classNames: [String]) -> String {
    "format: coco\npath: .\n"
      + splits.map {
        "\($0): {images: \($0), annotations: annotations/instances_\($0).json}\n"
      }.joined()
  }
}
