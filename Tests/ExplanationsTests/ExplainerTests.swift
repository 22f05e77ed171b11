import Detectors
import Evaluation
import Explanations
import Foundation
import Images
import Networks
import Testing

/// Suites that run plans: one after another, since the engine and its thread count are shared.
@Suite(.serialized) enum EngineTests {}

extension EngineTests {
  @Suite struct ExplainerTests {
    /// What is explained is what `infer` finds, box for box.
    @Test(arguments: [false, true]) func detectionsAreTheDetectors(isRectangular: Bool) throws {
      let tiny = try TinyDetection()
      var options = DetectionOptions()
      options.minimumScore = 0.4
      options.maxDetections = 7
      options.isRectangular = isRectangular
      let explainer = Explainer(tiny.detector, tiny.dataset, options: options, overlap: 0.5)
      for (index, sample) in tiny.dataset.samples.enumerated() {
        let picture = try Picture.read(path: sample.path, input: tiny.detector.inputFormat)
        let found = try tiny.detector.detect(in: picture, options: options).detections
        #expect(found.count == 7)
        let explanation = try explainer.explain(index)
        #expect(explanation.detections.map(\.score) == found.map { Double($0.score) })
        #expect(explanation.detections.map(\.box.x) == found.map { Double($0.box.left) })
        #expect(explanation.detections.map(\.box.width) == found.map { Double($0.box.width) })
        #expect(explanation.detections.map(\.category) == found.map(\.label))
      }
    }

    @Test func everyObjectIsFoundOrMissed() throws {
      let tiny = try TinyDetection(pictures: 6)
      let explainer = Explainer(
        tiny.detector, tiny.dataset, options: DetectionOptions(), overlap: 0.5)
      var report = ExplanationReport(
        model: "tiny", size: Extent(64), data: "drawn", classNames: tiny.dataset.classNames,
        options: DetectionOptions(), overlap: 0.5)
      for index in tiny.dataset.samples.indices { report.add(try explainer.explain(index)) }
      let total = report.total
      #expect(total.objects == tiny.dataset.annotations.count)
      #expect(total.found + total.missed == total.objects)
      #expect(MissStage.allCases.reduce(0) { $0 + total[$1] } == total.missed)
      for group in [
        SizeClass.allCases.map { report.counts(of: $0) },
        tiny.dataset.classNames.indices.map { report.counts(ofClass: $0) },
      ] {
        #expect(group.reduce(0) { $0 + $1.objects } == total.objects)
        #expect(group.reduce(0) { $0 + $1.missed } == total.missed)
        for stage in MissStage.allCases {
          #expect(group.reduce(0) { $0 + $1[stage] } == total[stage])
        }
      }
      #expect(MissStage.allCases.allSatisfy { !$0.isStructural || report.shownCounts[$0] == 0 })
    }

    /// Sides are those at the network's input, twice those of the pictures here.
    @Test func sidesAreMeasuredAtTheNetworksInput() throws {
      let tiny = try TinyDetection()
      var options = DetectionOptions()
      options.size = Extent(128)
      let explainer = Explainer(tiny.detector, tiny.dataset, options: options, overlap: 0.5)
      for index in tiny.dataset.samples.indices {
        let objects = try explainer.explain(index).objects
        for (object, annotation) in zip(objects, tiny.dataset.annotations(of: index)) {
          let side = Double(annotation.box.area).squareRoot()
          #expect(abs(object.side - 2 * side) < 1e-3)
        }
      }
    }
  }

