import Datasets
import Foundation
import TestSupport
import Testing

@Suite struct SamplingPlanTests {
  private let folder: TemporaryFolder
  private let dataset: Dataset

  /// Eleven pictures with a cat each; in the last a dog too, in the one before a dog that is none.
  init() throws {
    folder = try TemporaryFolder()
    var rows = "file,width,height,class,left,top,right,bottom,ignored\n"
    for index in 0..<11 {
      let name = "images/\(index < 6 ? "x" : "y")/\(index) a.jpg"
      try folder.writePicture(name, tint: index)
      rows += "\(name),100,80,cat,0,0,50,50,\n"
      if index == 9 { rows += "\(name),100,80,dog,0,0,50,50,difficult\n" }
      if index == 10 { rows += "\(name),100,80,dog,0,0,50,50,\n" }
    }
    try folder.write(rows, to: "train.csv")
    let file = try folder.write("train: train.csv\nnames: [cat, dog]\n", to: "d.yaml")
    dataset = try DataDescription.load(file).dataset(.train)
  }

  private func plan(_ change: (inout Sampling) -> Void) throws -> SamplingPlan {
    var sampling = Sampling()
    change(&sampling)
    return try SamplingPlan(sampling, for: dataset)
  }

  @Test func oneLineSaysWhatBecomesOfTheClasses() throws {
    #expect(try plan { _ in }.description == nil)
    let balanced = try plan {
      ($0.sampler, $0.balanceThreshold) = (.balanced, 4.0 / 11)
    }
    // A dog in 1 of 11 pictures, √4 = 2 times.
    let line = try #require(balanced.description)
    #expect(line.hasPrefix("sampler balanced below 0.36"))
    #expect(
      line.hasSuffix(
        "11 → 12 pictures an epoch; objects of each class, on average: "
          + "cat 11 → 12, dog 1 → 2"))
    let under = try plan { ($0.sampler, $0.classRatio) = (.undersampled, 2) }
    // Cats to 2 pictures for each of the dog's: 10 · 2/11 + 1.
    #expect(under.sampler.length(of: 11) == 3)
    #expect(try plan { $0.sampler = .weighted }.description?.contains("cat 11 → 11") == true)
  }

  @Test func weightsAreFoundByTheEndsOfPaths() throws {
    let file = try folder.write(
      "# chosen by hand\nimages/x/0 a.jpg 3\ny/10 a.jpg 0\n\n", to: "weights.txt")
    let (weights, unnamed, _) = try SampleWeights.read(file, for: dataset)
    #expect(weights == [3] + Array(repeating: 1, count: 9) + [0])
    #expect(unnamed == 9)
    let plan = try plan { ($0.sampler, $0.sampleWeights) = (.weighted, file) }
    #expect(plan.description?.contains("9 pictures that it does not name weigh 1") == true)
  }

  @Test func partsPassOverPicturesOfTheOthers() throws {
    let file = try folder.write("x/0 a.jpg 3\ny/10 a.jpg 2\n", to: "weights.txt")
    let part = dataset.selecting([0, 1, 2])
    let (weights, unnamed, others) = try SampleWeights.read(file, for: part, isPart: true)
    #expect(weights == [3, 1, 1])
    #expect(unnamed == 2 && others == 1)
    #expect(sentence { _ = try SampleWeights.read(file, for: part) }.contains("line 2"))
  }

  @Test(arguments: [
    ("y/0 a.jpg 1\n", "line 1: 'y/0 a.jpg 1' is not a label, expected the path of a picture"),
    ("x/1 a.jpg 1\nx/1 a.jpg 2\n", "line 2"), ("x/1 a.jpg -1\n", "a weight of 0 or more"),
    ("x/1\n", "'path weight'"),
  ])
  func badWeightsNameTheirLine(_ text: String, _ says: String) throws {
    let file = try folder.write(text, to: "weights.txt")
    #expect(sentence { _ = try SampleWeights.read(file, for: dataset) }.contains(says))
  }
}
