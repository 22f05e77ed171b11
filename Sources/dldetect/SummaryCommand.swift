import ArgumentParser
import Detectors
import Execution
import Networks
import Reports
import Training

extension Mode: ExpressibleByArgument {}

struct SummaryCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "summary",
    abstract: "List a network's blocks with their parameters and multiply-adds.")

  @OptionGroup var options: NetworkOptions

  @Option(help: "Classes of a model without weights (1 …; default: 80).")
  var classes: Int?

  @Option(help: "Components of names that make up a block in the table (1 …).")
  var depth = 2

  @Flag(help: "List the presets and the parts that models are put together from, instead.")
  var list = false

  @Flag(help: "List the kernels of the compiled plan as well.")
  var plan = false

  @Option(help: "Of the plan's activations.")
  var precision = PrecisionChoice.f32

  @Option(help: "Of the plan: training or inference.")
  var mode = Mode.inference

  @Option(help: "Pictures in the plan's batch (1 …).")
  var batch = 1

  @Option(help: "Write every node as JSON to this file, or to standard output (-).")
  var json: String?

  func validate() throws {
    guard (1...100_000).contains(classes ?? 1), depth > 0, (1...4096).contains(batch) else {
      throw ValidationError(
        "--classes is 1 … 100000, --batch 1 … 4096, and --depth at least 1")
    }
    guard !list || (options.model == nil && options.weights == nil && !plan) else {
      throw ValidationError("--list takes neither --model nor --weights nor --plan: it lists all")
    }
    guard classes == nil || options.weights == nil else {
      throw ValidationError(
        "--classes and --weights exclude each other: weights know their classes")
    }
  }

  private func printList() throws {
    let listing = try PartListing(
      size: options.size ?? TrainingSettings().size, classCount: classes ?? 80)
    if json != "-" { print(listing.text, terminator: "") }
    if let json { try JSONOutput.write(listing.document, to: json) }
  }

  func run() throws {
    try OutputFiles.check(json: json, reading: options.files)
    if list { return try printList() }
    let network = try options.network(classCount: classes ?? 80, takesClassifiers: true)
    var description = network.graph.description(inputs: network.inputs)
    let precision = try precision.resolved()
    let variables = Variables<Float>(network.graph, seed: nil)
    func activationBytes(_ mode: Mode) throws -> Int {
      try largestOfEachStage(network, mode).reduce(0) { sum, stage in
        sum
          + (try planMemory(
            stage.graph, inputs: stage.inputs, batch: 1, mode: mode, variables: variables,
            gradientInputs: stage.gradientInputs
          ).arenaBytes)
      }
    }
    description.activationBytes = try activationBytes(.inference)
    description.trainingActivationBytes = try activationBytes(.training)
    for line in network.graph.warnings { Messages.warn(line) }
    if let line = network.graph.positionNote([network.inputs]) { Messages.note(line) }
    if json != "-" {
      let size = "\(network.picture.height)×\(network.picture.width)"
      print("\(network.name) at \(size)\n")
      print(NetworkTable(description, depth: depth).text, terminator: "")
      for stage in plan ? largestOfEachStage(network, mode) : [] {
        guard
          let compiled = try compile(
            stage.graph, inputs: stage.inputs, batch: batch, mode: mode, precision: precision,
            variables: variables, gradientInputs: stage.gradientInputs) as? FastPlan
        else { continue }
        print("\n\(mode.rawValue) plan, batch \(batch), \(precision.rawValue)\n")
        print(PlanTable(compiled.kernelList).text, terminator: "")
      }
    }
    if let json { try JSONOutput.write(description, to: json) }
  }

  /// Of a stage that has plans for several numbers of regions the last.
  private func largestOfEachStage(_ network: NetworkChoice, _ mode: Mode) -> [NetworkStage] {
    let stages = network.stages(mode)
    return stages.indices.filter {
      $0 + 1 == stages.count || stages[$0 + 1].number != stages[$0].number
    }.map { stages[$0] }
  }
}
