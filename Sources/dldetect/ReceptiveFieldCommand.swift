import ArgumentParser
import Datasets
import Foundation
import ReceptiveFields
import Reports

struct ReceptiveFieldCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "rf",
    abstract: "Say what each level of a network sees, and which objects it can detect.",
    discussion: """
      With --data: which objects no level sees, by class; what other input sizes, tiles or levels \
      would make of them, and cost; and what training's assigner gives each object.

      --fail-if 'uncovered > 5%' ends with exit code 1 where the condition holds: \
      FIGURE RELATION NUMBER, several joined by 'and'. Relations: > >= < <= == !=. Of one class or \
      level: uncovered[person], drift[p3]; else of all objects, or the largest over the levels. \
      Figures, shares of the objects of --data: \(FieldFigure.list(.share)). In pixels: \
      \(FieldFigure.list(.pixels)). Numbers: \(FieldFigure.list(.count)).
      """)

  @OptionGroup var options: NetworkOptions

  @Option(help: "Data set whose training objects to compare with; 'shapes' is built in.")
  var data: String?

  @Option(help: "Smallest side (√area) of an object that a level detects, in shares of its field.")
  var lowestShare = ObjectSizeRule().lowestShare

  @Option(help: "Largest such side.")
  var highestShare = ObjectSizeRule().highestShare

  @OptionGroup(title: "Effective fields")
  var effective: EffectiveFieldOptions

  @Flag(
    inversion: .prefixedNo,
    help: """
      Count what training's assigner gives each object of --data (default: where it goes by boxes \
      alone and there are at most \(FieldStudy.cheapObjects) objects; others run the network on \
      every picture).
      """)
  var audit: Bool?

  @Option(
    parsing: .upToNextOption,
    help: ArgumentHelp(
      """
      Put networks side by side: models, weights, sizes of the one that --model or --weights name, \
      or model@size. At least two.
      """, valueName: "network"))
  var compare: [String] = []

  @Option(
    help: ArgumentHelp(
      "End with exit code 1 if this holds; may be given several times.", valueName: "condition"))
  var failIf: [String] = []

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
    guard data != nil || audit != true else {
      throw ValidationError("--audit needs the objects of --data")
    }
    guard compare.count != 1 else {
      throw ValidationError("--compare needs at least two networks, got only '\(compare[0])'")
    }
    let isNamed = options.model != nil || options.weights != nil
    guard compare.isEmpty || !isNamed || networks.contains(where: \.isSizeAlone) else {
      throw ValidationError(
        "--compare names its networks; --model and --weights are for sizes among them")
    }
    try validateConditions()
  }

  private func validateConditions() throws {
    for condition in try conditions() {
      guard data != nil || !condition.figures.contains(where: \.needsData) else {
        throw ValidationError("'\(condition.text)' needs the objects of --data")
      }
      guard audit != false || !condition.figures.contains(.unassigned) else {
        throw ValidationError("'\(condition.text)' needs the audit that --no-audit forbids")
      }
    }
  }

  private var networks: [ComparedNetwork] { compare.map(ComparedNetwork.init) }

  private func conditions() throws -> [Condition] {
    try failIf.map { text in
      do { return try Condition(text) } catch { throw ValidationError("--fail-if \(error)") }
    }
  }

  func run() throws {
    let began = Date()
    try OutputFiles.check(
      json: json,
      reading: options.files + (data.map(DataLoading.files) ?? [])
        + compare.map { ("--compare", $0) })
    let dataset = try data.map { try DataLoading.description($0).dataset(.train) }
    for line in dataset?.report.warnings ?? [] { Messages.warn(line) }
    let conditions = try conditions()
    // The number of classes does not change what a level sees.
    let classCount = dataset?.classNames.count ?? 1
    let detectors =
      try compare.isEmpty
      ? [DetectorChoice(options, classCount: classCount)]
      : networks.map { try $0.detector(options, classCount: classCount) }
    for (index, detector) in detectors.enumerated() {
      guard let line = detector.graph.positionNote(detector.size) else { continue }
      Messages.note(compare.isEmpty ? line : "\(compare[index]): \(line)")
    }
    // Before anything is computed: an output that cannot be made is said first.
    let folder = try out.map { try ReportFolder($0, kind: "rf") }
    let study = FieldStudy(
      rule: ObjectSizeRule(lowestShare: lowestShare, highestShare: highestShare),
      dataset: dataset,
      audits: conditions.contains { $0.figures.contains(.unassigned) } ? true : audit,
      effective: try effective.source(data: data))
    let documents = try detectors.map { try study.document($0) }
    // Before anything is printed: a condition that cannot be judged is no result.
    let reasons = try reasons(documents, conditions)
    if compare.isEmpty {
      try write(documents[0], into: folder, began: began)
    } else {
      try write(
        FieldComparisonDocument(names: compare, documents), into: folder, began: began)
    }
    try finish(documents, reasons)
  }

  private func write(_ output: some FieldOutput, into folder: ReportFolder?, began: Date) throws {
    if json != "-" { print(output.text, terminator: "") }
    if let json { try JSONOutput.write(output, to: json) }
    guard let folder else { return }
    var charts = DrawnCharts { Messages.warn($0) }
    let environment = RunEnvironment(version: RootCommand.configuration.version, began: began)
    try folder.write(output.document(environment, &charts))
    try JSONOutput.write(output, to: "\(folder.path)/\(output.fileName)")
    Messages.note("report in \(folder.path)/\(ReportFiles.html) and \(ReportFiles.markdown)")
  }

  /// - Throws: ``CommandError/someFailed(status:)`` where pictures failed, or a condition holds.
  private func finish(_ documents: [ReceptiveFieldDocument], _ reasons: [String]) throws {
    let problems = documents.flatMap { $0.audit?.errors ?? [] }
    for problem in problems { Messages.warn(problem.error) }
    for reason in reasons { Messages.error(reason) }
    if !problems.isEmpty { throw CommandError.someFailed(status: .brokenData) }
    if !reasons.isEmpty { throw CommandError.someFailed(status: .conditionHolds) }
  }

  /// A line for each condition that holds.
  private func reasons(_ documents: [ReceptiveFieldDocument], _ conditions: [Condition]) throws
    -> [String]
  {
    var reasons: [String] = []
    for (index, document) in documents.enumerated() {
      for condition in conditions {
        guard let reason = try reason(condition, document.figures) else { continue }
        let name = compare.isEmpty ? "" : "\(compare[index]): "
        reasons.append("\(name)\(condition.text): \(reason)")
      }
    }
    return reasons
  }

  private func reason(_ condition: Condition, _ figures: FieldFigures) throws -> String? {
    do { return try condition.reason(figures) } catch {
      throw CommandError.wrongUsage(reason: "--fail-if \(error)")
    }
  }
}

extension FieldFigure {
  /// `name (meaning), …` for the command's help.
  fileprivate static func list(_ unit: Unit) -> String {
    allCases.filter { $0.unit == unit }.map { "\($0.rawValue) (\($0.meaning))" }
      .joined(separator: ", ")
  }
}
