import Networks
import ReceptiveFields
import Testing

@Suite struct AlignmentTests {
  /// Five 3×3 of stride 2 and padding 1, as most detectors' backbones have them.
  private let threes = Graph.trace { image in
    var x = image
    for level in 1...5 {
      x = x.through("conv\(level)", Convolution(channels: 2, kernel: 3, stride: 2, padding: 1))
    }
    x.output("p5.box")
  }

  private func report(_ graph: Graph, height: Int, width: Int) -> ReceptiveFieldReport {
    let picture = Shape(channels: 3, height: height, width: width)
    return ReceptiveFieldReport(
      model: "m", analysis: FieldAnalysis(graph, inputs: [picture]))
  }

  private func strided(_ report: ReceptiveFieldReport) -> [ReceptiveFieldReport.LayerAlignment] {
    report.layers.compactMap(\.alignment)
  }

  @Test func threesUseOnlyNearPaddingAtMultiplesOf32AndBothSidesOneAbove() throws {
    // Rows 320 → 160 → 80 → 40 → 20 → 10: the last place ends at 2·(n/2 − 1) − 1 + 3 = n, so the far
    // padding stays unused. Columns 321 → 161 → 81 → 41 → 21 → 11: it ends at n + 1, all is used.
    let report = report(threes, height: 320, width: 321)
    let layers = strided(report)
    #expect(layers.map(\.input.vertical) == [320, 160, 80, 40, 20])
    #expect(layers.map(\.input.horizontal) == [321, 161, 81, 41, 21])
    #expect(layers.allSatisfy { $0.unusedPadding == AxisPair(1, 0) })
    #expect(layers.allSatisfy { $0.unread == AxisPair(0, 0) && $0.skipped == AxisPair(0, 0) })
    #expect(
      layers.allSatisfy { $0.nearPadding == AxisPair(1, 1) && $0.farPadding == $0.nearPadding })
    let level = try #require(report.levels.first)
    #expect(level.alignment.cells == AxisPair(10, 11))
    // 1 + 2 + 4 + 8 + 16 pixels, a cell of padding at each layer's stride.
    #expect(level.alignment.unusedPadding == AxisPair(31, 0))
    // A field of 63 pixels begins 31 before the picture; the last one ends at 32·9 + 32 = 320, or at
    // 32·10 + 32 = 352 = 321 + 31.
    #expect(level.alignment.overhangNear == AxisPair(31, 31))
    #expect(level.alignment.overhangFar == AxisPair(0, 31))
    #expect(level.alignment.unread == AxisPair(0, 0))
  }

  @Test func decodingTakesCellsToBeHalfAStrideIn() throws {
    let level = try #require(report(threes, height: 320, width: 320).levels.first)
    // −½·(1 + 2 + 4 + 8 + 16) from 16.
    #expect(level.drift == AxisPair(-15.5, -15.5))
    #expect(level.alignment.decodedCentre == AxisPair(16, 16))
    #expect(!level.alignment.decodingAccounts)
    let sixes = Graph.trace { image in
      image.through("stem", Convolution(channels: 2, kernel: 6, stride: 2, padding: 2))
        .output("p1.box")
    }
    let centred = try #require(report(sixes, height: 64, width: 64).levels.first)
    #expect(centred.alignment.decodingAccounts && centred.drift == AxisPair(0, 0))
    // One of the two far cells: the last place ends at 2·31 − 2 + 6 = 66.
    #expect(centred.alignment.unusedPadding == AxisPair(0, 0))
  }

  @Test func remaindersOfUnpaddedWindowsAreNeverRead() throws {
    let graph = Graph.trace { image in
      let x = image.through("a", Convolution(channels: 2, kernel: 2, stride: 2, padding: 0))
      x.through("b", Convolution(channels: 2, kernel: 4, stride: 4, padding: 0)).output("p3.box")
    }
    // Rows 23 → 11 → 2: a leaves 23 − 22 = 1 row, b leaves 11 − 8 = 3 cells of 2 rows: 7 in all.
    // Columns 16 → 8 → 2: nothing is left.
    let report = report(graph, height: 23, width: 16)
    #expect(strided(report).map(\.unread) == [AxisPair(1, 0), AxisPair(3, 0)])
    let level = try #require(report.levels.first)
    #expect(level.alignment.unread == AxisPair(7, 0))
    #expect(level.alignment.overhangFar == AxisPair(-7, 0))
    let finding = try #require(
      report.findings.first { $0.message.contains("the last 7 rows") })
    #expect(finding.severity == .warning && finding.level == "p3")
  }

  @Test func kernelsUnderTheirStrideSkipCells() throws {
    let graph = Graph.trace { image in
      image.through("skip", Convolution(channels: 2, kernel: 1, stride: 2)).output("p1.box")
    }
    // 9 cells: 0, 2, 4, 6, 8 are read. 10 cells: the same, and cell 9 is left over.
    let report = report(graph, height: 9, width: 10)
    let layer = try #require(strided(report).first)
    #expect(layer.skipped == AxisPair(4, 4) && layer.unread == AxisPair(0, 1))
    let level = try #require(report.levels.first)
    #expect(level.alignment.skipped == AxisPair(4, 4))
    #expect(level.alignment.unread == AxisPair(0, 1))
    #expect(report.findings.contains { $0.message.hasPrefix("4 rows and 4 columns") })
  }

  @Test func shortcutsThatSkipAreSavedByTheirBlock() throws {
    let graph = Graph.trace { image in
      let main = image.through("main", Convolution(channels: 2, kernel: 3, stride: 2))
      (main + image.through("shortcut", Convolution(channels: 2, kernel: 1, stride: 2)))
        .output("p1.box")
    }
    let report = report(graph, height: 10, width: 10)
    #expect(strided(report).map(\.skipped.vertical) == [0, 4])
    let level = try #require(report.levels.first)
    #expect(level.alignment.skipped == AxisPair(0, 0) && level.alignment.unread == AxisPair(0, 0))
    #expect(level.alignment.unusedPadding == AxisPair(1, 1))
  }

  @Test func asymmetricPaddingIsUsedAlikeAtEvenSizes() throws {
    // TensorFlow's SAME at even sizes pads the far side only, which centres the grid the other way.
    let graph = Graph.trace { image in
      image.through(
        "same",
        Convolution(
          channels: 2, kernel: 3, stride: 2, padding: Padding(top: 0, left: 0, bottom: 1, right: 1)
        )
      ).output("p1.box")
    }
    let report = report(graph, height: 8, width: 9)
    let layer = try #require(strided(report).first)
    // 8 rows: the last place ends at 2·3 + 3 = 9, one beyond. 9 columns: 2·3 + 3 = 9.
    #expect(layer.unusedPadding == AxisPair(0, 1))
    #expect(report.levels.first?.drift == AxisPair(0.5, 0.5))
  }

  @Test func lopsidedPaddingIsSaidOnceForAllLevels() {
    let graph = Graph.trace { image in
      let fine = image.through("a", Convolution(channels: 2, kernel: 3, stride: 2))
      fine.output("p1.box")
      fine.through("b", Convolution(channels: 2, kernel: 3, stride: 2)).output("p2.box")
    }
    let notes = report(graph, height: 64, width: 64).findings
      .filter { $0.message.contains("padding above and left") }
    #expect(notes.count == 1)
    #expect(notes.first?.message.contains("p1 1 px, p2 3 px") == true)
    #expect(
      !report(graph, height: 65, width: 65).findings
        .contains { $0.message.contains("padding above and left") })
  }
}
