import Boxes
import Datasets
import Images
import Testing

@Suite struct HiddenAreaTests {
  @Test func overlappingRectanglesCountOnce() {
    var finish = Recipe.Finish()
    let box = Box(left: 10, top: 10, right: 20, bottom: 30)
    #expect(finish.visibleShare(of: box) == 1)
    // The left half, then the upper half as well: three quarters.
    finish.hidden = [[0, 0, 15, 40]]
    #expect(finish.visibleShare(of: box) == 0.5)
    finish.hidden.append([12, 5, 99, 20])
    #expect(abs(finish.visibleShare(of: box) - 0.25) < 1e-9)
    finish.hidden.append([15, 20, 99, 99])
    #expect(abs(finish.visibleShare(of: box)) < 1e-9)
  }

  @Test func gridsHideTheSquareOfTheirShare() {
    var finish = Recipe.Finish()
    finish.grid = Recipe.Grid(period: 10, side: 4, x: 3, y: 7)
    // Ten periods each way: 4² / 10² is hidden.
    let box = Box(left: 20, top: 50, right: 120, bottom: 150)
    #expect(abs(finish.visibleShare(of: box) - 0.84) < 1e-9)
    // One square exactly, and half of it.
    #expect(finish.visibleShare(of: Box(left: 13, top: 17, right: 17, bottom: 21)) == 0)
    #expect(finish.visibleShare(of: Box(left: 15, top: 17, right: 19, bottom: 21)) == 0.5)
  }

  @Test(arguments: 0..<20) func shareIsThatOfTheComposedPixels(epoch: Int) throws {
    let pictures = try RectanglePictures([[Box(left: 20, top: 10, right: 80, bottom: 70)]])
    let maker = try pictures.maker {
      ($0.occluding.cutout, $0.occluding.cutouts, $0.occluding.hide) = (1, 4, 0.5)
      $0.occluding.gridMask = 0.5
      $0.minimumVisibleShare = 0
    }
    // The picture at its own size: the box is one of whole pixels.
    let size = CanvasSize(width: 100, height: 80)
    let recipe = maker.make(.init(sample: 0, epoch: epoch, size: size)).recipe
    let bright = try pictures.plane(recipe).count { $0 > 0.5 }
    let share = recipe.finish.visibleShare(of: Box(left: 20, top: 10, right: 80, bottom: 70))
    #expect(abs(Double(bright) - share * 3600) < 0.5)
  }
}

@Suite struct OccludingTests {
  private func pictures() throws -> RectanglePictures {
    try RectanglePictures([
      [
        Box(left: 10, top: 10, right: 40, bottom: 50),
        Box(left: 50, top: 40, right: 90, bottom: 70),
      ]
    ])
  }

  @Test func hiddenObjectsAreDroppedAndCounted() throws {
    let maker = try pictures().maker {
      ($0.occluding.cutout, $0.occluding.cutouts, $0.occluding.cutoutSize) = (1, 3, 0.9)
      $0.minimumVisibleShare = 0.5
    }
    var hidden = 0
    for epoch in 0..<40 {
      let result = maker.make(.init(sample: 0, epoch: epoch, size: CanvasSize(side: 64)))
      let targets = result.targets
      #expect(targets.boxes.count + targets.lost.hidden == 2)
      #expect(targets.classes.count == targets.boxes.count)
      #expect(targets.annotations.count == targets.boxes.count)
      for box in targets.boxes { #expect(result.recipe.finish.visibleShare(of: box) >= 0.5) }
      hidden += targets.lost.hidden
    }
    #expect(hidden > 5 && hidden < 75)
  }

  @Test func partsOfObjectsAreHiddenWithinTheirBoxes() throws {
    let maker = try pictures().maker {
      ($0.occluding.hide, $0.occluding.hideShare) = (1, 0.4)
    }
    var shares: [Double] = []
    for epoch in 0..<100 {
      let size = CanvasSize(width: 100, height: 80)
      let result = maker.make(.init(sample: 0, epoch: epoch, size: size))
      #expect(result.recipe.finish.hidden.count == 2)
      for (box, part) in zip(result.targets.boxes, result.recipe.finish.hidden) {
        let hidden = Box(
          left: Float(part[0]), top: Float(part[1]), right: Float(part[2]), bottom: Float(part[3]))
        #expect(distance(hidden.clipped(to: box), hidden) < 0.01)
        shares.append(Double(hidden.area / box.area))
      }
    }
    // Rounded to whole pixels.
    #expect(shares.allSatisfy { $0 > 0.01 && $0 < 0.45 })
    #expect(shares.contains { $0 < 0.1 } && shares.contains { $0 > 0.35 })
    #expect(abs(shares.reduce(0, +) / Double(shares.count) - 0.22) < 0.04)
  }

  @Test func gridMaskFollowsItsPeriodAndRatio() throws {
    let maker = try pictures().maker {
      ($0.occluding.gridMask, $0.occluding.gridMaskPeriod) = (1, 0.5)
      $0.occluding.gridMaskRatio = 0.75
      $0.minimumVisibleShare = 0
    }
    var periods: [Int] = []
    for epoch in 0..<60 {
      let size = CanvasSize(width: 200, height: 120)
      let grid = try #require(
        maker.make(.init(sample: 0, epoch: epoch, size: size)).recipe.finish.grid)
      #expect((30...60).contains(grid.period))
      #expect(abs(Double(grid.side) - 0.25 * Double(grid.period)) <= 0.5)
      #expect((0..<grid.period).contains(grid.x) && (0..<grid.period).contains(grid.y))
      periods.append(grid.period)
    }
    #expect(periods.min()! < 35 && periods.max()! > 55)
  }

  @Test func occlusionEndsWhenTold() throws {
    var maker = try pictures().maker {
      ($0.occluding.cutout, $0.occluding.hide, $0.occluding.gridMask) = (1, 1, 1)
      ($0.randAugment.count, $0.toning.brightness) = (5, 0.2)
    }
    maker.mosaicEnd = 2
    let size = CanvasSize(side: 64)
    let strong = maker.make(.init(sample: 0, epoch: 1, size: size)).recipe
    #expect(!strong.finish.hidden.isEmpty && strong.finish.grid != nil)
    let last = maker.make(.init(sample: 0, epoch: 2, size: size)).recipe
    #expect(last.finish == Recipe.Finish() && last.tone.brightness != 0)
  }
}
