import Datasets
import Foundation
import Images
import Reports
import TestSupport
import Testing

@Suite struct DatasetStatisticsReportTests {
  private func statistics(_ rows: String) throws -> DatasetStatistics {
    let folder = try TemporaryFolder()
    for name in ["a", "b"] {
      try Picture(width: 100, height: 80, filledWith: .black).write(to: folder.file("\(name).png"))
    }
    try folder.write("file,width,height,class,left,top,right,bottom\n" + rows, to: "train.csv")
    let file = try folder.write("train: train.csv\nnames: [cat, dog]\n", to: "d.yaml")
    var statistics = DatasetStatistics(source: file, size: CanvasSize(side: 50))
    statistics.add(.train, try DataDescription.load(file).dataset(.train), decodedPictures: 1)
    return statistics
  }

  private let rows = """
    a.png,100,80,cat,0,0,16,16
    a.png,100,80,cat,8,0,24,16
    b.png,100,80,dog,0,0,40,80

    """

  @Test func tablesSayWhatWasCounted() throws {
    let lines = try statistics(rows).text.split(separator: "\n").map {
      $0.split(separator: " ", omittingEmptySubsequences: true).joined(separator: " ")
    }
    #expect(lines.contains("train 2 0 3 0 1.5 1.5 2 0.333"))
    #expect(lines.contains("cat 2 1") && lines.contains("dog 1 1"))
    #expect(lines.contains("train native 16.0 16.0 56.6 66.7 % 33.3 % 0.0 % 0.50 · 1.00 · 1.00"))
    #expect(lines.contains("train 50 8.0 8.0 28.3 100.0 % 0.0 % 0.0 % 0.50 · 1.00 · 1.00"))
    #expect(lines.contains("8 to 16 0.0 % 66.7 %") && lines.contains("16 to 32 66.7 % 33.3 %"))
    #expect(lines.contains("train 100 80 1.25 0.0 ± 0.0 0.0 ± 0.0 0.0 ± 0.0"))
    #expect(lines.contains { $0.contains("1 of 2 in train") })
  }

  @Test func chartHasBarsWhereThereAreObjects() throws {
    let blank = try ink(DatasetStatisticsChart.picture(of: statistics("a.png,100,80,,,,,\n")))
    let full = try ink(DatasetStatisticsChart.picture(of: statistics(rows)))
    #expect(full > blank + 1000)
  }

  /// Pixels of the first series' colour.
  private func ink(_ picture: Picture) -> Int {
    picture.withPixels { pixels in
      stride(from: 0, to: pixels.count, by: 3).count {
        pixels[$0] == 96 && pixels[$0 + 1] == 125 && pixels[$0 + 2] == 160
      }
    }
  }
}
