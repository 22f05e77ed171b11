import Boxes
import Datasets
import Images
import TestSupport
import Testing

@Suite struct PastingTests {
  /// Pictures of 100×80 black pixels with white squares of 6 pixels where `rows` say, in CSV.
  private func dataset(_ rows: String, pictures: Int = 1, _ folder: TemporaryFolder) throws
    -> Dataset
  {
    for index in 0..<pictures {
      try Picture(width: 100, height: 80, filledWith: .black).write(to: folder.file("\(index).png"))
    }
    try folder.write(
      "file,width,height,class,left,top,right,bottom,ignored\n" + rows, to: "train.csv")
    let file = try folder.write("train: train.csv\nnames: [small, large]\n", to: "d.yaml")
    return try DataDescription.load(file).dataset(.train)
  }

  private func augmentation(_ change: (inout Pasting) -> Void = { _ in }) -> Augmentation {
    var augmentation = Augmentation.none
    augmentation.minimumVisibleShare = 0
    augmentation.minimumSide = 1
    augmentation.pasting.probability = 1
    augmentation.pasting.copies = 4
    augmentation.pasting.size = 10
    change(&augmentation.pasting)
    return augmentation
  }

  private let canvas = CanvasSize(width: 100, height: 80)

  /// Of one small and one large object.
  private let rows = """
    0.png,100,80,large,50,20,90,70,
    0.png,100,80,small,10,20,16,26,

    """

  @Test func copiesLieInThePictureAndHideNothing() throws {
    let folder = try TemporaryFolder()
    let dataset = try dataset(rows, folder)
    let maker = RecipeMaker(dataset: dataset, augmentation: augmentation(), seed: 3)
    var pasted = 0
    for epoch in 0..<30 {
      let result = maker.make(.init(sample: 0, epoch: epoch, size: canvas))
      let targets = result.targets
      #expect(targets.copies.pasted + targets.copies.unplaced == 4)
      #expect(targets.boxes.count == 2 + targets.copies.pasted)
      #expect(result.recipe.sources.count == 1 + targets.copies.pasted)
      #expect(targets.annotations.dropFirst(2).allSatisfy { $0 == 1 })
      #expect(targets.classes.dropFirst(2).allSatisfy { $0 == 0 })
      for (index, box) in targets.boxes.enumerated().dropFirst(2) {
        // The factor is 0.8 to 1.2.
        #expect((4.79...7.21).contains(box.width) && abs(box.width - box.height) < 1e-3)
        let inside = box.clipped(to: Box(left: 0, top: 0, right: 100, bottom: 80))
        #expect(inside == box)
        for other in targets.boxes.prefix(index) {
          #expect(box.clipped(to: other).area == 0)
        }
      }
      pasted += targets.copies.pasted
    }
    // There is room for nearly all.
    #expect(pasted > 110)
  }

  /// The picture fills the middle 80 of 160 rows, or, smaller than fitted, less of the canvas.
  @Test func copiesLieOnPicturesNotOnTheFill() throws {
    let folder = try TemporaryFolder()
    let dataset = try dataset(rows, folder)
    var settings = augmentation()
    (settings.minimumScale, settings.translation) = (0.7, 0.3)
    let maker = RecipeMaker(dataset: dataset, augmentation: settings, seed: 3)
    var pasted = 0
    for epoch in 0..<30 {
      let result = maker.make(
        .init(sample: 0, epoch: epoch, size: CanvasSize(width: 100, height: 160)))
      let map = result.recipe.sources[0].canvasToPicture
      for box in result.targets.boxes.suffix(result.targets.copies.pasted) {
        let below = map(box)
        #expect(below.left > -1e-3 && below.right < 100.001)
        #expect(below.top > -1e-3 && below.bottom < 80.001)
      }
      pasted += result.targets.copies.pasted
    }
    #expect(pasted > 60)
  }

