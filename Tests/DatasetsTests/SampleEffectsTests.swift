import Boxes
import Datasets
import Foundation
import Images
import Testing

@Suite struct SampleEffectsTests {
  private let size = CanvasSize(side: 64)

  private func pictures() throws -> RectanglePictures {
    try RectanglePictures([[Box(left: 10, top: 10, right: 60, bottom: 50)], [], []])
  }

  private func recipes(_ change: (inout Augmentation) -> Void) throws -> [Recipe] {
    let maker = try pictures().maker(change)
    return (0..<60).map { maker.make(.init(sample: 0, epoch: $0, size: size)).recipe }
  }

  @Test func nothingIsDrawnUnlessAskedFor() throws {
    let pictures = try pictures()
    let maker = RecipeMaker(dataset: pictures.dataset, augmentation: Augmentation(), seed: 1)
    for epoch in 0..<10 {
      let recipe = maker.make(.init(sample: 0, epoch: epoch, size: size)).recipe
      #expect(recipe.tone == Recipe.Tone() && recipe.finish == Recipe.Finish())
      #expect(recipe.sources.allSatisfy { $0.perspective == [0, 0] })
      #expect(
        recipe.sources.allSatisfy { $0.canvasToPicture.b == 0 && $0.canvasToPicture.d == 0 })
    }
  }

  @Test func oneKindLeavesTheDrawsOfOthersAsTheyAre() throws {
    func base(_ settings: inout Augmentation) {
      (settings.mosaic, settings.horizontalFlip, settings.hue) = (0.5, 0.5, 20)
      settings.translation = 0.2
      settings.warping.rotation = 30
      (settings.toning.brightness, settings.degrading.noise) = (0.2, 10)
      settings.occluding.cutout = 0.5
    }
    let plain = try recipes(base)
    let more = try recipes {
      base(&$0)
      $0.toning.contrast = 0.5
      ($0.degrading.blur, $0.degrading.jpeg) = (3, 0.5)
    }
    for (a, b) in zip(plain, more) {
      #expect(a.sources == b.sources && a.hueShift == b.hueShift)
      #expect(a.finish.hidden == b.finish.hidden && a.tone.brightness == b.tone.brightness)
    }
    #expect(plain.contains { !$0.finish.hidden.isEmpty })
  }

  @Test func toneStaysInItsRange() throws {
    let tones = try recipes {
      ($0.toning.brightness, $0.toning.contrast, $0.toning.gray) = (0.2, 0.5, 0.3)
    }.map(\.tone)
    #expect(tones.allSatisfy { abs($0.brightness) <= 0.2 && abs($0.contrast - 1) <= 0.5 })
    #expect(tones.contains { $0.brightness > 0.15 } && tones.contains { $0.brightness < -0.15 })
    #expect(tones.contains { $0.contrast > 1.4 } && tones.contains { $0.contrast < 0.6 })
    #expect((6...32).contains(tones.count { $0.isGray }))
  }

  @Test func degradingStaysInItsRange() throws {
    let finishes = try recipes {
      ($0.degrading.blur, $0.degrading.noise) = (4, 12)
      ($0.degrading.jpeg, $0.degrading.jpegQuality) = (0.5, 40)
    }.map(\.finish)
    #expect(finishes.allSatisfy { $0.blurRadius <= 4 && $0.noise <= 12 })
    #expect(finishes.contains { $0.blurRadius > 3 } && finishes.contains { $0.blurRadius == 0 })
    #expect(Set(finishes.map(\.noiseKey)).count == 60)
    let qualities = finishes.compactMap(\.jpegQuality)
    #expect(qualities.allSatisfy { (40...95).contains($0) })
    #expect((15...45).contains(qualities.count) && qualities.contains { $0 < 60 })
  }

  @Test func randAugmentDrawsSoManyChangesAtItsMagnitude() throws {
    #expect(try recipes { $0.randAugment.magnitude = 10 } == recipes { _ in })
    func changes(_ recipe: Recipe) -> Int {
      let (map, tone, finish) = (recipe.sources[0].map, recipe.tone, recipe.finish)
      // Turns and slants are counted together, and with the tilt, which moves both numbers too.
      return [
        map.affine.b != 0 || map.affine.d != 0 || !map.isAffine, tone.brightness != 0,
        tone.contrast != 1, recipe.saturationGain != 1, recipe.hueShift != 0,
        finish.blurRadius > 0, finish.noise > 0, finish.jpegQuality != nil, !finish.hidden.isEmpty,
      ].count { $0 }
    }
    let two = try recipes { ($0.randAugment.count, $0.randAugment.magnitude) = (2, 10) }
    #expect(two.allSatisfy { changes($0) <= 2 } && two.count { changes($0) == 2 } > 30)
    #expect(two.contains { $0.finish.jpegQuality == 20 } && two.contains { $0.finish.noise == 25 })
    let weak = try recipes { ($0.randAugment.count, $0.randAugment.magnitude) = (2, 1) }
    #expect(weak.contains { $0.finish.noise == 2.5 })
    #expect(weak.allSatisfy { abs($0.tone.contrast - 1) < 0.0901 })
    let none = try recipes { ($0.randAugment.count, $0.randAugment.magnitude) = (13, 0) }
    #expect(none.allSatisfy { changes($0) <= 1 && $0.finish.blurRadius == 0 })
  }

  @Test func randAugmentStaysWhereMapsExist() throws {
    let all = try recipes {
      ($0.randAugment.count, $0.randAugment.magnitude) = (13, 10)
      ($0.warping.rotation, $0.warping.shear, $0.warping.perspective) = (180, 40, 0.4)
      ($0.toning.brightness, $0.toning.contrast) = (1, 1)
      ($0.mosaic, $0.mosaicTiles, $0.cropping.probability) = (0.5, 9, 0.5)
    }
    let pictures = try pictures()
    for recipe in all { #expect(throws: Never.self) { try pictures.plane(recipe) } }
  }

  @Test func settingsSurviveJSONAndOldOnesKeepDefaults() throws {
    var augmentation = Augmentation()
    (augmentation.mosaicTiles, augmentation.warping.shear) = (9, 5)
    augmentation.occluding.cutouts = 7
    let data = try JSONEncoder().encode(augmentation)
    #expect(try JSONDecoder().decode(Augmentation.self, from: data) == augmentation)
  }

  @Test func rangesAreChecked() throws {
    let wrong: [((inout Augmentation) -> Void, String)] = [
      ({ $0.mosaicTiles = 5 }, "mosaicTiles is 5.0, expected 4 or 9"),
      ({ $0.warping.shear = 60 }, "shear is 60.0, expected a number from 0.0 to 40.0"),
      ({ $0.cropping.minimumSize = 0 }, "cropMinimum is 0.0, expected a number from 0.05 to 1.0"),
      ({ $0.toning.gray = 2 }, "gray is 2.0, expected a number from 0.0 to 1.0"),
      (
        { $0.degrading.jpegQuality = 100 },
        "jpegQuality is 100.0, expected a number from 1.0 to 95.0"
      ),
      ({ $0.occluding.hide = -1 }, "hide is -1.0, expected a number from 0.0 to 1.0"),
      (
        { $0.randAugment.magnitude = 11 },
        "randAugmentMagnitude is 11.0, expected a number from 0.0 to 10.0"
      ),
    ]
    for (change, expected) in wrong {
      var augmentation = Augmentation()
      change(&augmentation)
      #expect(sentence { try augmentation.validate() } == expected)
    }
  }
}
