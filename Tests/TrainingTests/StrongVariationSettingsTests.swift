import Datasets
import Testing
import Training

@Suite struct StrongVariationSettingsTests {
  @Test func allAreOffUnlessGiven() throws {
    let augmentation = try ResolvedSettings(recipe: nil, options: []).values.augmentation
    #expect(augmentation == Augmentation())
    #expect(augmentation.namesOfChangesThatEnd == ["mosaic"])
    for name in [
      "rotation", "shear", "perspective", "crop", "brightness", "contrast", "gray", "blur", "noise",
      "jpeg", "cutout", "hide", "gridMask", "randAugment",
    ] {
      let setting = try #require(Setting.named(name))
      #expect(Double(setting.defaultText) == 0, "\(name)")
    }
    #expect(Setting.named("mosaicTiles")?.defaultText == "4")
  }

  @Test func eachReachesItsPlace() throws {
    let options = [
      ("rotation", "10"), ("shear", "5"), ("perspective", "0.1"), ("crop", "0.5"),
      ("cropMinimum", "0.4"), ("mosaicTiles", "9"), ("brightness", "0.1"), ("contrast", "0.2"),
      ("gray", "0.3"), ("blur", "2"), ("noise", "4"), ("jpeg", "0.6"), ("jpegQuality", "50"),
      ("cutout", "0.7"), ("cutouts", "3"), ("cutoutSize", "0.2"), ("hide", "0.8"),
      ("hideShare", "0.25"), ("gridMask", "0.9"), ("gridMaskPeriod", "0.15"),
      ("gridMaskRatio", "0.6"), ("randAugment", "2"), ("randAugmentMagnitude", "7"),
    ]
    let found = try ResolvedSettings(
      recipe: nil, options: options.map { (name: $0.0, value: $0.1) }
    ).values.augmentation
    var expected = Augmentation()
    (expected.warping.rotation, expected.warping.shear) = (10, 5)
    (expected.warping.perspective, expected.mosaicTiles) = (0.1, 9)
    (expected.cropping.probability, expected.cropping.minimumSize) = (0.5, 0.4)
    (expected.toning.brightness, expected.toning.contrast, expected.toning.gray) = (0.1, 0.2, 0.3)
    (expected.degrading.blur, expected.degrading.noise) = (2, 4)
    (expected.degrading.jpeg, expected.degrading.jpegQuality) = (0.6, 50)
    (expected.occluding.cutout, expected.occluding.cutouts) = (0.7, 3)
    (expected.occluding.cutoutSize, expected.occluding.hide) = (0.2, 0.8)
    (expected.occluding.hideShare, expected.occluding.gridMask) = (0.25, 0.9)
    (expected.occluding.gridMaskPeriod, expected.occluding.gridMaskRatio) = (0.15, 0.6)
    (expected.randAugment.count, expected.randAugment.magnitude) = (2, 7)
    #expect(found == expected)
  }

  @Test func mosaicsHaveFourOrNineTiles() {
    #expect(throws: TrainingError.self) {
      try ResolvedSettings(recipe: nil, options: [(name: "mosaicTiles", value: "5")])
    }
  }

  @Test func hiddenTargetsAreSummed() {
    var sums = EpochSums()
    var lost = LostBoxes()
    sums.add(lost)
    #expect(sums.hiddenTargets == nil)
    (lost.hidden, lost.tooLittleLeft) = (3, 1)
    sums.add(lost)
    sums.add(lost)
    #expect(sums.hiddenTargets == 6 && sums.tooSmallTargets == 2)
  }
}
