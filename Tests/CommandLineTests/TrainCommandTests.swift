import Foundation
import Testing

extension BinaryTests {
  @Suite struct TrainCommandTests {
    private func train(_ scratch: Scratch, _ out: String, _ more: [String] = []) throws
      -> Binary.Output
    {
      try Binary.run(["train", "--recipe", "recipe.yaml", "--out", out] + more, in: scratch)
    }

    private func expectRecipeRepeatsRun(_ scratch: Scratch) throws {
      let again = try Binary.run(
        ["train", "--recipe", "run/settings.yaml", "--out", "again"], in: scratch)
      #expect(again.status == 0, "\(again.standardError)")
      let weights = "weights/last.safetensors"
      #expect(scratch.bytes("run/\(weights)") == scratch.bytes("again/\(weights)"))
    }

    private static let files = [
      "weights/last.safetensors", "weights/best.safetensors", "metrics.csv",
    ]

    /// Waits until the run's folder holds a checkpoint of at least this position.
    private func wait(for position: Int, _ scratch: Scratch, _ run: String, _ process: Process) {
      while process.isRunning {
        let last = scratch.names("\(run)/checkpoint").last { $0.hasPrefix("step-") }
        if let last, Int(last.dropFirst("step-".count))! >= position { return }
        usleep(500)
      }
    }

    @Test(arguments: [1, 4, 7]) func killedRunResumesToTheSameEnd(position: Int) throws {
      let scratch = try Scratch(train: 12)
      #expect(try train(scratch, "whole", ["--threads", "2"]).status == 0)
      let steps = ["--checkpoint-steps", "1", "--threads", "2"]
      let killed = try Binary.run(
        ["train", "--recipe", "recipe.yaml", "--out", "killed"] + steps, in: scratch
      ) { process in
        wait(for: position, scratch, "killed", process)
        kill(process.processIdentifier, SIGKILL)
      }
      #expect(killed.status == SIGKILL)
      let resumed = try Binary.run(
        ["train", "--resume", "killed", "--workers", "1"], in: scratch)
      #expect(resumed.status == 0, "\(resumed.standardError)")
      for file in Self.files {
        #expect(scratch.bytes("whole/\(file)") != nil)
        #expect(scratch.bytes("whole/\(file)") == scratch.bytes("killed/\(file)"), "\(file)")
      }
    }

