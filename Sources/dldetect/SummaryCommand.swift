import ArgumentParser
import Detectors
import Execution
import Networks
import Reports

struct SummaryCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "summary",
    abstract: "List a network's blocks with their parameters and multiply-adds.")

  @OptionGroup var options: NetworkOptions

  @Option(help: "Classes of a model without weights (1 …; default: 80).")
  var classes: Int?

  @Option(help: "Components of names that make up a block in the table (1 …).")
  var depth = 2

  @Option(help: "Write every node as JSON to this file, or to standard output (-).")
  var json: String?

  func validate() throws {
    guard (1...100_000).contains(classes ?? 1), depth > 0 else {
      throw ValidationError("--classes is 1 … 100000 and --depth at least 1")
    }
    guard classes == nil || options.weights == nil else {
      throw ValidationError(
        "--classes and --weights exclude each other: weights know their classes")
    }
  }

  func run() throws {
    try JSONOutput.check([json])
    let network = try options.network(classCount: classes ?? 80)
    var description = network.graph.description(inputs: [network.picture])
    description.activationBytes = try compile(
      network.graph, inputs: [network.picture], batch: 1, mode: .inference,
      variables: Variables(network.graph)
    ).arenaBytes
    for name in network.graph.deadEnds {
      Messages.warn("\(name) is traced, but no output uses it")
    }
    if json != "-" {
      let size = "\(network.picture.height)×\(network.picture.width)"
      print("\(network.settings.name) at \(size)\n")
      print(NetworkTable(description, depth: depth).text, terminator: "")
    }
    if let json { try JSONOutput.write(description, to: json) }
  }
}
