import Foundation

/// `JPEGImages`, `Annotations` and `ImageSets/Main`; coordinates 1-based and inclusive.
struct VOCLayout: DatasetLayout {
  let root: String

  func pictureFolder(_ split: DataDescription.Split) -> String { "\(root)/JPEGImages" }

  func write(_ split: LabelledSplit) throws {
    for picture in split.pictures {
      let name = Paths.withoutExtension(picture.name)
      try OutputFile.write(
        annotation(picture, split.classNames), to: "\(root)/Annotations/\(name).xml")
    }
    let list = split.pictures.map { Paths.withoutExtension($0.name) + "\n" }.joined()
    try OutputFile.write(list, to: "\(root)/ImageSets/Main/\(split.split).txt")
  }

  func description(_ splits: [DataDescription.Split], classNames: [String]) -> String {
    "format: voc\npath: .\n" + splits.map { "\($0): ImageSets/Main/\($0).txt\n" }.joined()
      + LayoutText.namesLine(classNames)
  }

  private func annotation(_ picture: LabelledPicture, _ classNames: [String]) -> String {
    """
    <annotation>
      <folder>JPEGImages</folder>
      <filename>\(escaped(picture.name))</filename>
      <size>
        <width>\(picture.width)</width>
        <height>\(picture.height)</height>
        <depth>3</depth>
      </size>

    """ + picture.objects.map { self.object($0, classNames) }.joined() + "</annotation>\n"
  }

  private func object(_ object: Annotation, _ classNames: [String]) -> String {
    let box = object.written
    return """
        <object>
          <name>\(escaped(classNames[Int(object.classIndex)]))</name>
          <difficult>\(object.isDifficult ? 1 : 0)</difficult>
          <bndbox>
            <xmin>\(pixel(box.x + 1))</xmin>
            <ymin>\(pixel(box.y + 1))</ymin>
            <xmax>\(pixel(box.x + box.width))</xmax>
            <ymax>\(pixel(box.y + box.height))</ymax>
          </bndbox>
        </object>

      """
  }

  private func pixel(_ value: Double) -> String { String(format: "%.0f", value) }

  private func escaped(_ text: String) -> String {
    text.replacing("&", with: "&amp;").replacing("<", with: "&lt;").replacing(">", with: "&gt;")
  }
}
