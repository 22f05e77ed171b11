import Foundation
import Testing
import Training

@Suite struct FoldSummaryTests {
  private let root =
    FileManager.default.temporaryDirectory.appendingPathComponent("folds-\(UUID().uuidString)").path

  private static let names = [
    "AP", "AP50", "AP75", "APsmall", "APmedium", "APlarge", "AR1", "AR10", "AR100", "ARsmall",
    "ARmedium", "ARlarge",
  ]

  /// A run folder with an epoch for each AP, nil where it was not validated; AP50 is half as much
  /// again, the others are undefined.
  private func run(
    _ name: String, _ scores: [Double?], fold: String, more: [(name: String, value: String)] = []
  ) throws -> String {
    let path = "\(root)/\(name)"
    try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    let options = [(name: "fold", value: fold), (name: "epochs", value: "\(scores.count)")]
    let settings = try ResolvedSettings(
      recipe: nil, options: options.filter { own in !more.contains { $0.name == own.name } } + more)
    try Data(settings.yaml.utf8).write(to: URL(fileURLWithPath: path + "/settings.yaml"))
    var text = "epoch,steps," + Self.names.joined(separator: ",") + "\n"
    for (index, score) in scores.enumerated() {
      let figures = score.map { ["\($0)", "\(1.5 * $0)"] } ?? ["", ""]
      text +=
        (["\(index + 1)", "9"] + figures + Array(repeating: "", count: 10))
        .joined(separator: ",") + "\n"
    }
    try Data(text.utf8).write(to: URL(fileURLWithPath: path + "/metrics.csv"))
    return path
  }

  private func remove() { try? FileManager.default.removeItem(atPath: root) }

  /// Mean 0.2, deviation 0.1; t(0.975, 2) = 4.30265; 4.30265 · √((1/3 + 1/2) · 0.01) = 0.39278.
  @Test func figuresAreMeanDeviationAndTheWiderInterval() throws {
    defer { remove() }
    let runs = try [[nil, 0.1, nil, 0.05], [0.2], [0.1, 0.3]].enumerated().map {
      try run("r\($0)", $1, fold: "\($0 + 1)/3", more: [("epochs", "\($1.count)")])
    }
    let summary = try FoldSummary(runs)
    #expect(summary.runs.map(\.epoch) == [2, 1, 2])
    #expect(summary.figures.map(\.name) == ["AP", "AP50"])
    let ap = summary.figures[0]
    let (deviation, low, high) = try (
      #require(ap.deviation), #require(ap.low), #require(ap.high)
    )
    #expect(abs(ap.mean - 0.2) < 1e-12 && abs(deviation - 0.1) < 1e-12)
    #expect(abs(low - (0.2 - 0.39278)) < 1e-5 && abs(high - (0.2 + 0.39278)) < 1e-5)
    #expect(abs(summary.figures[1].mean - 0.3) < 1e-12)
    let last = try FoldSummary(runs, takesLast: true)
    #expect(last.runs.map(\.epoch) == [4, 1, 2])
    #expect(abs(last.figures[0].mean - (0.05 + 0.2 + 0.3) / 3) < 1e-12)
  }

  @Test func whatDoesNotBelongTogetherIsRefused() throws {
    defer { remove() }
    let first = try run("a", [0.1], fold: "1/3")
    func refusal(_ other: String) -> String {
      do { _ = try FoldSummary([first, other]) } catch { return "\(error)" }
      return ""
    }
    #expect(refusal(try run("b", [0.1], fold: "2/4")).contains("is part 2 of 4, \(first) one of 3"))
    #expect(refusal(try run("c", [0.1], fold: "1/3")).contains("is part 1 as is \(first)"))
    #expect(refusal(try run("d", [0.1], fold: "none")).contains("was not trained with --fold"))
    #expect(
      refusal(try run("e", [0.1], fold: "2/3", more: [("seed", "4")]))
        .contains("has seed 4, \(first) has 0"))
    #expect(refusal(try run("f", [nil], fold: "2/3")).contains("with a validated epoch"))
    #expect(refusal(root).contains("holds no settings.yaml"))
  }

  @Test func whatIsMissingOrDiffersIsSaid() throws {
    defer { remove() }
    let first = try run("a", [0.1], fold: "1/4")
    let second = try run(
      "b", [0.3], fold: "3/4", more: [("epochs", "5"), ("learningRate", "0.1")])
    let notes = try FoldSummary([first, second]).notes
    #expect(notes.contains("of 4 parts 2, 4 are missing"))
    #expect(notes.contains("\(second) has 1 of 5 epochs"))
    #expect(notes.contains("settings differ between the runs: epochs, learningRate"))
    let others = try [run("c", [0.1], fold: "none"), run("d", [0.2], fold: "none")]
    #expect(try FoldSummary(others).notes[0].hasPrefix("no run was trained with --fold"))
  }
}
