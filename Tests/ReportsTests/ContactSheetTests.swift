import Boxes
import Datasets
import Images
import Reports
import Testing

@Suite struct ContactSheetTests {
  private func blank(_ width: Int, _ height: Int) throws -> Picture {
    try Picture(width: width, height: height, filledWith: .black)
  }

  private func pixel(_ picture: Picture, _ x: Int, _ y: Int) -> [UInt8] {
    picture.withPixels { Array($0[3 * (y * picture.width + x)..<3 * (y * picture.width + x) + 3]) }
  }

  @Test func cellsStandInRows() throws {
    var sheet = ContactSheet()
    for index in 0..<6 { try sheet.add(blank(40, 30), caption: "a long name \(index).jpg") }
    let picture = try sheet.picture()
    // Four columns of 40 and two rows of 30 with 18 for the text, gaps of 6 around all.
    #expect(picture.width == 4 * 46 + 6 && picture.height == 2 * 54 + 6)
    #expect(pixel(picture, 6, 6) == [0, 0, 0] && pixel(picture, 5, 6) == [255, 255, 255])
    #expect(pixel(picture, 6 + 46 + 39, 6 + 54 + 29) == [0, 0, 0])
    // The second row has two.
    #expect(pixel(picture, 6 + 2 * 46 + 20, 6 + 54 + 15) == [255, 255, 255])
  }

  @Test func emptySheetIsBlank() throws {
    #expect(try ContactSheet().picture().width > 0)
  }

  @Test func boxesAreDrawnInTheirClassesColours() throws {
    var targets = Targets()
    targets.boxes = [Box(left: 20, top: 60, right: 60, bottom: 100)]
    (targets.classes, targets.annotations) = ([1], [0])
    let planes = [Float](repeating: 0.25, count: 3 * 160 * 120)
    let sample = try SamplePicture(
      planes: planes, size: CanvasSize(width: 160, height: 120), targets: targets,
      classNames: ["a", "b"])
    let whole = try sample.drawn()
    let colour = Colour.ofClass(1)
    #expect(pixel(whole, 20, 90) == [colour.red, colour.green, colour.blue])
    #expect(pixel(whole, 40, 80) == [64, 64, 64])
    let half = try sample.drawn(width: 80)
    #expect(half.width == 80 && half.height == 60)
    #expect(pixel(half, 10, 45) == [colour.red, colour.green, colour.blue])
    #expect(pixel(half, 20, 40) == [64, 64, 64])
  }

  /// Crowded cells have no names, but a plus where a copy was pasted; the legend tells the colours.
  @Test func crowdedCellsLeaveNamesToTheLegend() throws {
    var targets = Targets()
    for index in 0..<17 {
      let left = Float(18 * index + 2)
      targets.boxes.append(Box(left: left, top: 60, right: left + 14, bottom: 70))
      targets.classes.append(Int32(index % 2))
      targets.annotations.append(0)
    }
    let planes = [Float](repeating: 0, count: 3 * 320 * 100)
    func coloured(_ targets: Targets) throws -> Int {
      let sample = try SamplePicture(
        planes: planes, size: CanvasSize(width: 320, height: 100), targets: targets,
        classNames: ["first", "second", "third"])
      var sheet = ContactSheet(classNames: ["first", "second", "third"])
      try sheet.add(sample, width: 320, caption: "")
      let picture = try sheet.picture()
      // The legend is a row of 18 pixels with a swatch of each of two classes.
      #expect(picture.height == 6 + 100 + 18 + 6 + 18)
      let colour = Colour.ofClass(0)
      #expect(pixel(picture, 8, 134) == [colour.red, colour.green, colour.blue])
      // Above the boxes there is room for names.
      return (6..<64).reduce(0) { sum, y in
        sum + (6..<320).count { pixel(picture, $0, y).max()! > 100 }
      }
    }
    #expect(try coloured(targets) == 0)
    targets.pastedBoxes = 1
    #expect(try coloured(targets) > 20)
    targets.boxes.removeLast()
    targets.classes.removeLast()
    #expect(try coloured(targets) > 1000)
  }
}
