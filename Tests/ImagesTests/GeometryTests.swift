import Boxes
import Images
import Testing

@Suite struct AffineTests {
  private let map = Affine(a: 2, b: -1, c: 3, d: 0.5, e: 4, f: -7)

  @Test func appliesItsFormula() {
    // 2·5 − 1·6 + 3 = 7; ½·5 + 4·6 − 7 = 19½.
    #expect(map(5, 6) == (7, 19.5))
  }

  @Test func afterAppliesTheArgumentFirst() {
    let both = Affine.scale(2, 3).after(.translation(1, 1))
    #expect(both(1, 1) == (4, 6))
    #expect(Affine.translation(1, 1).after(.scale(2, 3))(1, 1) == (3, 4))
  }

  @Test func inverseUndoes() throws {
    let inverse = try #require(map.inverse)
    let point = inverse(7, 19.5)
    #expect(abs(point.x - 5) < 1e-12 && abs(point.y - 6) < 1e-12)
    #expect(Affine.scale(0, 1).inverse == nil)
  }

  @Test func rotationTurnsClockwiseAsSeen() {
    #expect(Affine.rotation(cosine: 0, sine: 1)(1, 0) == (0, 1))
  }

  @Test func flippedBoxStaysUpright() {
    let box = Box(left: 1, top: 2, right: 4, bottom: 6)
    #expect(
      Affine.horizontalFlip(width: 10)(box) == Box(left: 6, top: 2, right: 9, bottom: 6))
  }
}

@Suite struct LetterboxTests {
  @Test func widePictureGetsBarsAboveAndBelow() {
    let letterbox = Letterbox(
      pictureWidth: 640, pictureHeight: 480, canvasWidth: 320, canvasHeight: 320)
    #expect(letterbox.scale == 0.5 && letterbox.left == 0 && letterbox.top == 40)
    let box = Box(left: 10, top: 20, right: 110, bottom: 220)
    #expect(letterbox.toCanvas(box) == Box(left: 5, top: 50, right: 55, bottom: 150))
    #expect(letterbox.toPicture(letterbox.toCanvas(box)) == box)
  }

  @Test(arguments: [(640, 480), (333, 500), (31, 1000), (320, 319), (1, 1)])
  func boxesSurviveTheRoundTrip(size: (Int, Int)) {
    let letterbox = Letterbox(
      pictureWidth: size.0, pictureHeight: size.1, canvasWidth: 416, canvasHeight: 320)
    let box = Box(left: 0, top: 0.25, right: Float(size.0), bottom: Float(size.1))
    let back = letterbox.toPicture(letterbox.toCanvas(box))
    #expect(abs(back.left - box.left) < 1e-3 && abs(back.right - box.right) < 1e-3)
    #expect(abs(back.top - box.top) < 1e-3 && abs(back.bottom - box.bottom) < 1e-3)
    let whole = letterbox.toCanvas(box)
    #expect(whole.left >= 0 && whole.right <= 416.001 && whole.bottom <= 320.001)
  }

  @Test func unscaledPictureKeepsItsPixels() throws {
    let picture = try noise(width: 20, height: 9)
    let letterbox = Letterbox(
      pictureWidth: 20, pictureHeight: 9, canvasWidth: 20, canvasHeight: 14)
    #expect(letterbox.top == 2)
    let planes = try letterbox.recipe().composed(picture)
    for x in 0..<20 {
      #expect(planes[x] == 114 && planes[20 + x] == 114 && planes[11 * 20 + x] == 114)
      for y in 0..<9 { #expect(planes[(y + 2) * 20 + x] == Float(picture.pixel(x, y)[0])) }
    }
  }

  @Test func everyCanvasPixelIsPictureWhenShapesAgree() throws {
    for (from, to) in [(100, 37), (37, 100), (480, 320), (97, 96)] {
      let picture = try Picture(width: from, height: from, filledWith: .white)
      let letterbox = Letterbox(
        pictureWidth: from, pictureHeight: from, canvasWidth: to, canvasHeight: to)
      #expect(try letterbox.recipe().composed(picture).allSatisfy { $0 == 255 })
    }
  }

  @Test func smallPictureKeepsItsSizeUnlessEnlarged() {
    let kept = Letterbox(
      pictureWidth: 10, pictureHeight: 10, canvasWidth: 40, canvasHeight: 41, enlarges: false)
    #expect(kept.scale == 1 && kept.left == 15 && kept.top == 15)
  }
}
