import Foundation
import Testing

extension BinaryTests {
  @Suite struct ExitCodeTests {
    struct Case: CustomTestStringConvertible {
      var arguments: [String]
      var status: Int32
      /// Part of the one line that says what was wrong.
      var says: String
      var testDescription: String { arguments.joined(separator: " ") }
    }

    static let wrongUsage = [
      Case(arguments: ["train", "--bacth", "3"], status: 64, says: "--batch"),
      Case(arguments: ["nonsense"], status: 64, says: "nonsense"),
      Case(arguments: ["train", "--batch", "0"], status: 64, says: "1 … 4096"),
      Case(arguments: ["train", "--size", "100"], status: 64, says: "multiples of 32"),
      Case(
        arguments: ["train", "--epochs", "2", "--minutes", "1"], status: 64, says: "not both"),
      Case(arguments: ["train", "--recipe", "misspelt.yaml"], status: 64, says: "epochs"),
      Case(arguments: ["train", "--model", "nanno"], status: 64, says: "nano"),
      Case(arguments: ["train", "--resume", "run", "--epochs", "9"], status: 64, says: "epochs"),
      Case(arguments: ["val", "--weights", "x", "--split", "trian"], status: 64, says: "train"),
      Case(
        arguments: ["summary", "--size", "9223372036854775807"], status: 64, says: "8192"),
      Case(
        arguments: ["infer", "x.jpg", "--threads", "3000000000"], status: 64, says: "--threads"),
      Case(
        arguments: ["data", "shapes", "--out", "new", "--train", "9223372036854775807"], status: 64,
        says: "--train"),
      Case(
        arguments: ["train", "--recipe", "recipe.yaml", "--memory", "500"], status: 64,
        says: "batch is 4"),
      Case(arguments: ["train", "--batch", "auto", "--memory", "0"], status: 64, says: "MiB"),
      Case(
        arguments: ["train", "--recipe", "recipe.yaml", "--batch", "auto", "--memory", "1"],
        status: 64, says: "1 MiB is too little"),
      Case(
        arguments: [
          "train", "--model", "reflecting.yaml", "--data", "data/data.yaml", "--size", "64",
          "--multi-scale", "0.5",
        ], status: 64, says: "option --multi-scale: multiScale 32×32 leaves"),
      Case(arguments: ["bench", "data", "--batch", "auto"], status: 64, says: "--batch"),
      Case(
        arguments: ["data", "convert", "--data", "data", "--out", "new", "--format", "vco"],
        status: 64, says: "voc"),
      Case(
        arguments: ["data", "stats", "--data", "data", "--size", "0"], status: 64, says: "8192"),
      Case(arguments: ["trian"], status: 64, says: "did you mean 'train'"),
      Case(arguments: ["train", "--minimum-scale", "2"], status: 64, says: "maximumScale"),
      Case(
        arguments: ["infer", "x.jpg", "--out", "x", "--no-images"], status: 64, says: "--no-images"),
      Case(
        arguments: ["summary", "--weights", "bccd", "--classes", "3"], status: 64, says: "--classes"
      ),
      Case(arguments: ["rf", "--audit"], status: 64, says: "--data"),
      Case(arguments: ["rf", "--fail-if", "uncovered > 5%"], status: 64, says: "--data"),
      Case(
        arguments: ["rf", "--fail-if", "drfit > 5"], status: 64, says: "did you mean 'drift'?"),
      Case(arguments: ["rf", "--fail-if", "drift[p9] > 5"], status: 64, says: "p3, p4, p5"),
      Case(arguments: ["rf", "--compare", "nano"], status: 64, says: "at least two"),
      Case(
        arguments: ["rf", "--compare", "nano", "nanno"], status: 64, says: "did you mean 'nano'?"),
      Case(
        arguments: ["rf", "--model", "nano", "--compare", "nano", "tiny-retina"], status: 64,
        says: "sizes"),
      Case(
        arguments: ["rf", "--compare", "nano@321", "nano"], status: 64, says: "multiples of 32"),
      Case(arguments: ["data", "check", "--data", "bare.yaml"], status: 64, says: "no split"),
      Case(arguments: ["data", "stats", "--data", "bare.yaml"], status: 64, says: "no split"),
      Case(arguments: ["data", "check", "--data", ""], status: 64, says: "is empty"),
      Case(arguments: ["summary", "--json", ""], status: 64, says: "--json is empty"),
      Case(
        arguments: ["summary", "--model", "tiny.yaml", "--json", "tiny.yaml"], status: 64,
        says: "--json and --model"),
      Case(
        arguments: ["data", "check", "--data", "data", "--json", "data/data.yaml"], status: 64,
        says: "--json and --data"),
      Case(
        arguments: ["val", "--weights", "shapes", "--detections", "-"], status: 64,
        says: "--detections needs a file's name"),
      Case(
        arguments: ["val", "--weights", "shapes", "--detections", "x", "--json", "x"], status: 64,
        says: "--detections and --json"),
      Case(
        arguments: ["export", "--weights", "shapes", "--out", "-"], status: 64, says: "--out needs"
      ),
      Case(
        arguments: ["infer", "data/images/val", "--json", "data/images/val/val_000001.jpg"],
        status: 64, says: "a source name the same file"),
      Case(
        arguments: ["train", "--recipe", "recipe.yaml", "--cache", "0", "--cache-folder", "x"],
        status: 64, says: "option --cache-folder: cacheFolder is"),
      Case(arguments: ["explain", "--assigner", "--conf", "0.1"], status: 64, says: "--conf"),
      Case(arguments: ["explain", "--assigner", "--iou", "0.1"], status: 64, says: "--iou"),
      Case(
        arguments: ["explain", "--weights", "shapes", "--pictures", "3"], status: 64, says: "--out"),
      Case(
        arguments: ["data", "preview", "--data", "data", "--anchors", "auto"], status: 64,
        says: "anchor"),
    ]

