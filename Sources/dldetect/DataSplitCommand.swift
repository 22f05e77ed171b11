import ArgumentParser
import Datasets
import Reports

struct DataSplitCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "split",
    abstract: "Divide a data set's pictures anew into train, val and test, or into folds.",
    discussion: """
      Writes lists and a description data.yaml; pictures and annotations stay where they are: lists \
      of identifiers for voc, of paths for yolo, a JSON a split for coco, a CSV a split for csv. \
      Pictures that equal or look like another stay in one part with it. The same seed gives the \
      same parts.
      """)

  @Option(help: "Description, folder, JSON or CSV file of a data set; 'shapes' is built in.")
  var data: String

  @Option(help: "Folder to write. Must be new or empty.")
  var out: String

  @Option(
    help: """
      train:val or train:val:test, such as 8:2, 6:2:2 or 98:1:1; auto: by the number of pictures, \
      8:2 under 1000, 98:1:1 from 100000 on, 6:2:2 between (default: auto).
      """)
  var ratios: String?

  @Option(
    help: """
      Write so many descriptions fold-1, fold-2, … instead, in each of which another part is val \
      and the rest is train (2 … 100).
      """)
  var folds: Int?

  @Flag(help: "Give each class its share in each part (iterative stratification).")
  var stratified = false

  @Option(help: "Of the division.")
  var seed: UInt64 = 0

  @Option(
    help: """
      A split whose pictures are divided; may be given again. The others stay as they are (default: \
      all are divided).
      """)
  var from: [DataDescription.Split] = []

  @Option(help: "Write what came of it as JSON to this file, or to standard output (-).")
  var json: String?

  func validate() throws { _ = try division }

  private var division: DatasetSplitter.Division {
    get throws {
      if let folds {
        guard ratios == nil else {
          throw ValidationError("either --ratios or --folds, not both")
        }
        guard (2...100).contains(folds) else {
          throw ValidationError("--folds is \(folds), expected 2 … 100")
        }
        return .folds(folds)
      }
      guard let ratios, ratios != "auto" else { return .automatic }
      guard let parsed = SplitRatios(ratios) else {
        throw ValidationError(
          "--ratios is '\(ratios)', expected two or three positive numbers such as 8:2 or 6:2:2, "
            + "or auto")
      }
      return .ratios(parsed)
    }
  }

  func run() throws {
    try OutputFiles.check(json: json, reading: DataLoading.files(data))
    var splitter = DatasetSplitter()
    splitter.division = try division
    splitter.isStratified = stratified
    splitter.seed = seed
    splitter.pool = from
    let progress = ProgressLine()
    let outcome = try splitter.split(DataLoading.description(data), to: out) { done, total in
      progress.show(Double(done) / Double(max(1, total))) { "reading: picture \(done)/\(total)" }
    }
    progress.clear()
    for line in outcome.notes { Messages.note(line) }
    if json != "-" { print(outcome.text, terminator: "") }
    if let json { try JSONOutput.write(outcome, to: json) }
  }
}
