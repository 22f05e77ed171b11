/// `images/SPLIT` with `labels/SPLIT`, and a list of each split's pictures that keeps their order.
struct YOLOLayout: DatasetLayout {
  let root: String

  func pictureFolder(_ split: DataDescription.Split) -> String { "\(root)/images/\(split)" }

  func write(_ split: LabelledSplit) throws {
    for picture in split.pictures {
      let name = Paths.withoutExtension(picture.name)
      try OutputFile.write(labels(picture), to: "\(root)/labels/\(split.split)/\(name).txt")
    }
    let list = split.pictures.map { "./images/\(split.split)/\($0.name)\n" }.joined()
    try OutputFile.write(list, to: "\(root)/\(split.split).txt")
  }

  func description(_ splits: [DataDescription.Split], classNames: [String]) -> String {
    // Without a path both dldetect and Ultralytics look from the description's folder.
    "format: yolo\n" + splits.map { "\($0): \($0).txt\n" }.joined()
      + LayoutText.namesLine(classNames)
  }

  private func labels(_ picture: LabelledPicture) -> String {
    let (width, height) = (Double(picture.width), Double(picture.height))
    return picture.objects.map { object in
      let box = object.written
      let shares = [
        (box.x + box.width / 2) / width, (box.y + box.height / 2) / height,
        box.width / width, box.height / height,
      ]
      return "\(object.classIndex) " + shares.map { "\($0)" }.joined(separator: " ") + "\n"
    }.joined()
  }
}