    static let notFound = [
      Case(arguments: ["train", "--data", "missing"], status: 66, says: "missing"),
      Case(arguments: ["train", "--recipe", "missing.yaml"], status: 66, says: "missing.yaml"),
      Case(arguments: ["train", "--model", "missing.yaml"], status: 66, says: "missing.yaml"),
      Case(arguments: ["train", "--data", "shaps"], status: 66, says: "did you mean 'shapes'"),
      Case(arguments: ["val", "--weights", "bcdd"], status: 66, says: "did you mean 'bccd'"),
      Case(
        arguments: ["data", "convert", "--data", "missing", "--out", "new", "--format", "voc"],
        status: 66, says: "missing"),
      Case(arguments: ["train", "--resume", "missing"], status: 66, says: "checkpoint"),
      Case(arguments: ["val", "--weights", "missing.safetensors"], status: 66, says: "missing"),
      Case(
        arguments: ["eval", "--truth", "missing.json", "--detections", "x.json"], status: 66,
        says: "missing.json"),
    ]

    static let broken = [
      Case(arguments: ["train", "--data", "empty.yaml"], status: 65, says: "empty.txt"),
      Case(arguments: ["val", "--weights", "misspelt.yaml"], status: 65, says: "safetensors"),
      Case(
        arguments: ["train", "--recipe", "recipe.yaml", "--weights", "misspelt.yaml"], status: 65,
        says: "safetensors"),
    ]

    static let outputs = [
      Case(
        arguments: ["train", "--recipe", "recipe.yaml", "--out", "data"], status: 73, says: "data"),
      Case(
        arguments: ["train", "--recipe", "recipe.yaml", "--out", "tiny.yaml/x"], status: 73,
        says: "tiny.yaml"),
      Case(arguments: ["data", "shapes", "--out", "full"], status: 73, says: "full"),
      Case(
        arguments: ["data", "convert", "--data", "data", "--out", "full", "--format", "voc"],
        status: 73, says: "full"),
      Case(arguments: ["data", "shapes", "--out", "full/file"], status: 73, says: "full/file"),
      Case(arguments: ["data", "shapes", "--out", "full/file/x"], status: 73, says: "full/file"),
      Case(
        arguments: ["val", "--weights", "shapes", "--json", "none/x.json"], status: 73, says: "none"
      ),
      Case(
        arguments: ["val", "--weights", "shapes", "--detections", "full"], status: 73,
        says: "a folder"),
      Case(arguments: ["infer", "x.jpg", "--json", "none/x.json"], status: 73, says: "none"),
      Case(
        arguments: ["export", "--weights", "shapes", "--out", "none/x"], status: 73, says: "none"),
      Case(
        arguments: ["data", "stats", "--data", "data", "--out", "full"], status: 73, says: "full"),
      Case(arguments: ["summary", "--json", "none/x.json"], status: 73, says: "none"),
      Case(arguments: ["summary", "--json", "."], status: 73, says: "it is a folder"),
      Case(arguments: ["rf", "--json", "./"], status: 73, says: "it is a folder"),
      Case(
        arguments: ["val", "--weights", "shapes", "--curves", ".."], status: 73,
        says: "it is a folder"),
      Case(arguments: ["summary", "--json", "none/"], status: 73, says: "none/"),
      Case(arguments: ["summary", "--json", "full/file/"], status: 73, says: "is no folder"),
    ]

    @Test(arguments: [wrongUsage, notFound, broken, outputs].flatMap { $0 })
    func failureIsOneLineAndItsCode(_ one: Case) throws {
      let scratch = try Scratch(train: 4)
      try scratch.write("epochs: 2\nepohcs: 3\n", to: "misspelt.yaml")
      try scratch.write("format: yolo\ntrain: empty.txt\nnames: [a]\n", to: "empty.yaml")
      try scratch.write("", to: "empty.txt")
      try scratch.write("preset: nano\nbackbone: {padding: reflect}\n", to: "reflecting.yaml")
      try scratch.write("format: yolo\nnames: [a]\n", to: "bare.yaml")
      try FileManager.default.createDirectory(
        atPath: scratch.path + "/full", withIntermediateDirectories: true)
      try scratch.write("mine", to: "full/file")
      let output = try Binary.run(one.arguments, in: scratch)
      #expect(output.status == one.status, "\(output.standardError)")
      let errors = output.standardError.split(separator: "\n").filter { $0.hasPrefix("error:") }
      #expect(errors.count == 1)
      #expect(errors.first?.contains(one.says) == true, "\(output.standardError)")
      #expect(output.standardOutput.isEmpty)
      #expect(scratch.bytes("full/file") == Data("mine".utf8))
      #expect(scratch.names("runs").isEmpty && scratch.bytes("none") == nil)
    }

    @Test(arguments: [["--help"], ["train", "--help"], ["infer", "--help"], ["--version"]])
    func helpIsNoFailure(arguments: [String]) throws {
      let output = try Binary.run(arguments, in: try Scratch(train: 0))
      #expect(output.status == 0)
      #expect(!output.standardOutput.isEmpty)
    }
  }
}