  @Suite struct PictureLookupTests {
    @Test func picturesAreFoundByPathAndByName() throws {
      let (tiny, other) = (try TinyDetection(pictures: 3), try TinyDetection(pictures: 2))
      let paths = tiny.dataset.samples.map(\.path)
      let name = (paths[2] as NSString).lastPathComponent
      let lookup = PictureLookup(
        data: "drawn", splits: [("val", other.dataset), ("train", tiny.dataset)])
      // The other set has two pictures of the same names.
      for called in [name, paths[2], "elsewhere/\(name)"] {
        let found = try lookup.find(called)
        #expect(found.split == 1 && found.sample == 2, "\(called)")
      }
      let found = try lookup.find(paths[1])
      #expect(found.split == 1 && found.sample == 1)
      let shared = (paths[1] as NSString).lastPathComponent
      #expect(
        throws: ExplanationError.severalPictures(
          name: shared, data: "drawn", first: [other.dataset.samples[1].path, paths[1]])
      ) { try lookup.find(shared) }
      #expect(
        throws: ExplanationError.pictureNotFound(
          name: "none.jpg", data: "drawn", splits: ["val", "train"])
      ) { try lookup.find("none.jpg") }
    }
  }

  @Suite struct AssignerAuditTests {
    @Test func geometryNeedsNoPictures() throws {
      let tiny = try TinyDetection(pictures: 6) { $0.assigner = .atss(ATSSAssigner()) }
      let annotations = tiny.dataset.annotations
      try FileManager.default.removeItem(atPath: tiny.dataset.samples[0].path)
      let audit = try AssignerAudit(tiny.detector, tiny.dataset, isTrained: true)
      #expect(audit.basis == .geometry && audit.errors.isEmpty)
      #expect(audit.all.objects == annotations.count && audit.pictures == 6)
    }

    @Test(arguments: [
      AssignerSettings.atss(ATSSAssigner()), .taskAligned(TaskAlignedAssigner()),
      .simOTA(SimOTAAssigner()),
    ])
    func groupsAddUp(_ assigner: AssignerSettings) throws {
      let tiny = try TinyDetection(pictures: 6, minimumSize: 2) { $0.assigner = assigner }
      let audit = try AssignerAudit(tiny.detector, tiny.dataset, isTrained: false)
      #expect(audit.assigner == assigner.name)
      #expect(audit.all.objects == tiny.dataset.annotations.count)
      for groups in [audit.bySide, audit.perClass] {
        #expect(groups.reduce(0) { $0 + $1.objects } == audit.all.objects)
        #expect(groups.reduce(0) { $0 + $1.unmatched } == audit.all.unmatched)
        #expect(groups.reduce(0) { $0 + $1.crowdedOut } == audit.all.crowdedOut)
      }
      let mean = try #require(audit.all.mean)
      #expect(abs(mean * Double(audit.all.objects) - Double(audit.positives)) < 1e-6)
      #expect(audit.all.quantile(0) == 0 || audit.all.unmatched == 0)
    }

    /// The same network finds the same positives where it explains misses, which reads the pictures
    /// for geometry too.
    @Test(arguments: [
      AssignerSettings.atss(ATSSAssigner()), .taskAligned(TaskAlignedAssigner()),
    ])
    func agreesWithTheExplainer(_ assigner: AssignerSettings) throws {
      let tiny = try TinyDetection(pictures: 5, minimumSize: 2) { $0.assigner = assigner }
      let audit = try AssignerAudit(tiny.detector, tiny.dataset, isTrained: true)
      #expect(audit.basis == (assigner.name == "atss" ? .geometry : .trained))
      let explainer = Explainer(
        tiny.detector, tiny.dataset, options: DetectionOptions(), overlap: 0.5)
      let objects = try tiny.dataset.samples.indices.flatMap { try explainer.explain($0).objects }
      #expect(objects.reduce(0) { $0 + $1.positives } == audit.positives)
      #expect(objects.count { $0.positives == 0 } == audit.all.unmatched)
      #expect(
        objects.count { $0.positives == 0 && $0.positivesAlone > 0 } == audit.all.crowdedOut)
    }

    @Test func unreadablePictureIsListed() throws {
      let tiny = try TinyDetection(pictures: 3)
      try Data("no picture".utf8).write(to: URL(fileURLWithPath: tiny.dataset.samples[1].path))
      let audit = try AssignerAudit(tiny.detector, tiny.dataset, isTrained: false)
      #expect(audit.errors.map(\.file) == [tiny.dataset.samples[1].path])
      #expect(audit.pictures == 2)
    }

    @Test func quantilesAreCountsThatOccur() throws {
      var group = AssignerAudit.Group(name: "ten")
      for count in [0, 1, 2, 3, 4, 5, 6, 7, 8, 100] { group.add(positives: count, alone: count) }
      #expect([0, 0.1, 0.5, 0.9, 1].map { group.quantile($0) } == [0, 0, 4, 8, 100])
      #expect(group.mean == 13.6)
      #expect(group.objects == 10 && group.unmatched == 1 && group.crowdedOut == 0)
    }
  }
}
