import Foundation
import Testing

/// Runs the built program.
enum Binary {
  struct Output {
    var status: Int32
    var standardOutput: String
    var standardError: String
  }

  /// Beside the program that runs the tests.
  static let path: String = {
    let own = (try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")) ?? ""
    return (own as NSString).deletingLastPathComponent + "/dldetect"
  }()

  /// - Parameters:
  ///   - shell: run before the program in its shell, e.g. to set limits.
  ///   - whileRunning: called once it is started.
  static func run(
    _ arguments: [String], in folder: Scratch, shell: String? = nil,
    whileRunning: (Process) -> Void = { _ in }
  ) throws -> Output {
    let process = Process()
    let program = [path] + arguments
    if let shell {
      process.executableURL = URL(fileURLWithPath: "/bin/sh")
      process.arguments = ["-c", shell + "; exec \"$0\" \"$@\""] + program
    } else {
      process.executableURL = URL(fileURLWithPath: path)
      process.arguments = arguments
    }
    process.currentDirectoryURL = URL(fileURLWithPath: folder.path)
    // Files, not pipes: nothing has to be read while it runs.
    let name = UUID().uuidString
    let streams = ["out", "err"].map { "\(folder.path)/\(name).\($0)" }
    for stream in streams { try Data().write(to: URL(fileURLWithPath: stream)) }
    let handles = streams.map { FileHandle(forWritingAtPath: $0)! }
    (process.standardOutput, process.standardError) = (handles[0], handles[1])
    process.standardInput = FileHandle.nullDevice
    try process.run()
    whileRunning(process)
    process.waitUntilExit()
    let texts = streams.map { (try? String(contentsOfFile: $0, encoding: .utf8)) ?? "" }
    for stream in streams { try? FileManager.default.removeItem(atPath: stream) }
    return Output(
      status: process.terminationStatus, standardOutput: texts[0], standardError: texts[1])
  }
}

/// A folder for one test, with a drawn data set of 64-pixel pictures and a small model.
final class Scratch {
  let path: String

  init(train: Int = 8, val: Int = 4) throws {
    path =
      FileManager.default.temporaryDirectory
      .appendingPathComponent("dldetect-\(UUID().uuidString)").path
    try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    try write(Self.model, to: "tiny.yaml")
    try write(Self.recipe, to: "recipe.yaml")
    try write(Self.recipe.replacing("epochs: 4\n", with: ""), to: "timed.yaml")
    if train > 0 {
      _ = try Binary.run(
        [
          "data", "shapes", "--out", "data", "--train", "\(train)", "--val", "\(val)", "--size",
          "64",
        ],
        in: self)
    }
  }

  deinit { try? FileManager.default.removeItem(atPath: path) }

  func write(_ text: String, to name: String) throws {
    try Data(text.utf8).write(to: URL(fileURLWithPath: "\(path)/\(name)"))
  }

  func bytes(_ name: String) -> Data? { FileManager.default.contents(atPath: "\(path)/\(name)") }

  func text(_ name: String) -> String { String(decoding: bytes(name) ?? Data(), as: UTF8.self) }

  func names(_ folder: String) -> [String] {
    ((try? FileManager.default.contentsOfDirectory(atPath: "\(path)/\(folder)")) ?? []).sorted()
  }

  private static let model = """
    strides: [8, 16]
    backbone:
      widths: [32, 32, 32]
      depths: [1, 1, 1]
      attention: {after: [16]}
      poolsPyramid: false
    neck:
      widths: [32, 32]
    head:
      channels: 16
      depth: 1
    """

  private static let recipe = """
    model: tiny.yaml
    data: data/data.yaml
    size: 64
    batch: 4
    epochs: 4
    validateEvery: 2
    threads: 1
    """
}

/// What a command that ended well wrote to standard output, as JSON.
func document(_ output: Binary.Output) throws -> [String: Any] {
  #expect(output.status == 0, "\(output.standardError)")
  let json = try JSONSerialization.jsonObject(with: Data(output.standardOutput.utf8))
  return try #require(json as? [String: Any])
}