  @Test func copiesStayOnWarpedPictures() throws {
    let folder = try TemporaryFolder()
    let dataset = try dataset(rows, folder)
    var settings = augmentation()
    (settings.warping.rotation, settings.warping.perspective) = (40, 0.2)
    settings.occluding.gridMask = 1
    let maker = RecipeMaker(dataset: dataset, augmentation: settings, seed: 3)
    var (pasted, hidden) = (0, 0)
    for epoch in 0..<40 {
      let result = maker.make(.init(sample: 0, epoch: epoch, size: canvas))
      let targets = result.targets
      #expect(targets.pastedBoxes <= targets.copies.pasted)
      #expect(targets.boxes.count - targets.pastedBoxes <= 2)
      for box in targets.boxes.suffix(targets.pastedBoxes) {
        let below = result.recipe.sources[0].map(box)
        #expect(below.left > -1e-3 && below.right < 100.001)
        #expect(below.top > -1e-3 && below.bottom < 80.001)
      }
      pasted += targets.pastedBoxes
      hidden += targets.copies.pasted - targets.pastedBoxes
    }
    #expect(pasted > 20 && hidden > 0)
  }

  @Test func probabilityIsOfEachObject() throws {
    let folder = try TemporaryFolder()
    let dataset = try dataset(rows, folder)
    let maker = RecipeMaker(
      dataset: dataset, augmentation: augmentation { $0.probability = 0.25 }, seed: 3)
    let counts = (0..<200).map {
      maker.make(.init(sample: 0, epoch: $0, size: canvas)).targets.copies
    }
    #expect(counts.allSatisfy { [0, 4].contains($0.pasted + $0.unplaced) })
    let taken = counts.count { $0.pasted + $0.unplaced > 0 }
    // 50 ± 5 · √(200 · ¼ · ¾).
    #expect((20...80).contains(taken))
  }

  /// What is drawn is found again in every target's box, and nowhere else.
  @Test func boxesFitThePixels() throws {
    let folder = try TemporaryFolder()
    let dataset = try dataset("0.png,100,80,small,40,30,46,39,\n", folder)
    let picture = try Picture(width: 100, height: 80, filledWith: .black)
    try picture.drawRectangle(
      Box(left: 40, top: 30, right: 46, bottom: 39), colour: .white, thickness: nil)
    var settings = augmentation()
    (settings.transpose, settings.horizontalFlip, settings.verticalFlip) = (0.5, 0.5, 0.5)
    (settings.minimumScale, settings.maximumScale) = (0.9, 1.5)
    let maker = RecipeMaker(dataset: dataset, augmentation: settings, seed: 4)
    for epoch in 0..<20 {
      var result = maker.make(.init(sample: 0, epoch: epoch, size: canvas))
      result.recipe.fill = [0, 0, 0]
      let planes = try result.recipe.composed(pictures: { _ in picture })
      var bright: Float = 0
      for value in planes.prefix(8000) { bright += value }
      let area = result.targets.boxes.reduce(0) { $0 + $1.area }
      #expect(result.targets.copies.pasted > 0)
      // Edges are smoothed on both sides alike.
      #expect(abs(bright - area) < 0.06 * area + 4, "epoch \(epoch): \(bright) for \(area)")
      for box in result.targets.boxes {
        let (x, y) = (Int(box.centerX), Int(box.centerY))
        #expect(planes[y * 100 + x] > 0.99)
        for (dx, dy) in [(-1, 0), (1, 0), (0, -1), (0, 1)] as [(Float, Float)] {
          // Two pixels inside and two outside each edge.
          let edge = (
            x: box.centerX + dx * box.width / 2, y: box.centerY + dy * box.height / 2
          )
          let inner = Int(edge.y - 2 * dy) * 100 + Int(edge.x - 2 * dx)
          #expect(planes[inner] > 0.9, "epoch \(epoch), \(box)")
          let (outerX, outerY) = (Int(edge.x + 2 * dx), Int(edge.y + 2 * dy))
          guard (0..<100).contains(outerX), (0..<80).contains(outerY) else { continue }
          let isOther = result.targets.boxes.contains {
            Float(outerX + 2) > $0.left && Float(outerX - 1) < $0.right
              && Float(outerY + 2) > $0.top && Float(outerY - 1) < $0.bottom && $0 != box
          }
          #expect(isOther || planes[outerY * 100 + outerX] < 0.1, "epoch \(epoch), \(box)")
        }
      }
    }
  }

