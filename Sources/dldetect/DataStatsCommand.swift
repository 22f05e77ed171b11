import ArgumentParser
import Datasets
import Images
import Networks
import Reports
import Training

struct DataStatsCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "stats",
    abstract: "Count a data set: classes, object sizes, crowding, pictures and their pixels.")

  @Option(help: "Description, folder, JSON or CSV file of a data set; 'shapes' is built in.")
  var data: String

  @Option(help: "Training size: a side or HEIGHTxWIDTH, pixels (1 … 8192).")
  var size: Extent = 320

  @Option(
    help: "The most pictures of a split to decode for means and percentiles of pixels (0 …).")
  var decode = 1000

  @Option(
    help: """
      Channels of the pictures (1 … 16; default: 3 of gray, RGB and RGBA, else as many as the first \
      has).
      """)
  var channels: Int?

  @Option(help: "Folder for JSON and a picture of the histograms. Must be new or empty.")
  var out: String?

  @Option(help: "Write everything as JSON to this file, or to standard output (-).")
  var json: String?

  func validate() throws {
    let sides = 1...8192
    guard sides.contains(size.height), sides.contains(size.width) else {
      throw ValidationError("--size is \(size.setting), expected sides of 1 … 8192 pixels")
    }
    guard (1...Picture.mostChannels).contains(channels ?? 1) else {
      throw ValidationError("--channels is \(channels ?? 0), expected 1 … \(Picture.mostChannels)")
    }
    guard decode >= 0 else { throw ValidationError("--decode is \(decode), expected 0 or more") }
  }

  func run() throws {
    try OutputFiles.check(json: json, reading: DataLoading.files(data))
    let description = try DataLoading.description(data)
    let datasets = try description.splitNames.map { ($0, try description.dataset($0)) }
    for (_, dataset) in datasets { try dataset.requireClasses(datasets[0].1.classNames) }
    // Before anything is printed: an output that cannot be made is said first.
    let folder = try out.map { try RunFolder.create($0, kind: "stats").path }
    var statistics = DatasetStatistics(
      source: description.file, size: CanvasSize(width: size.width, height: size.height))
    for (split, dataset) in datasets {
      for line in dataset.report.warnings { Messages.warn(line) }
      statistics.add(split, dataset, decodedPictures: decode, channels: channels)
    }
    for line in statistics.splits.flatMap(\.pixels.failures) { Messages.warn(line) }
    for split in statistics.splits where split.pixels.nonFiniteValues > 0 {
      Messages.warn(
        "\(split.split): \(split.pixels.nonFiniteValues) values in "
          + "\(split.pixels.nonFinitePictures) pictures are NaN or infinite, in none of the figures"
      )
    }
    if json != "-" { print(statistics.text, terminator: "") }
    if let json { try JSONOutput.write(statistics, to: json) }
    if let folder { try write(statistics, into: folder) }
  }

  private func write(_ statistics: DatasetStatistics, into folder: String) throws {
    try DatasetStatisticsChart.picture(of: statistics).write(to: "\(folder)/stats.png")
    try JSONOutput.write(statistics, to: "\(folder)/stats.json")
    Messages.note("histograms in \(folder)/stats.png")
  }
}
