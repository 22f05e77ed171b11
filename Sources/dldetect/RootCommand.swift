import ArgumentParser
import Spelling

struct RootCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "dldetect",
    abstract: "Train object detectors, run them, and understand them.",
    discussion: """
      Results go to standard output, messages to standard error; --json - prints one JSON document \
      and nothing else.

      Exit codes: 0 done; 1 a condition of --fail-if holds; 64 wrong usage or settings; 65 broken \
      input data; 66 input not found; 70 internal error; 73 output cannot be created; 74 read or \
      write failed; 130 interrupted.
      """,
    version: "0.1.0",
    subcommands: [
      TrainCommand.self, ValCommand.self, InferCommand.self, EvalCommand.self,
      ReceptiveFieldCommand.self, SummaryCommand.self, ExportCommand.self, BenchCommand.self,
      DataCommand.self, FoldsCommand.self, ExplainCommand.self, AnchorsCommand.self,
    ])

  /// A misspelt command is answered with the nearest one, which the parser does for options only.
  ///
  /// - Throws: ``CommandError/wrongUsage(reason:)``.
  static func checkName(_ arguments: [String]) throws {
    let names = configuration.subcommands.compactMap { $0.configuration.commandName }
    guard let first = arguments.first, !first.hasPrefix("-"), first != "help",
      !names.contains(first)
    else { return }
    let hint = nearestName(to: first, in: names).map { ", did you mean '\($0)'?" } ?? ";"
    throw CommandError.wrongUsage(
      reason: "no command is called '\(first)'\(hint) commands: \(names.joined(separator: ", "))")
  }
}