  @Test func whatFindsNoPlaceIsCounted() throws {
    let folder = try TemporaryFolder()
    let full = """
      0.png,100,80,large,0,0,100,80,
      0.png,100,80,small,10,20,16,26,

      """
    let dataset = try dataset(full, folder)
    let maker = RecipeMaker(dataset: dataset, augmentation: augmentation(), seed: 3)
    let result = maker.make(.init(sample: 0, size: canvas))
    #expect(result.targets.copies.unplaced == 4 && result.targets.copies.pasted == 0)
    #expect(result.recipe.sources.count == 1 && result.targets.boxes.count == 2)
    var settings = augmentation { $0.overlap = 0 }
    settings.minimumSide = 8
    let tooSmall = RecipeMaker(
      dataset: try self.dataset(rows, folder), augmentation: settings, seed: 3)
    // Six pixels are no target, so nothing is copied.
    #expect(tooSmall.make(.init(sample: 0, size: canvas)).targets.copies == CopyCounts())
    settings.minimumSide = 5.9
    let some = RecipeMaker(
      dataset: try self.dataset(rows, folder), augmentation: settings, seed: 3)
    var sum = CopyCounts()
    for epoch in 0..<20 {
      let targets = some.make(.init(sample: 0, epoch: epoch, size: canvas)).targets
      #expect(targets.boxes.allSatisfy { min($0.width, $0.height) >= 5.9 })
      sum += targets.copies
    }
    #expect(sum.pasted > 20 && sum.unplaced > 20)
  }

  @Test func overlapStaysWithinItsLimit() throws {
    let folder = try TemporaryFolder()
    let full = """
      0.png,100,80,large,0,0,100,80,
      0.png,100,80,small,10,20,16,26,

      """
    let dataset = try dataset(full, folder)
    let settings = augmentation {
      $0.overlap = 0.05
      $0.copies = 16
      $0.scale = 0
    }
    let maker = RecipeMaker(dataset: dataset, augmentation: settings, seed: 3)
    // Any copy lies over the large object with all of itself.
    #expect(maker.make(.init(sample: 0, size: canvas)).targets.copies.pasted == 0)
    let sparse = try self.dataset(
      """
      0.png,100,80,large,20,0,100,80,
      0.png,100,80,small,4,4,10,10,

      """, folder)
    let beyond = augmentation {
      $0.overlap = 0.5
      $0.copies = 16
    }
    for epoch in 0..<10 {
      let targets = RecipeMaker(dataset: sparse, augmentation: beyond, seed: 3)
        .make(.init(sample: 0, epoch: epoch, size: canvas)).targets
      #expect(targets.copies.pasted > 0)
      for (index, box) in targets.boxes.enumerated().dropFirst(2) {
        for other in targets.boxes.prefix(index) {
          let shared = box.clipped(to: other).area
          #expect(shared <= 0.5 * box.area + 1e-3 && shared <= 0.5 * other.area + 1e-3)
        }
      }
    }
  }

  @Test func ignoredAndLargeObjectsAreNotCopied() throws {
    let folder = try TemporaryFolder()
    let dataset = try dataset(
      """
      0.png,100,80,small,10,20,16,26,difficult
      0.png,100,80,small,40,20,46,26,crowd
      0.png,100,80,large,60,20,71,31,

      """, folder)
    for origin in Pasting.Origin.allCases {
      let settings = augmentation { $0.origin = origin }
      let result = RecipeMaker(dataset: dataset, augmentation: settings, seed: 3)
        .make(.init(sample: 0, size: canvas))
      #expect(result.recipe.sources.count == 1 && result.targets.copies.pasted == 0)
      #expect(result.targets.copies.unplaced == (origin == .any ? 4 : 0))
      #expect(settings.pasting.warning(for: dataset)?.hasPrefix("paste has no effect") == true)
    }
    #expect(augmentation { $0.size = 12 }.pasting.warning(for: dataset) == nil)
    #expect(augmentation { $0.probability = 0 }.pasting.warning(for: dataset) == nil)
  }

