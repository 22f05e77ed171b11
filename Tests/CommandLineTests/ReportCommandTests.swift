import Foundation
import Testing

extension BinaryTests {
  /// summary, rf, export, and what a finished run leaves behind.
  @Suite struct ReportCommandTests {
    @Test func summaryCountsItsNodes() throws {
      let scratch = try Scratch(train: 0)
      let summary = try document(
        Binary.run(
          ["summary", "--model", "tiny.yaml", "--size", "64x96", "--json", "-"], in: scratch))
      let nodes = try #require(summary["nodes"] as? [[String: Any]])
      for key in ["parameters", "multiplyAdds"] {
        let total = nodes.reduce(0) { $0 + ($1[key] as? Int ?? 0) }
        #expect(summary[key] as? Int == total && total > 0, "\(key)")
      }
      #expect(nodes.first?["shape"] as? [Int] == [3, 64, 96])
      #expect(summary["activationBytes"] as? Int ?? 0 > 0)
    }

    @Test func fieldsAreComparedWithTheData() throws {
      let scratch = try Scratch()
      let report = try document(
        Binary.run(
          [
            "rf", "--model", "tiny.yaml", "--size", "64", "--data", "data/data.yaml", "--json", "-",
            "--out", "rf",
          ], in: scratch))
      let levels = try #require(report["levels"] as? [[String: Any]])
      #expect(levels.map { $0["stride"] as? [Double] } == [[8, 8], [16, 16]])
      #expect(levels.allSatisfy { $0["receptiveField"] != nil && $0["objectRange"] != nil })
      let objects = try #require(report["objects"] as? [String: Any])
      #expect((objects["perClass"] as? [[String: Any]])?.count == 8)
      let advice = try #require(report["advice"] as? [String: Any])
      let sizes = try #require(advice["sizes"] as? [[String: Any]])
      #expect(sizes.contains { $0["size"] as? [Int] == [64, 64] } && sizes.count > 3)
      #expect(
        scratch.names("rf")
          == ["pictures", "receptive-field.json", "report.html", "report.md"])
      #expect(scratch.names("rf/pictures") == ["receptive-field.svg"])
    }

    @Test func assignersAreAuditedOnRequestOrWhereThatIsCheap() throws {
      let scratch = try Scratch()
      func audit(_ arguments: [String]) throws -> [String: Any]? {
        let report = try document(
          Binary.run(
            ["rf", "--size", "64", "--data", "data/data.yaml", "--json", "-"] + arguments,
            in: scratch))
        return report["audit"] as? [String: Any]
      }
      // tiny.yaml's assigner goes by predictions, tiny-retina's by boxes.
      #expect(try audit(["--model", "tiny.yaml"]) == nil)
      #expect(try audit(["--model", "tiny-retina", "--no-audit"]) == nil)
      let retina = try #require(try audit(["--model", "tiny-retina"]))
      #expect(retina["basis"] as? String == "geometry")
      let asked = try #require(try audit(["--model", "tiny.yaml", "--audit"]))
      #expect(asked["basis"] as? String == "untrained" && asked["perClass"] is [Any])
    }

    /// Fields are those of what goes by the picture; costs are of all.
    @Test func secondStageCountsWithCosts() throws {
      let scratch = try Scratch()
      let model = ["--model", "faster-resnet18", "--size", "64", "--json", "-"]
      let report = try document(
        Binary.run(["rf", "--data", "data/data.yaml", "--no-audit"] + model, in: scratch))
      let summary = try document(Binary.run(["summary", "--classes", "8"] + model, in: scratch))
      #expect(report["parameters"] as? Int == summary["parameters"] as? Int)
      #expect(report["multiplyAdds"] as? Int == summary["multiplyAdds"] as? Int)
      #expect((report["levels"] as? [[String: Any]])?.count == 4)
      let findings = try #require(report["findings"] as? [[String: Any]])
      let messages = findings.compactMap { $0["message"] as? String }
      #expect(messages.contains { $0.contains("first stage, the proposals") })
    }

