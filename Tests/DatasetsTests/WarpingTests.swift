import Boxes
import Datasets
import Foundation
import Images
import Testing

@Suite struct WarpingTests {
  /// What a change of geometry is called, and how to turn it on.
  struct Change: Sendable, CustomTestStringConvertible {
    var testDescription: String
    var apply: @Sendable (inout Augmentation) -> Void

    static let all = [
      Change(testDescription: "rotation") { $0.warping.rotation = 180 },
      Change(testDescription: "shear") { $0.warping.shear = 30 },
      Change(testDescription: "perspective") { $0.warping.perspective = 0.4 },
      Change(testDescription: "crop") { $0.cropping.probability = 1 },
      Change(testDescription: "nine") { ($0.mosaic, $0.mosaicTiles) = (1, 9) },
      Change(testDescription: "randAugment") {
        ($0.randAugment.count, $0.randAugment.magnitude) = (4, 10)
      },
      Change(testDescription: "all") {
        ($0.warping.rotation, $0.warping.shear, $0.warping.perspective) = (40, 20, 0.3)
        ($0.cropping.probability, $0.transpose, $0.horizontalFlip) = (0.5, 0.5, 0.5)
        ($0.mosaic, $0.minimumScale) = (0.5, 0.5)
      },
    ]
  }

  /// A rectangle in one picture, and others that are black.
  private func pictures() throws -> RectanglePictures {
    try RectanglePictures(
      [[Box(left: 30, top: 24, right: 62, bottom: 46)]] + Array(repeating: [], count: 11))
  }

  @Test(arguments: Change.all) func brightPixelsLieUnderTheirBox(change: Change) throws {
    let pictures = try pictures()
    let maker = try pictures.maker(change.apply)
    var (whole, warped) = (0, 0)
    for epoch in 0..<40 {
      var result = maker.make(
        .init(sample: 0, epoch: epoch, size: CanvasSize(width: 160, height: 128)))
      // The colours and hidden parts that RandAugment draws would hide the edges.
      (result.recipe.tone, result.recipe.finish) = (Recipe.Tone(), Recipe.Finish())
      guard let found = try pictures.found(result.recipe) else { continue }
      // The mosaic of four or nine may hold the picture more than once.
      guard result.recipe.sources.count(where: { $0.picture == 0 }) == 1 else { continue }
      guard let target = result.targets.boxes.first else {
        #expect(result.targets.lost != LostBoxes(), "epoch \(epoch)")
        continue
      }
      let canvas = Box(left: 0, top: 0, right: 160, bottom: 128)
      #expect(distance(found.clipped(to: target), found) <= 1, "epoch \(epoch)")
      if distance(target.clipped(to: Box(left: 1, top: 1, right: 159, bottom: 127)), target) == 0 {
        // Cut by nothing, the hull of the corners is that of the pixels: a sharp corner may miss two
        // pixels more.
        #expect(distance(found, target) <= 3, "epoch \(epoch): \(found), \(target), \(canvas)")
        whole += 1
      }
      let source = result.recipe.sources[0]
      if !(source.canvasToPicture.b == 0 || source.canvasToPicture.a == 0) { warped += 1 }
    }
    #expect(whole >= 8)
    let isUpright = ["crop", "nine"].contains(change.testDescription)
    #expect(isUpright ? warped == 0 : warped >= 8)
  }