    @Test func cacheFolderIsStoredWholeAndNeedsACache() throws {
      let scratch = try Scratch(train: 4)
      let folder = ["--cache-folder", "pictures", "--epochs", "1"]
      let refused = try train(scratch, "refused", folder + ["--cache", "0"])
      #expect(refused.status == 64)
      #expect(
        refused.standardError.contains(
          "option --cache-folder: cacheFolder is 'pictures', expected none"))
      let impossible = try train(
        scratch, "refused", ["--cache-folder", "/proc/x", "--epochs", "1"])
      #expect(impossible.status == 73 && !impossible.standardError.contains("writing to"))
      // Nothing came of them.
      #expect(!scratch.names("").contains("refused"))
      #expect(try train(scratch, "run", folder).status == 0)
      let settings = try #require(
        scratch.bytes("run/settings.yaml").map { String(decoding: $0, as: UTF8.self) })
      #expect(settings.contains("cacheFolder: /") && settings.contains("/pictures "))
    }

    @Test func interruptionWritesACheckpointAndExits130() throws {
      let scratch = try Scratch(train: 12)
      #expect(try train(scratch, "whole", ["--epochs", "6"]).status == 0)
      let interrupted = try Binary.run(
        ["train", "--recipe", "recipe.yaml", "--out", "run", "--epochs", "6"], in: scratch
      ) { process in
        wait(for: 4, scratch, "run", process)
        kill(process.processIdentifier, SIGINT)
      }
      #expect(interrupted.status == 130)
      #expect(interrupted.standardError.contains("--resume run"))
      #expect(try Binary.run(["train", "--resume", "run"], in: scratch).status == 0)
      #expect(scratch.bytes("whole/metrics.csv") == scratch.bytes("run/metrics.csv"))
      #expect(
        scratch.bytes("whole/weights/last.safetensors")
          == scratch.bytes("run/weights/last.safetensors"))
    }

    @Test func interruptionWhileMeasuringCanBeResumed() throws {
      let scratch = try Scratch(train: 8)
      let interrupted = try Binary.run(
        ["train", "--recipe", "timed.yaml", "--minutes", "0.2", "--out", "run"], in: scratch
      ) { process in
        wait(for: 0, scratch, "run", process)
        kill(process.processIdentifier, SIGINT)
      }
      #expect(interrupted.status == 130, "\(interrupted.standardError)")
      #expect(scratch.bytes("run/metrics.csv") == nil)
      let resumed = try Binary.run(["train", "--resume", "run"], in: scratch)
      #expect(resumed.status == 0, "\(resumed.standardError)")
      #expect(scratch.bytes("run/metrics.csv") != nil)
    }

    /// A limit on the size of files stands for a full disk: both end in a write that fails.
    @Test func failedWriteLeavesTheLastCheckpoint() throws {
      let scratch = try Scratch(train: 8)
      let killed = try Binary.run(
        ["train", "--recipe", "recipe.yaml", "--checkpoint-steps", "1", "--out", "run"], in: scratch
      ) { process in
        wait(for: 2, scratch, "run", process)
        kill(process.processIdentifier, SIGKILL)
      }
      #expect(killed.status == SIGKILL)
      func generations() -> [String] {
        scratch.names("run/checkpoint").filter { $0.hasPrefix("step-") }
      }
      let before = generations()
      #expect(!before.isEmpty)
      let output = try Binary.run(
        ["train", "--resume", "run"], in: scratch, shell: "trap '' XFSZ; ulimit -f 16")
      #expect(output.status == 74, "\(output.standardError)")
      #expect(generations() == before)
    }

    @Test func truncatedPictureIsSaidAndTrainingGoesOn() throws {
      let scratch = try Scratch(train: 8)
      let name = scratch.names("data/images/train")[0]
      let path = "data/images/train/\(name)"
      let whole = try #require(scratch.bytes(path))
      try whole.prefix(whole.count / 2).write(to: URL(fileURLWithPath: "\(scratch.path)/\(path)"))
      let output = try train(scratch, "run", ["--epochs", "2"])
      #expect(output.status == 0, "\(output.standardError)")
      #expect(output.standardError.contains(name))
    }

    @Test func settingsFileTellsValuesAndSources() throws {
      let scratch = try Scratch(train: 4)
      #expect(try train(scratch, "run", ["--epochs", "1"]).status == 0)
      let settings = String(decoding: scratch.bytes("run/settings.yaml") ?? Data(), as: UTF8.self)
      #expect(settings.contains("epochs: 1 "))
      #expect(settings.contains("# command line"))
      #expect(settings.contains("# recipe.yaml, line 4"))
      #expect(settings.contains("# default"))
      // It is a recipe of its own.
      try expectRecipeRepeatsRun(scratch)
    }

    @Test func changedDataCannotBeResumed() throws {
      let scratch = try Scratch(train: 8)
      #expect(try train(scratch, "run", ["--epochs", "2"]).status == 0)
      let name = scratch.names("data/labels/train")[0]
      try scratch.write("0 0.5 0.5 0.25 0.25\n", to: "data/labels/train/\(name)")
      let output = try Binary.run(["train", "--resume", "run"], in: scratch)
      #expect(output.status == 65, "\(output.standardError)")
      #expect(output.standardError.contains("training data changed"))
    }

    @Test func timedRunsSettingsAreARecipe() throws {
      let scratch = try Scratch(train: 8)
      let timed = try Binary.run(
        ["train", "--recipe", "timed.yaml", "--minutes", "0.05", "--out", "run"], in: scratch)
      #expect(timed.status == 0, "\(timed.standardError)")
      try expectRecipeRepeatsRun(scratch)
    }

    /// Neither a resume nor the run's settings as a recipe look at the memory again.
    @Test func fittedBatchIsTheRunsFromThereOn() throws {
      let scratch = try Scratch(train: 12)
      let fitted = ["--batch", "auto", "--memory", "2000", "--checkpoint-steps", "1"]
      let killed = try Binary.run(
        ["train", "--recipe", "recipe.yaml", "--out", "run"] + fitted, in: scratch
      ) { process in
        wait(for: 2, scratch, "run", process)
        kill(process.processIdentifier, SIGKILL)
      }
      #expect(killed.status == SIGKILL)
      #expect(killed.standardError.contains("batch auto: 12 (all 12 training pictures)"))
      let resumed = try Binary.run(["train", "--resume", "run"], in: scratch)
      #expect(resumed.status == 0, "\(resumed.standardError)")
      let settings = String(decoding: scratch.bytes("run/settings.yaml") ?? Data(), as: UTF8.self)
      #expect(settings.contains(/batch: 12 +# all 12 training pictures/))
      #expect(settings.contains(/memory: auto +# 2000 were given/))
      try expectRecipeRepeatsRun(scratch)
    }

    @Test func firstBatchIsShownAndPastingIsCounted() throws {
      let scratch = try Scratch(train: 8)
      let settings = ["--epochs", "2", "--paste", "1", "--mix-up", "1", "--close-mosaic", "1"]
      let output = try train(scratch, "run", settings)
      #expect(output.status == 0, "\(output.standardError)")
      #expect(scratch.bytes("run/first-batch.png")?.prefix(4) == Data([0x89, 0x50, 0x4E, 0x47]))
      let report = String(decoding: scratch.bytes("run/report.md") ?? Data(), as: UTF8.self)
      #expect(report.contains("[first-batch.png](first-batch.png)"))
      #expect(output.standardError.contains("copies of small objects were pasted"))
      let metrics = String(decoding: scratch.bytes("run/metrics.csv") ?? Data(), as: UTF8.self)
      let rows = metrics.split(separator: "\n").map {
        $0.split(separator: ",", omittingEmptySubsequences: false)
      }
      let column = try #require(rows[0].firstIndex(of: "pasted_copies"))
      // Only the first of the two epochs pastes.
      #expect(try #require(Int(rows[1][column])) > 0)
      #expect(rows[2][column] == "0" && rows[2][column + 1] == "0")
    }

    @Test func strictIsAFlag() throws {
      let scratch = try Scratch(train: 4)
      #expect(try train(scratch, "run", ["--epochs", "1"]).status == 0)
      let fitting = try train(
        scratch, "same", ["--epochs", "1", "--weights", "run", "--strict"])
      #expect(fitting.status == 0, "\(fitting.standardError)")
      let other = ["--epochs", "1", "--weights", "shapes", "--strict"]
      #expect(try train(scratch, "other", other).status == 65)
    }

    @Test func tooLittleTimeLeavesNoFolder() throws {
      let scratch = try Scratch(train: 8)
      let output = try Binary.run(
        ["train", "--recipe", "timed.yaml", "--minutes", "0.0001", "--out", "run"], in: scratch)
      #expect(output.status == 64, "\(output.standardError)")
      #expect(scratch.names("run").isEmpty)
    }

    @Test func runFoldersAreNumbered() throws {
      let scratch = try Scratch(train: 4)
      for _ in 0..<2 {
        let output = try Binary.run(
          ["train", "--recipe", "recipe.yaml", "--epochs", "1"], in: scratch)
        #expect(output.status == 0, "\(output.standardError)")
      }
      #expect(scratch.names("runs") == ["train", "train-2"])
    }
  }
}