  /// Three pictures: the last two hold the small objects.
  private let spread = """
    0.png,100,80,large,50,20,90,70,
    1.png,100,80,small,10,20,16,26,
    2.png,100,80,small,30,20,36,26,

    """

  @Test func objectsOfOtherPicturesAreDrawnAlike() throws {
    let folder = try TemporaryFolder()
    let dataset = try dataset(spread, pictures: 3, folder)
    let maker = RecipeMaker(
      dataset: dataset, augmentation: augmentation { $0.origin = .any }, seed: 3)
    var counts = [0, 0, 0]
    for epoch in 0..<60 {
      let result = maker.make(.init(sample: 0, epoch: epoch, size: canvas))
      for source in result.recipe.sources.dropFirst() { counts[source.picture] += 1 }
      for annotation in result.targets.annotations.dropFirst() {
        #expect(dataset.annotations[Int(annotation)].classIndex == 0)
      }
    }
    // 240 copies, half from each: 120 ± 5 · √60.
    #expect(counts[0] == 0 && counts[1] + counts[2] > 220 && abs(counts[1] - counts[2]) < 80)
  }

  @Test func unusableOriginalsAreReplacedOrCounted() throws {
    let folder = try TemporaryFolder()
    let dataset = try dataset(spread, pictures: 3, folder)
    let maker = RecipeMaker(
      dataset: dataset, augmentation: augmentation { $0.origin = .any }, seed: 3)
    let without = maker.make(.init(sample: 0, size: canvas), isUsable: { $0 != 1 })
    #expect(without.recipe.sources.dropFirst().allSatisfy { $0.picture == 2 })
    #expect(without.targets.copies.pasted > 0)
    let none = maker.make(.init(sample: 0, size: canvas), isUsable: { $0 == 0 })
    #expect(none.recipe.sources.count == 1 && none.targets.copies.unplaced == 4)
  }

  /// An object that finds no place decided all the same what else was drawn: whether its picture can
  /// be used must be known, or the sample would depend on who looked at it before.
  @Test func picturesOfUnplacedCopiesAreLookedAt() throws {
    let folder = try TemporaryFolder()
    let full = """
      0.png,100,80,large,0,0,100,80,
      1.png,100,80,small,10,20,16,26,

      """
    let dataset = try dataset(full, pictures: 2, folder)
    try folder.truncate("1.png", to: 0.7)
    let cache = PictureCache(dataset: dataset, budget: 1_000_000, largestSize: canvas)
    var loading = BatchLoader.Settings()
    loading.workers = 0
    let loader = BatchLoader(
      maker: RecipeMaker(
        dataset: dataset, augmentation: augmentation { $0.origin = .any }, seed: 3),
      schedule: BatchSchedule(samples: [0], batchSize: 1, isTraining: true, sizes: [canvas]),
      cache: cache, epochs: 0..<1, settings: loading)
    let batch = try #require(try loader.next())
    #expect(batch.copies.unplaced == 4)
    #expect(cache.broken.map(\.sample) == [1])
  }

  @Test func pastingLeavesTheRestOfASampleAsItIs() throws {
    let folder = try TemporaryFolder()
    let dataset = try dataset(spread, pictures: 3, folder)
    var settings = Augmentation()
    let plain = RecipeMaker(dataset: dataset, augmentation: settings, seed: 3)
    settings.pasting = augmentation { $0.origin = .any }.pasting
    var pasting = RecipeMaker(dataset: dataset, augmentation: settings, seed: 3)
    pasting.mosaicEnd = 10
    for epoch in 0..<12 {
      let request = RecipeMaker.Request(sample: 1, epoch: epoch, size: canvas)
      let (a, b) = (plain.make(request), pasting.make(request))
      guard epoch < 10 else {
        // Without a mosaic, and without copies.
        #expect(b.recipe.sources.count == 1 && b.targets.copies == CopyCounts())
        continue
      }
      #expect(Array(b.recipe.sources.prefix(a.recipe.sources.count)) == a.recipe.sources)
      #expect(Array(b.targets.boxes.prefix(a.targets.boxes.count)) == a.targets.boxes)
      #expect(b.recipe.hueShift == a.recipe.hueShift && b.targets.lost == a.targets.lost)
    }
  }
}
