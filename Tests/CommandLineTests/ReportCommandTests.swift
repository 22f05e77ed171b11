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
      #expect(report["objects"] != nil)
      #expect(
        scratch.names("rf")
          == ["pictures", "receptive-field.json", "report.html", "report.md"])
      #expect(scratch.names("rf/pictures") == ["receptive-field.svg"])
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
      let pictures = scratch.names("run/pictures")
      for name in [
        "average-precision.svg", "confusion.svg", "learning-rate.svg", "losses.svg",
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
      let validation = ["val", "--weights", "run", "--data", "data/data.yaml", "--out", "val"]
      let output = try Binary.run(validation + ["--json", "-"], in: scratch)
      // The same figures as on standard output.
      let ap = try #require(document(output)["AP"] as? Double)
      #expect(scratch.names("val") == ["pictures", "report.html", "report.md"])
      let report = scratch.text("val/report.md")
      #expect(report.contains("| \(String(format: "%.4f", ap)) |"))
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
