import Detectors
import Networks

/// What became of all objects of some pictures. Its JSON is part of the command line's contract.
package struct ExplanationReport: Sendable {
  /// A picture that could not be explained.
  package struct Problem: Encodable, Hashable, Sendable {
    package var file: String
    package var error: String

    package init(file: String, error: String) {
      (self.file, self.error) = (file, error)
    }
  }

  package var model: String
  package var size: Extent
  package var data: String
  package var classNames: [String]
  package var options: DetectionOptions
  /// IoU from which a detection finds an object.
  package var overlap: Double
  package private(set) var pictures: [PictureExplanation] = []
  package var problems: [Problem] = []

  package init(
    model: String, size: Extent, data: String, classNames: [String], options: DetectionOptions,
    overlap: Double
  ) {
    self.model = model
    self.size = size
    self.data = data
    self.classNames = classNames
    self.options = options
    self.overlap = overlap
  }

  package mutating func add(_ picture: PictureExplanation) { pictures.append(picture) }

  /// Those that there are in this detector.
  package var stages: [MissStage] {
    let isTwoStage = pictures.contains { $0.proposals != nil }
    return MissStage.allCases.filter { $0 != .notProposed || isTwoStage }
  }

  /// Pictures with misses by their positions, those with the most first.
  package var worst: [Int] {
    pictures.indices.filter { !pictures[$0].misses.isEmpty }.sorted {
      let (first, second) = (pictures[$0].misses.count, pictures[$1].misses.count)
      return first != second ? first > second : $0 < $1
    }
  }
}

/// Objects counted: found ones, and missed ones by the stage that lost them.
package struct MissCounts: Hashable, Sendable {
  package private(set) var objects = 0
  package private(set) var missed = 0
  private var stages = [Int](repeating: 0, count: MissStage.allCases.count)

  package var found: Int { objects - missed }

  package subscript(stage: MissStage) -> Int { stages[Self.position(stage)] }

  /// - Parameter stage: nil: found.
  mutating func add(_ stage: MissStage?) {
    objects += 1
    guard let stage else { return }
    missed += 1
    stages[Self.position(stage)] += 1
  }

  private static func position(_ stage: MissStage) -> Int {
    MissStage.allCases.firstIndex(of: stage)!
  }
}

extension ExplanationReport {
  package var total: MissCounts { counts { _ in true } }

  package func counts(of size: SizeClass) -> MissCounts { counts { $0.sizeClass == size } }

  /// - Parameter label: position among ``classNames``.
  package func counts(ofClass label: Int) -> MissCounts { counts { $0.object.category == label } }

  /// Misses by what the network's boxes alone say.
  package var shownCounts: MissCounts { counts(by: \.shown.stage) { _ in true } }

  /// - Parameter choose: which objects to count; ignored ones never are.
  private func counts(
    by stage: (Miss) -> MissStage = { $0.stage }, _ choose: (ExaminedObject) -> Bool
  ) -> MissCounts {
    var counts = MissCounts()
    for picture in pictures {
      var stages = [MissStage?](repeating: nil, count: picture.objects.count)
      for miss in picture.misses { stages[miss.object] = stage(miss) }
      for (object, stage) in zip(picture.objects, stages)
      where !object.object.isIgnored && choose(object) {
        counts.add(stage)
      }
    }
    return counts
  }

  package var falsePositives: Int { pictures.reduce(0) { $0 + $1.falsePositives } }
  package var ignored: Int { pictures.reduce(0) { $0 + $1.ignored } }
  package var ignoredDetections: Int { pictures.reduce(0) { $0 + $1.ignoredDetections } }
}
