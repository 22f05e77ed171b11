import ArgumentParser
import Datasets
import Foundation
import Networks
import ReceptiveFields
import Reports
import Training

struct ReceptiveFieldCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "rf",
    abstract: "Say what each level of a network sees, and which objects it can detect.")

  @OptionGroup var options: NetworkOptions

  @Option(help: "Data set whose training objects to compare with; 'shapes' is built in.")
  var data: String?

  @Option(help: "Smallest side (√area) of an object that a level detects, in shares of its field.")
  var lowestShare = ObjectSizeRule().lowestShare

  @Option(help: "Largest such side.")
  var highestShare = ObjectSizeRule().highestShare

  @OptionGroup(title: "Effective fields")
  var effective: EffectiveFieldOptions

  @Option(help: "Folder for report.html, report.md and JSON. Must be new or empty.")
  var out: String?

  @Option(help: "Write the report as JSON to this file, or to standard output (-).")
  var json: String?

  func validate() throws {
    guard lowestShare >= 0, highestShare > lowestShare, highestShare.isFinite else {
      throw ValidationError(
        "--lowest-share and --highest-share must ascend from 0 or more, got \(lowestShare) and "
          + "\(highestShare)")
    }
  }

  func run() throws {
    let began = Date()
    try JSONOutput.check([json])
    let dataset = try data.map { try DataLoading.description($0).dataset(.train) }
    for line in dataset?.report.warnings ?? [] { Messages.warn(line) }
    // The number of classes does not change what a level sees.
    let network = try options.network(classCount: dataset?.classNames.count ?? 1)
    // Before anything is printed: an output that cannot be made is said first.
    let folder = try out.map { try ReportFolder($0, kind: "rf") }
    let objects = dataset.map { objectSizes($0, in: network.picture) }
    var report = ReceptiveFieldReport(
      model: network.name,
      analysis: FieldAnalysis(network.pictureGraph, inputs: [network.picture]),
      rule: ObjectSizeRule(lowestShare: lowestShare, highestShare: highestShare),
      objects: objects)
    let session = try effective.session(network, options, data: data)
    try session?.measure(&report, objects: objects)
    if json != "-" { print(report.text, terminator: "") }
    if let json { try JSONOutput.write(report, to: json) }
    if let folder { try write(report, session, into: folder, began: began) }
  }

  /// The extents of a data set's objects, their pictures letterboxed to the network's input.
  private func objectSizes(_ dataset: Dataset, in picture: Shape) -> [ObjectSize] {
    let objects = LetterboxedObjects(dataset, in: picture)
    if objects.ignored > 0 {
      Messages.note("\(objects.ignored) crowd and difficult objects were not counted")
    }
    return objects.sizes
  }

  private func write(
    _ report: ReceptiveFieldReport, _ effective: EffectiveFieldSession?, into folder: ReportFolder,
    began: Date
  ) throws {
    var charts = DrawnCharts { Messages.warn($0) }
    let environment = RunEnvironment(
      version: RootCommand.configuration.version, began: began)
    try folder.write(
      ReceptiveFieldSections(report).document(
        environment, &charts, heatMaps: try effective?.heatMaps(report) ?? []))
    try JSONOutput.write(report, to: "\(folder.path)/receptive-field.json")
    Messages.note("report in \(folder.path)/\(ReportFiles.html) and \(ReportFiles.markdown)")
  }
}
