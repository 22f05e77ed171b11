import Datasets
import Foundation
import Images
import TestSupport
import Testing

@Suite struct DatasetStatisticsTests {
  /// Pictures of one colour each, a row an object.
  private func statistics(
    _ rows: String, pictures: [(name: String, width: Int, height: Int, colour: Colour)],
    decoded: Int = 10
  ) throws -> DatasetStatistics.Split {
    let folder = try TemporaryFolder()
    for picture in pictures {
      try Picture(width: picture.width, height: picture.height, filledWith: picture.colour)
        .write(to: folder.file(picture.name))
    }
    try folder.write(
      "file,width,height,class,left,top,right,bottom,ignored\n" + rows, to: "train.csv")
    let file = try folder.write("train: train.csv\nnames: [cat, dog, ant]\n", to: "d.yaml")
    var statistics = DatasetStatistics(source: file, size: CanvasSize(width: 50, height: 80))
    statistics.add(
      .train, try DataDescription.load(file).dataset(.train), decodedPictures: decoded)
    return statistics.splits[0]
  }

  private func known(decoded: Int = 10) throws -> DatasetStatistics.Split {
    try statistics(
      """
      a.png,100,80,cat,0,0,16,16,
      a.png,100,80,cat,8,0,24,16,
      a.png,100,80,dog,0,40,80,80,
      a.png,100,80,dog,0,0,5,5,crowd
      b.png,200,100,,,,,,
      c.png,200,100,dog,0,0,100,100,

      """,
      pictures: [
        ("a.png", 100, 80, Colour(red: 10, green: 20, blue: 30)),
        ("b.png", 200, 100, Colour(red: 40, green: 20, blue: 0)),
        ("c.png", 200, 100, Colour(red: 100, green: 20, blue: 60)),
      ], decoded: decoded)
  }

  @Test func classesAndPicturesAreCounted() throws {
    let split = try known()
    #expect(split.pictures == 3 && split.emptyPictures == 1)
    #expect(split.objects == 4 && split.ignoredObjects == 1)
    #expect(split.classes.map(\.label) == ["cat", "dog", "ant"])
    #expect(split.classes.map(\.objects) == [2, 2, 0])
    #expect(split.classes.map(\.pictures) == [1, 2, 0])
    #expect(
      split.classes.map {
        [$0.shapes.native.small, $0.shapes.native.medium, $0.shapes.native.large]
      }
      .map { $0.reduce(0, +) } == [2, 2, 0])
  }

  @Test func sizesAreTakenNativeAndAtTrainingSize() throws {
    let split = try known()
    // Areas 256, 256, 3200 and 10000.
    let native = split.shapes.native
    #expect(native.small == 2 && native.medium == 1 && native.large == 1)
    let side = try #require(native.side)
    #expect(side.minimum == 16 && side.maximum == 100)
    #expect(abs(side.median - (16 + 3200.0.squareRoot()) / 2) < 1e-9)
    let first = try #require(native.sideHistogram.bins.first)
    #expect(first.low == 16 && first.high == pow(2, 4.25) && first.count == 2)
    #expect(native.sideHistogram.bins.map(\.count).reduce(0, +) == 4)
    // 50 wide and 80 high: 100×80 shrinks to a half, 200×100 to a quarter.
    let reduced = try #require(split.shapes.training.side)
    #expect(reduced.minimum == 8 && abs(reduced.maximum - 800.0.squareRoot()) < 1e-9)
    #expect(split.shapes.training.small == 4 && split.shapes.training.large == 0)
    let aspect = try #require(split.shapes.aspect)
    #expect(aspect.maximum == 2 && aspect.median == 1)
    #expect(split.shapes.aspectHistogram.bins.map(\.count) == [3, 0, 0, 0, 1])
  }

  @Test func crowdingIsTheLargestOverlapOfEachPicture() throws {
    let crowding = try known().crowding
    #expect(crowding.pictureHistogram == [1, 1, 0, 1])
    let objects = try #require(crowding.objectsPerPicture)
    #expect(objects.mean == 4.0 / 3 && objects.median == 1)
    // Two boxes of 256 pixels share 128.
    #expect(crowding.picturesWithPairs == 1)
    #expect(try abs(#require(crowding.meanLargestIoU) - 1.0 / 3) < 1e-6)
  }

  @Test func picturesAndTheirPixelsAreMeasured() throws {
    let split = try known()
    let width = try #require(split.pictureSizes.width)
    #expect(width.minimum == 100 && width.median == 200 && width.maximum == 200)
    let aspect = try #require(split.pictureSizes.aspect)
    #expect(aspect.minimum == 1.25 && aspect.maximum == 2)
    #expect(split.pixels.decodedPictures == 3 && split.pixels.allPictures == 3)
    // Red 10, 40 and 100: mean 50, squares of distances 1600, 100 and 2500.
    #expect(split.pixels.mean == [50, 20, 30])
    let deviation = try #require(split.pixels.deviation)
    let expected: [Double] = [1400, 0, 600].map { $0.squareRoot() }
    for (a, b) in zip(deviation, expected) { #expect(abs(a - b) < 1e-9) }
    // Of three pictures two are the first and the second.
    #expect(try known(decoded: 2).pixels.mean == [25, 20, 15])
    let none = try known(decoded: 0).pixels
    #expect(none.mean == nil && none.decodedPictures == 0)
  }

  @Test func damagedPictureIsSaid() throws {
    let folder = try TemporaryFolder()
    try folder.write("no picture", to: "a.png")
    let file = try folder.write(
      "file,width,height,class,left,top,right,bottom\na.png,10,10,cat,1,1,4,4\n", to: "train.csv")
    var statistics = DatasetStatistics(source: file, size: CanvasSize(side: 32))
    statistics.add(.train, try DataDescription.load(file).dataset(.train), decodedPictures: 9)
    #expect(statistics.splits[0].pixels.failures.count == 1)
    #expect(statistics.splits[0].pixels.mean == nil)
  }

  @Test func edgesOfBinsBelongToTheBinAbove() throws {
    for exponent in -12...12 {
      let edge = pow(2, Double(exponent) / 4)
      let histogram = LogHistogram([edge, edge.nextDown])
      #expect(histogram.bins.map(\.count) == [1, 1])
      #expect(histogram.bins[1].low == edge)
    }
    #expect(LogHistogram([]).bins.isEmpty)
  }
}
