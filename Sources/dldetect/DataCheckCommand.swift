import ArgumentParser
import Datasets
import Networks
import Reports
import Training

struct DataCheckCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "check",
    abstract: "Find what is broken or doubtful in a data set before training on it.",
    discussion: """
      Reads every annotation and every picture. Exit code 65 says that something is broken: that \
      reading refuses it, leaves it out or changes it. Warnings and notes leave it 0.
      """)

  @Option(help: "Data set; 'shapes' is built in.")
  var data = DataLoading.builtIn

  @Option(help: "Training size: a side or HEIGHTxWIDTH, pixels (32 … 8192).")
  var size = Extent(320)

  @Option(help: "Write the findings as JSON to this file, or to standard output (-).")
  var json: String?

  @Option(
    help: """
      Write a corrected copy to this new folder, pictures linked, with changes.txt, which lists \
      every change. The exit code stays that of what was checked.
      """)
  var fix: String?

  func validate() throws {
    let sides = 32...8192
    guard sides.contains(size.height), sides.contains(size.width) else {
      throw ValidationError("--size is \(size.setting), expected sides of 32 … 8192 pixels")
    }
  }

  func run() throws {
    try OutputFiles.check(json: json, reading: DataLoading.files(data))
    if let fix { try CorrectedCopy.checkIsFree(fix) }
    let checked = try read()
    var check = DatasetCheck()
    check.size = CanvasSize(width: size.width, height: size.height)
    let report = check.report(on: checked)
    if json != "-" { print(report.text, terminator: "") }
    if let json { try JSONOutput.write(report, to: json) }
    if let fix {
      let changes = try CorrectedCopy(of: checked).write(to: fix)
      Messages.note("\(fix): the corrected copy, \(changes) changes, listed in \(fix)/changes.txt")
    }
    if report.isBroken { throw CommandError.someFailed(status: .brokenData) }
  }

  private func read() throws -> CheckedData {
    let progress = ProgressLine()
    defer { progress.clear() }
    return try CheckedData(DataLoading.description(data)) { done, total in
      progress.show(Double(done) / Double(max(1, total))) { "reading: picture \(done)/\(total)" }
    }
  }
}
