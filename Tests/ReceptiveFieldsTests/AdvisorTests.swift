import Foundation
import Networks
import ReceptiveFields
import Testing

/// One level of stride 8 with a field of 40: sides of 4 to 20 suit. At 64×64 it has 8×8 cells.
@Suite struct AdvisorTests {
  private let present = Graph.trace { coarse($0) }
  /// With a level of stride 4 and a field of 20: sides of 2 to 10 suit.
  private let finer = Graph.trace { image in
    image.through("fine", Convolution(channels: 2, kernel: 20, stride: 4, padding: 8))
      .output("p2.box")
    coarse(image)
  }

  /// At 64×64 half as large: sides of 3, 6, 15, 30 and 50.
  private let five = [6.0, 12, 30, 60, 100]

  private func advice(_ sides: [Double], pictures: [(Int, Int)] = [(128, 128)], size: Extent = 64)
    -> DataAdvice
  {
    let objects = sides.map { ObjectSize(width: $0, height: $0) }
    let data = DataObjects(
      pictures: pictures.enumerated().map { index, picture in
        DataObjects.Picture(
          width: picture.0, height: picture.1, objects: index == 0 ? objects : [])
      }, classNames: [])
    let networks = Advisor.Networks(
      present: PricedGraph(present), finer: PricedGraph(finer), multiple: 16, largestSide: 8192)
    return Advisor(networks, size: size, objects: data).advice
  }

  @Test func presentSharesAreThoseOfTheObjectsAtTheInput() {
    let present = advice(five).present
    #expect(present.size == [64, 64] && present.costRatio == 1)
    // Of 3, 6, 15, 30, 50: two under 8, one under 4, two above 20, one above 40.
    #expect(present.shareUnderCell == 0.4 && present.shareBelow == 0.2)
    #expect(present.shareAbove == 0.4 && present.shareBeyondFields == 0.2)
    #expect(present.shareInNone == 0.6)
    // 8·8 cells of 2 channels, each 3·40·40.
    #expect(present.multiplyAdds == 64 * 2 * 3 * 1600)
  }

  @Test func tableHoldsMultiplesAroundThePresentSize() {
    // 64 times ½, ⅝, ¾, ⅞, 1, 1¼, 1½, 2, 3 to the nearest multiple of 16: 32, 40, 48, 56, …; halves
    // go up: 40 / 16 = 2½ → 3.
    let sizes = advice(five).sizes.map(\.size)
    #expect(sizes == [32, 48, 64, 80, 96, 128, 192].map { [$0, $0] })
    let wide = advice(five, size: Extent(height: 64, width: 128)).sizes
    #expect(wide.contains { $0.size == [64, 128] } && wide.contains { $0.size == [128, 256] })
    #expect(wide.map(\.multiplyAdds) == wide.map(\.multiplyAdds).sorted())
  }