  @Test(arguments: Change.all) func targetsAreTheHullOfTheObjectsCorners(change: Change) throws {
    let rectangles = [
      [
        Box(left: 10, top: 10, right: 30, bottom: 40),
        Box(left: 50, top: 30, right: 90, bottom: 60),
      ],
      [Box(left: 0, top: 0, right: 100, bottom: 80)],
    ]
    let pictures = try RectanglePictures(rectangles)
    let maker = try pictures.maker(change.apply)
    var checked = 0
    for epoch in 0..<30 {
      let result = maker.make(.init(sample: 0, epoch: epoch, size: CanvasSize(side: 128)))
      let canvas = Box(left: 0, top: 0, right: 128, bottom: 128)
      for (target, index) in zip(result.targets.boxes, result.targets.annotations) {
        let isMatched = result.recipe.sources.contains { source in
          let objects = pictures.dataset.annotations(of: source.picture)
          guard objects.indices.contains(Int(index)), let map = source.map.inverse else {
            return false
          }
          let box = objects[Int(index)].box
          let corners = [
            (box.left, box.top), (box.right, box.top), (box.left, box.bottom),
            (box.right, box.bottom),
          ].map { map(Double($0.0), Double($0.1)) }
          // All of them before the horizon: else the hull is another one.
          guard corners.allSatisfy({ source.map.g * $0.x + source.map.h * $0.y + 1 > 0 }) else {
            return true
          }
          let hull = Box(
            left: Float(corners.map(\.x).min()!), top: Float(corners.map(\.y).min()!),
            right: Float(corners.map(\.x).max()!), bottom: Float(corners.map(\.y).max()!))
          return distance(hull.clipped(to: canvas), target) < 0.6
        }
        #expect(isMatched, "epoch \(epoch)")
        checked += 1
      }
    }
    #expect(checked >= 30)
  }

  @Test func rotationTurnsAboutTheMiddleAndKeepsSizes() throws {
    let maker = try pictures().maker { $0.warping.rotation = 90 }
    var angles: [Double] = []
    for epoch in 0..<200 {
      let map = maker.make(.init(sample: 0, epoch: epoch, size: CanvasSize(side: 100)))
        .recipe.sources[0].map
      // The picture of 100 × 80 fits a square of 100 at scale 1.
      let middle = map(50, 50)
      #expect(abs(middle.x - 50) < 1e-9 && abs(middle.y - 40) < 1e-9)
      #expect(abs(map.affine.determinant - 1) < 1e-9 && map.isAffine)
      angles.append(atan2(map.affine.b, map.affine.a) * 180 / .pi)
    }
    #expect(angles.allSatisfy { abs($0) <= 90 })
    #expect(angles.contains { $0 > 80 } && angles.contains { $0 < -80 })
  }

  @Test func perspectiveChangesTheDepthOfTheBorder() throws {
    let maker = try pictures().maker { $0.warping.perspective = 0.4 }
    var shares: [Double] = []
    for epoch in 0..<200 {
      let map = maker.make(.init(sample: 0, epoch: epoch, size: CanvasSize(width: 80, height: 40)))
        .recipe.sources[0].map
      func depth(_ x: Double, _ y: Double) -> Double { map.g * x + map.h * y + map.i }
      shares += [depth(80, 20) / depth(40, 20) - 1, depth(40, 40) / depth(40, 20) - 1]
      let middle = map(40, 20)
      #expect(abs(middle.x - 50) < 1e-9 && abs(middle.y - 40) < 1e-9)
    }
    #expect(shares.allSatisfy { abs($0) <= 0.4 })
    #expect(shares.contains { $0 > 0.35 } && shares.contains { $0 < -0.35 })
  }

  @Test func everyObjectIsATargetOrCounted() throws {
    let pictures = try RectanglePictures([
      [
        Box(left: 0, top: 0, right: 20, bottom: 20), Box(left: 80, top: 60, right: 100, bottom: 80),
        Box(left: 40, top: 30, right: 60, bottom: 50),
      ]
    ])
    let maker = try pictures.maker {
      ($0.warping.rotation, $0.warping.perspective) = (180, 0.4)
      ($0.translation, $0.minimumVisibleShare) = (0.3, 0.5)
    }
    var lost = LostBoxes()
    for epoch in 0..<60 {
      let targets = maker.make(.init(sample: 0, epoch: epoch, size: CanvasSize(side: 64))).targets
      #expect(targets.boxes.count + targets.lost.outside + targets.lost.tooLittleLeft == 3)
      lost += targets.lost
    }
    #expect(lost.outside > 0 && lost.tooLittleLeft > 0 && lost.hidden == 0)
  }

  @Test func warpsEndWhenTold() throws {
    var maker = try pictures().maker { $0.warping.rotation = 90 }
    maker.mosaicEnd = 2
    let size = CanvasSize(side: 64)
    #expect(maker.make(.init(sample: 0, epoch: 1, size: size)).recipe.sources[0].map.affine.b != 0)
    #expect(maker.make(.init(sample: 0, epoch: 2, size: size)).recipe.sources[0].map.affine.b == 0)
  }
}