    @Test func conditionThatHoldsEndsWithOne() throws {
      let scratch = try Scratch(train: 0)
      func run(_ condition: String) throws -> Binary.Output {
        try Binary.run(
          ["rf", "--model", "tiny.yaml", "--size", "64", "--json", "-", "--fail-if", condition],
          in: scratch)
      }
      let holds = try run("drift >= 1px")
      #expect(holds.status == 1)
      #expect(holds.standardError.contains("drift >= 1px: drift is"))
      // The report is there all the same.
      #expect(holds.standardOutput.hasPrefix("{"))
      #expect(try run("drift > 1000px").status == 0)
    }

    @Test func networksAreComparedSideBySide() throws {
      let scratch = try Scratch()
      let comparison = try document(
        Binary.run(
          [
            "rf", "--compare", "tiny.yaml", "tiny.yaml@128", "--size", "64", "--data",
            "data/data.yaml", "--json", "-", "--out", "rf",
          ], in: scratch))
      let networks = try #require(comparison["networks"] as? [[String: Any]])
      #expect(networks.map { $0["size"] as? [Int] } == [[64, 64], [128, 128]])
      let costs = networks.compactMap { $0["multiplyAdds"] as? Int }
      #expect(costs.count == 2 && costs[1] > 3 * costs[0])
      let table = try #require(comparison["comparison"] as? [String: Any])
      #expect(table["names"] as? [String] == ["tiny.yaml", "tiny.yaml@128"])
      #expect(
        scratch.names("rf") == ["comparison.json", "pictures", "report.html", "report.md"])
      #expect(
        scratch.names("rf/pictures") == ["receptive-field-1.svg", "receptive-field-2.svg"])
      let effective = try Binary.run(
        [
          "rf", "--compare", "tiny.yaml", "tiny.yaml@128", "--size", "64", "--effective",
          "--pictures", "1",
        ],
        in: scratch)
      #expect(effective.standardOutput.contains("p3 effective, 90 % in"))
      let sizes = try Binary.run(
        ["rf", "--model", "tiny.yaml", "--compare", "64", "96x64"], in: scratch)
      #expect(sizes.status == 0 && sizes.standardOutput.contains("96×64"))
    }

    @Test func exportedWeightsFindTheSame() throws {
      let scratch = try Scratch()
      let trained = try Binary.run(
        ["train", "--recipe", "recipe.yaml", "--epochs", "2", "--out", "run"], in: scratch)
      #expect(trained.status == 0, "\(trained.standardError)")
      let exported = try Binary.run(
        ["export", "--weights", "run", "--out", "own.safetensors"], in: scratch)
      #expect(exported.status == 0, "\(exported.standardError)")
      let figures = try ["run", "own.safetensors"].map { weights in
        var figures = try document(
          Binary.run(
            ["val", "--weights", weights, "--data", "data/data.yaml", "--json", "-"], in: scratch))
        figures["seconds"] = nil
        return figures as NSDictionary
      }
      #expect(figures[0] == figures[1])
    }

    @Test func finishedRunLeavesAReportAndPictures() throws {
      let scratch = try Scratch()
      let output = try Binary.run(
        ["train", "--recipe", "recipe.yaml", "--epochs", "2", "--out", "run"], in: scratch)
      #expect(output.status == 0, "\(output.standardError)")
      let report = scratch.text("run/report.md")
      #expect(report.contains("| epochs | 2 | command line |"))
      #expect(report.contains("| targets that were assigned no prediction |"))
      #expect(report.contains("break where the report is sent on without it"))
      let pictures = scratch.names("run/pictures")
      for name in [
        "average-precision.svg", "confusion.svg", "first-batch.jpg", "learning-rate.svg",
        "losses.svg",
        "receptive-field.svg", "worst-1-found.jpg", "worst-1-truth.jpg",
      ] { #expect(pictures.contains(name), "\(name)") }
      for picture in pictures { #expect(report.contains("(pictures/\(picture))"), "\(picture)") }
      let page = scratch.text("run/report.html")
      #expect(page.matches(of: /src="data:image/).count == pictures.count)
    }

    @Test func validationLeavesAReport() throws {
      let scratch = try Scratch()
      let trained = try Binary.run(
        ["train", "--recipe", "recipe.yaml", "--epochs", "2", "--out", "run"], in: scratch)
      #expect(trained.status == 0, "\(trained.standardError)")
      let validation = [
        "val", "--weights", "run", "--data", "data/data.yaml", "--out", "val", "--errors",
        "--calibration",
      ]
      let output = try Binary.run(validation + ["--json", "-"], in: scratch)
      // The same figures as on standard output.
      let ap = try #require(document(output)["AP"] as? Double)
      #expect(scratch.names("val") == ["pictures", "report.html", "report.md"])
      let report = scratch.text("val/report.md")
      #expect(report.contains("| \(String(format: "%.4f", ap)) |"))
      #expect(report.contains("## Errors by kind") && report.contains("## Calibration"))
      for picture in scratch.names("val/pictures") {
        #expect(report.contains("(pictures/\(picture))"), "\(picture)")
      }
      let again = try Binary.run(validation, in: scratch)
      #expect(again.status == 73 && again.standardError.contains("val"))
    }

    /// The training is done: what its report lacks takes nothing from it.
    @Test func reportWithoutGnuplotOrAPictureIsStillWritten() throws {
      let scratch = try Scratch(train: 4, val: 2)
      for name in scratch.names("data/images/val") {
        let picture = "data/images/val/\(name)"
        let half = try #require(scratch.bytes(picture).map { $0.prefix($0.count / 2) })
        try half.write(to: URL(fileURLWithPath: "\(scratch.path)/\(picture)"))
      }
      let output = try Binary.run(
        ["train", "--recipe", "recipe.yaml", "--epochs", "1", "--out", "run"], in: scratch,
        shell: "export PATH=/nowhere")
      #expect(output.status == 0, "\(output.standardError)")
      let charts = #/warning: gnuplot is not installed.*gnuplot-nox/#
      #expect(output.standardError.matches(of: charts).count == 1)
      #expect(output.standardError.contains(/not in the report: .*images\/val/))
      #expect(scratch.text("run/report.md").contains("`apt install gnuplot-nox`"))
      #expect(!scratch.names("run/pictures").contains { $0.hasSuffix(".svg") })
      #expect(scratch.text("run/report.html").contains("</html>"))
    }

    /// Square pictures fill their canvas: nothing may change. Others get a canvas of their shape.
    @Test func rectangularValidationUsesThePicturesShapes() throws {
      let scratch = try Scratch()
      let trained = try Binary.run(
        ["train", "--recipe", "recipe.yaml", "--epochs", "2", "--out", "run"], in: scratch)
      #expect(trained.status == 0, "\(trained.standardError)")
      let figures = try [[], ["--rect"]].map { more in
        var figures = try document(
          Binary.run(
            ["val", "--weights", "run", "--data", "data/data.yaml", "--json", "-"] + more,
            in: scratch))
        figures["seconds"] = nil
        return figures as NSDictionary
      }
      #expect(figures[0] == figures[1])
      // On a wide canvas square pictures get their square one: the same detections.
      let detections = try [["64"], ["64x128", "--rect"], ["64x128"]].map { size in
        let file = "\(size.count)\(size[0]).json"
        let output = try Binary.run(
          [
            "val", "--weights", "run", "--data", "data/data.yaml", "--detections", file, "--size",
          ] + size, in: scratch)
        #expect(output.status == 0, "\(output.standardError)")
        return try #require(scratch.bytes(file))
      }
      #expect(detections[0].count > 100)
      #expect(detections[0] == detections[1])
      #expect(detections[0] != detections[2])
    }
  }
}