  @Test func eachProblemFindsTheNearestSizeThatSolvesIt() throws {
    let remedies = advice(five).remedies
    func sized(_ problem: DataAdvice.Problem) throws -> DataAdvice.Choice {
      try #require(
        remedies.first {
          $0.problem == problem && [.largerInput, .smallerInput].contains($0.means)
        }
      ).choice
    }
    // 6·s/128 ≥ 8 from 170.7 on; 22 × 22 cells.
    #expect(try sized(.underCell).size == [176, 176])
    #expect(try sized(.underCell).costRatio == 484.0 / 64)
    // 6·s/128 ≥ 4 from 85.3 on.
    #expect(try sized(.below).size == [96, 96])
    // 100·s/128 ≤ 20 up to 25.6, and ≤ 40 up to 51.2.
    #expect(try sized(.above).size == [16, 16])
    #expect(try sized(.beyondFields).size == [48, 48])
    #expect(try sized(.beyondFields).costRatio == 36.0 / 64)
  }

  @Test func finerLevelIsBuiltAndCounted() throws {
    let remedy = try #require(
      advice(five).remedies.first { $0.problem == .underCell && $0.means == .finerLevel })
    // Cells of 4 leave the object of 3; 16·16 cells of 3·20·20 cost as much as 8·8 of 3·40·40.
    #expect(remedy.choice.shareUnderCell == 0.2 && remedy.choice.costRatio == 2)
    #expect(remedy.message.hasPrefix("add a level of stride 4: leaves 20.0 %"))
    #expect(!advice(five).remedies.contains { $0.means == .coarserLevel })
  }

  @Test func noProblemNeedsNoRemedy() {
    // 10 and 15 at 64×64.
    #expect(advice([20, 30]).remedies.isEmpty)
  }

  @Test func tilesLieOnOneGridAndHoldTheLargestObject() throws {
    // Overlap: 30 up to 32, a multiple of 8. Step: 64 − 32 = 32. (128 − 64)/32 + 1 = 3 along a side;
    // 130 pixels need a fourth.
    let advice = advice([6, 12, 30], pictures: [(128, 128), (130, 128), (40, 64)])
    #expect(advice.tiles.map(\.choice.size) == [[64, 64], [96, 96], [128, 128]])
    let tiling = try #require(advice.tiles.first)
    #expect(tiling.overlap == [32, 32] && tiling.step == [32, 32])
    #expect(tiling.tilesPerPicture == (9 + 12 + 1) / 3.0)
    // At the pictures' own scale: 6 and 12 pixels.
    #expect(abs(tiling.choice.shareUnderCell - 1 / 3.0) < 1e-12 && tiling.choice.shareBelow == 0)
    #expect(abs(tiling.choice.costRatio - 22 / 3.0) < 1e-6)
    #expect(advice.tilesTooSmall.isEmpty)
  }

  @Test func tilesThatWouldCutObjectsHoldTheSmallOnesAndLeaveTheRestToTheWholePicture() throws {
    // 60 → 64: no step is left in 64. At 64×64 the object of 6 is 3 px high, under 4: overlap 8,
    // step 56, (128 − 64)/56 → 2 and one more, 9 tiles. 96 − 64 = 32: 2 along a side.
    let advice = advice([6, 60])
    #expect(advice.tilesTooSmall.isEmpty && advice.largestObject == AxisPair(60, 60))
    #expect(advice.tiles.map(\.overlap) == [[8, 8], [64, 64]])
    #expect(advice.tiles.map(\.step) == [[56, 56], [32, 32]])
    #expect(advice.tiles.map(\.withWholePicture) == [true, false])
    #expect(advice.tiles.map(\.tilesPerPicture) == [9, 4])
    let both = try #require(advice.tiles.first).choice
    // Nine tiles and one whole picture of the same size.
    #expect(both.costRatio == 10)
    // 6 in a tile is above 4 and under a cell of 8; 60 in the whole picture is 30, above 20.
    #expect(both.shareBelow == 0 && both.shareUnderCell == 0.5 && both.shareAbove == 0.5)
    let remedy = advice.remedies.first { $0.problem == .below && $0.means == .tiles }
    // Both leave none; four tiles of 96×96 cost 4 · 1.5² = 9, less than 10.
    #expect(remedy?.choice.costRatio == 9)
    #expect(remedy?.message.contains("tiles of 96×96") == true)
    #expect(remedy?.message.contains("whole picture") == false)
  }

  @Test func tilesThatWouldCutObjectsAreLeftOutWhereNoneIsTooSmall() {
    // At 64×64 sides of 8 and 30: 16 is no smaller than a cell, so 64 has nothing to find.
    let advice = advice([16, 60])
    #expect(advice.tilesTooSmall == [[64, 64]])
    #expect(advice.tiles.map(\.step) == [[32, 32]])
  }

  @Test func picturesInsideTheInputAreNotCut() {
    let advice = advice([6], pictures: [(64, 48)])
    #expect(advice.tiles.isEmpty && advice.tilesTooSmall.isEmpty)
  }

  @Test func adviceIsTheSameAfterJSON() throws {
    let advice = advice(five)
    let data = try JSONEncoder().encode(advice)
    #expect(try JSONDecoder().decode(DataAdvice.self, from: data) == advice)
  }
}

private func coarse(_ image: Value) {
  image.through("coarse", Convolution(channels: 2, kernel: 40, stride: 8, padding: 16))
    .output("p3.box")
}
