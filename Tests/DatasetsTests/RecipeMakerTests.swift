import Boxes
import Datasets
import Images
import TestSupport
import Testing

@Suite struct RecipeMakerTests {
  /// Six pictures of different shapes with three boxes each, which no picture needs to exist for.
  private func dataset() throws -> (Dataset, TemporaryFolder) {
    let folder = try TemporaryFolder()
    for (index, size) in [(100, 80), (80, 100), (60, 60), (200, 90), (50, 120), (33, 77)]
      .enumerated()
    {
      try folder.writePicture(
        "images/\(index).png", width: size.0, height: size.1, tint: index * 30)
      try folder.write(
        "0 0.5 0.5 0.4 0.3\n1 0.2 0.3 0.1 0.2\n1 0.85 0.9 0.3 0.2\n", to: "labels/\(index).txt")
    }
    let file = try folder.write("train: images\nnames: [a, b]\n", to: "d.yaml")
    return (try DataDescription.load(file).dataset(.train), folder)
  }

  private func maker(_ change: (inout Augmentation) -> Void = { _ in }) throws -> RecipeMaker {
    var augmentation = Augmentation()
    change(&augmentation)
    return RecipeMaker(dataset: try dataset().0, augmentation: augmentation, seed: 5)
  }

  @Test func letterboxKeepsShapeAndCentre() throws {
    let maker = RecipeMaker(dataset: try dataset().0, augmentation: nil, seed: 0)
    // 100×80 into 64×64: scale 0.64, picture 64×51.2, bar of 6 above.
    let result = maker.make(.init(sample: 0, size: CanvasSize(side: 64)))
    let box = result.targets.boxes[0]
    // Picture box (30, 28)–(70, 52).
    #expect(abs(box.left - 30 * 0.64) < 1e-4 && abs(box.right - 70 * 0.64) < 1e-4)
    #expect(abs(box.top - (6 + 28 * 0.64)) < 1e-4 && abs(box.bottom - (6 + 52 * 0.64)) < 1e-4)
    #expect(result.targets.classes == [0, 1, 1])
    #expect(result.targets.lost == LostBoxes())
  }

  /// Each of a mosaic's pictures is either drawn or named as consulted: whether it was usable decided
  /// the draw, so that a resumed run must look at it again.
  @Test(arguments: [4, 9])
  func mosaicNamesPicturesOutOfView(_ tiles: Int) throws {
    let maker = try maker {
      ($0.mosaic, $0.mosaicTiles) = (1, tiles)
      ($0.minimumScale, $0.maximumScale) = (1.5, 2)
    }
    var consulted = 0
    for epoch in 0..<20 {
      let result = maker.make(.init(sample: epoch % 6, epoch: epoch, size: CanvasSize(side: 64)))
      #expect(result.recipe.sources.count + result.consulted.count == tiles)
      consulted += result.consulted.count
    }
    #expect(consulted > 0)
  }

  @Test func recipeMapsTargetsBackToAnnotations() throws {
    let maker = try maker {
      $0.transpose = 0.5
      $0.verticalFlip = 0.5
    }
    var checked = 0
    for epoch in 0..<40 {
      let size = CanvasSize(width: 96, height: 64)
      let result = maker.make(.init(sample: epoch % 6, epoch: epoch, size: size))
      for (box, index) in zip(result.targets.boxes, result.targets.annotations) {
        let sample = maker.dataset.samples.firstIndex {
          $0.path == owner(of: index, in: maker.dataset).path
        }
        let original = maker.dataset.annotations[Int(index)].box
        // The target lies in a tile of its own picture, and its image in the annotated box: equal
        // to it where no tile edge cut it.
        let matches = result.recipe.sources.filter { $0.picture == sample }.contains { source in
          let back = source.canvasToPicture(box)
          let tile = source.rectangle.map(Float.init)
          let isInTile =
            box.left >= tile[0] && box.top >= tile[1] && box.right <= tile[2]
            && box.bottom <= tile[3]
          let isInside =
            back.left >= original.left - 0.01 && back.top >= original.top - 0.01
            && back.right <= original.right + 0.01 && back.bottom <= original.bottom + 0.01
          let isCut =
            box.left == tile[0] || box.top == tile[1] || box.right == tile[2]
            || box.bottom == tile[3]
          let isWhole = abs(back.area - original.area) < 0.01 * original.area
          return isInTile && isInside && (isCut || isWhole)
        }
        #expect(matches)
        checked += 1
      }
    }
    #expect(checked > 200)
  }

  private func owner(of annotation: Int32, in dataset: Dataset) -> Sample {
    let index = dataset.samples.indices.first {
      dataset.annotations(of: $0).indices.contains(Int(annotation))
    }
    return dataset.samples[index ?? 0]
  }

