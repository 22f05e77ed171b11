import Boxes
import Datasets
import Images
import RandomNumbers
import Testing

@Suite struct CroppingTests {
  @Test func everyWindowHoldsAnObjectWhole() throws {
    let pictures = try RectanglePictures([
      [
        Box(left: 0, top: 0, right: 15, bottom: 10), Box(left: 80, top: 60, right: 100, bottom: 80),
        Box(left: 30, top: 20, right: 70, bottom: 70),
      ]
    ])
    for rotation in [0.0, 30] {
      let maker = try pictures.maker {
        ($0.cropping.probability, $0.cropping.minimumSize) = (1, 0.1)
        ($0.horizontalFlip, $0.transpose) = (0.5, 0.5)
        $0.warping.rotation = rotation
      }
      var (enlarged, cut) = (0, 0)
      for epoch in 0..<60 {
        let size = CanvasSize(width: 96, height: 64)
        let result = maker.make(.init(sample: 0, epoch: epoch, size: size))
        let map = try #require(result.recipe.sources[0].map.inverse)
        let canvas = Box(left: 0, top: 0, right: 96, bottom: 64)
        let whole = pictures.dataset.annotations.count { annotation in
          let box = map(annotation.box)
          return distance(box.clipped(to: canvas), box) < 0.05
        }
        #expect(whole >= 1, "epoch \(epoch)")
        #expect(result.targets.boxes.count >= 1)
        if whole < 3 { cut += 1 }
        if abs(map.affine.determinant).squareRoot() > 1.2 { enlarged += 1 }
      }
      #expect(enlarged > 15 && cut > 15)
    }
  }

  @Test func windowsLieOnTheCanvasAndAreAsLargeAsTheObjectNeeds() throws {
    var cropping = Cropping()
    (cropping.probability, cropping.minimumSize) = (1, 0.3)
    let size = CanvasSize(width: 200, height: 100)
    let object = Box(left: 20, top: 10, right: 40, bottom: 90)
    var generator = KeyedGenerator(seed: 1, purpose: "crop")
    var sizes: [Double] = []
    for _ in 0..<300 {
      let map = try #require(cropping.window(around: [object], on: size, &generator))
      let inverse = try #require(map.inverse)
      let window = inverse(Box(left: 0, top: 0, right: 200, bottom: 100))
      #expect(window.left > -0.01 && window.top > -0.01)
      #expect(window.right < 200.01 && window.bottom < 100.01)
      #expect(distance(window.clipped(to: object), object) < 0.01)
      sizes.append(Double(window.height) / 100)
    }
    // 0.8 of the height is the least, though 0.3 was allowed.
    #expect(abs(sizes.min()! - 0.8) < 1e-5 && sizes.max()! > 0.97)
    // Those of 0.3 to 0.8 became 0.8: five of seven.
    #expect(abs(Double(sizes.count { $0 < 0.80001 }) / 300 - 5 / 7) < 0.13)
  }

  @Test func objectsBeyondTheCanvasAreNotAskedFor() {
    var generator = KeyedGenerator(seed: 1, purpose: "crop")
    let outside = Box(left: -5, top: 10, right: 40, bottom: 90)
    let size = CanvasSize(side: 100)
    #expect(Cropping().window(around: [outside], on: size, &generator) == nil)
    #expect(Cropping().window(around: [], on: size, &generator) == nil)
  }

  @Test func emptyPicturesAreShownWhole() throws {
    let pictures = try RectanglePictures([[]])
    let maker = try pictures.maker { $0.cropping.probability = 1 }
    let size = CanvasSize(side: 64)
    let plain = try pictures.maker { _ in }
    let request = RecipeMaker.Request(sample: 0, size: size)
    #expect(maker.make(request).recipe.sources == plain.make(request).recipe.sources)
  }
}

@Suite struct MosaicOfNineTests {
  private func pictures() throws -> RectanglePictures {
    try RectanglePictures(
      (0..<5).map { [Box(left: 10 + 10 * Float($0), top: 10, right: 80, bottom: 60)] })
  }

  @Test(arguments: [0.0, 45]) func tilesDoNotOverlap(rotation: Double) throws {
    let maker = try pictures().maker {
      ($0.mosaic, $0.mosaicTiles, $0.transpose) = (1, 9, 0.5)
      ($0.minimumScale, $0.warping.rotation) = (0.5, rotation)
    }
    var most = 0
    for epoch in 0..<12 {
      let recipe = maker.make(.init(sample: 1, epoch: epoch, size: CanvasSize(side: 64))).recipe
      most = max(most, recipe.sources.count)
      #expect((1...9).contains(recipe.sources.count))
      for y in 0..<64 {
        for x in 0..<64 {
          let covering = recipe.sources.count { source in
            let point = source.map(Double(x) + 0.5, Double(y) + 0.5)
            let tile = source.rectangle
            return x >= tile[0] && x < tile[2] && y >= tile[1] && y < tile[3]
              && point.x > 0.01 && point.y > 0.01 && point.x < 99.99 && point.y < 79.99
          }
          #expect(covering <= 1)
        }
      }
    }
    #expect(most == 9)
  }

  @Test func theSampleItselfIsInTheMiddle() throws {
    let maker = try pictures().maker { ($0.mosaic, $0.mosaicTiles) = (1, 9) }
    for epoch in 0..<20 {
      let recipe = maker.make(.init(sample: 3, epoch: epoch, size: CanvasSize(side: 90))).recipe
      let source = try #require(recipe.sources.first)
      #expect(source.picture == 3)
      // Within a quarter of a cell, 2/3 · 90 / 4 = 15 pixels, of the middle.
      let map = try #require(source.map.inverse)
      let middle = map(50, 40)
      #expect(abs(middle.x - 45) <= 15 && abs(middle.y - 45) <= 15)
    }
  }

  @Test func unusablePartnersAreReplaced() throws {
    let maker = try pictures().maker { ($0.mosaic, $0.mosaicTiles) = (1, 9) }
    for epoch in 0..<10 {
      let result = maker.make(
        .init(sample: 0, epoch: epoch, size: CanvasSize(side: 64)), isUsable: { $0 != 3 })
      #expect(result.recipe.sources.allSatisfy { $0.picture != 3 })
    }
  }
}