  @Test func tilesDoNotOverlap() throws {
    let maker = try maker()
    for epoch in 0..<20 {
      let result = maker.make(.init(sample: 1, epoch: epoch, size: CanvasSize(side: 64)))
      #expect((1...4).contains(result.recipe.sources.count))
      var covered = Array(repeating: 0, count: 64 * 64)
      for source in result.recipe.sources {
        let tile = source.rectangle
        for y in tile[1]..<tile[3] { for x in tile[0]..<tile[2] { covered[y * 64 + x] += 1 } }
      }
      #expect(covered.allSatisfy { $0 <= 1 })
    }
  }

  @Test func targetsFollowThePixels() throws {
    // A white square on black, found again in the composed planes wherever the recipe puts it.
    let folder = try TemporaryFolder()
    let picture = try Picture(width: 100, height: 80, filledWith: .black)
    let square = Box(left: 20, top: 30, right: 60, bottom: 50)
    try picture.drawRectangle(
      Box(left: 20, top: 30, right: 60, bottom: 50), colour: .white, thickness: nil)
    try folder.writePicture("images/a.png")
    try picture.write(to: folder.path + "/images/a.png")
    try folder.write("0 0.4 0.5 0.4 0.25\n", to: "labels/a.txt")
    let file = try folder.write("train: images\nnames: [a]\n", to: "d.yaml")
    let dataset = try DataDescription.load(file).dataset(.train)
    #expect(dataset.annotations[0].box == square)
    var augmentation = Augmentation.none
    (augmentation.horizontalFlip, augmentation.verticalFlip) = (0.5, 0.5)
    (augmentation.transpose, augmentation.translation) = (0.5, 0.1)
    augmentation.minimumScale = 0.7
    let maker = RecipeMaker(dataset: dataset, augmentation: augmentation, seed: 2)
    for epoch in 0..<16 {
      var result = maker.make(
        .init(sample: 0, epoch: epoch, size: CanvasSize(width: 160, height: 128)))
      result.recipe.fill = [0, 0, 0]
      let planes = try result.recipe.composed(pictures: { _ in picture })
      var found = Box(left: 160, top: 128, right: 0, bottom: 0)
      for y in 0..<128 {
        for x in 0..<160 where planes[y * 160 + x] > 0.5 {
          found.left = min(found.left, Float(x))
          found.top = min(found.top, Float(y))
          found.right = max(found.right, Float(x + 1))
          found.bottom = max(found.bottom, Float(y + 1))
        }
      }
      let target = try #require(result.targets.boxes.first)
      for (a, b) in [
        (found.left, target.left), (found.top, target.top), (found.right, target.right),
        (found.bottom, target.bottom),
      ] {
        #expect(abs(a - b) <= 1, "epoch \(epoch): \(found) against \(target)")
      }
    }
  }

  @Test func drawsDependOnTheKeyAlone() throws {
    let maker = try maker()
    let request = RecipeMaker.Request(sample: 2, epoch: 3, size: CanvasSize(side: 64))
    let first = maker.make(request)
    _ = maker.make(.init(sample: 1, epoch: 3, size: CanvasSize(side: 64)))
    #expect(maker.make(request) == first)
    var other = request
    other.visit = 1
    #expect(maker.make(other) != first)
    other = request
    other.epoch = 4
    #expect(maker.make(other) != first)
  }

  @Test func mosaicEndsWhenTold() throws {
    var maker = try maker()
    maker.mosaicEnd = 2
    let size = CanvasSize(side: 64)
    for sample in 0..<6 {
      #expect(maker.make(.init(sample: sample, epoch: 2, size: size)).recipe.sources.count == 1)
    }
    let counts = (0..<6).map {
      maker.make(.init(sample: $0, epoch: 1, size: size)).recipe.sources.count
    }
    #expect(counts.contains { $0 > 1 })
  }

  @Test func everyObjectInViewIsATargetOrCounted() throws {
    let maker = try maker { $0.minimumSide = 6 }
    var lost = LostBoxes()
    for epoch in 0..<20 {
      let result = maker.make(.init(sample: 0, epoch: epoch, size: CanvasSize(side: 64)))
      let inTiles = result.recipe.sources.map { maker.dataset.annotations(of: $0.picture).count }
      let targets = result.targets
      #expect(
        inTiles.reduce(0, +)
          == targets.boxes.count + targets.lost.outside + targets.lost.tooLittleLeft)
      #expect(targets.boxes.allSatisfy { min($0.width, $0.height) >= 6 })
      lost += targets.lost
    }
    #expect(lost.outside > 0 && lost.tooLittleLeft > 0)
  }

  @Test func unusablePartnersAreReplaced() throws {
    let maker = try maker()
    for epoch in 0..<20 {
      let result = maker.make(
        .init(sample: 0, epoch: epoch, size: CanvasSize(side: 64)), isUsable: { $0 != 3 })
      #expect(result.recipe.sources.allSatisfy { $0.picture != 3 })
    }
  }
}
