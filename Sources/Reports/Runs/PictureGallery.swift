import Boxes
import Datasets
import Evaluation
import Foundation
import Images

/// Pictures of a split, each as annotated beside what was found in it.
package struct PictureGallery {
  private let dataset: Dataset
  private let ranking: PictureRanking
  private let input: InputFormat
  private let warn: (String) -> Void

  /// Pixels; larger pictures are shown smaller.
  private static let largestSide = 560
  /// More names would hide the picture.
  private static let mostNames = 14
  private static let worstCount = 4
  private static let bestCount = 3

  /// - Parameters:
  ///   - dataset: the split that the ranking is of.
  ///   - input: pictures that are no photographs are drawn as the network sees them.
  ///   - warn: is told of pictures that cannot be shown.
  package init(
    _ dataset: Dataset, _ ranking: PictureRanking, input: InputFormat,
    warn: @escaping (String) -> Void
  ) {
    self.dataset = dataset
    self.ranking = ranking
    self.input = input
    self.warn = warn
  }

  /// The rule, then the worst and the best; nothing without pictures.
  package var blocks: [Document.Block] {
    let half = (dataset.count + 1) / 2
    let worst = ranking.worst(min(Self.worstCount, half))
    let best = ranking.best(min(Self.bestCount, half), without: worst)
    guard !worst.isEmpty || !best.isEmpty else { return [] }
    let errors = ranking.entries.reduce(0) { $0 + $1.errors }
    let faultless = ranking.entries.count { $0.errors == 0 }
    var blocks: [Document.Block] = [
      .paragraph(
        """
        Errors of a picture are its missed objects and its false detections, of detections with a \
        score of \(String(format: "%.2f", ranking.score)) and more (that of greatest F1 over all \
        classes), matched as COCO does at IoU \(String(format: "%g", ranking.overlap)). \
        \(faultless) of \(ranking.entries.count) pictures have none; all together have \(errors). \
        Red: missed (left), false (right); green: found; gray: crowds and difficult objects, which \
        do not count.
        """)
    ]
    blocks += rows("Worst: most errors", "worst", worst)
    blocks += rows("Best: fewest errors, then most objects found", "best", best)
    return blocks
  }

  private func rows(_ title: String, _ name: String, _ entries: [PictureRanking.Entry])
    -> [Document.Block]
  {
    let figures = entries.enumerated().flatMap { number, entry -> [Illustration] in
      do { return try pair("\(name)-\(number + 1)", entry) } catch {
        warn("not in the report: \(error)")
        return []
      }
    }
    return figures.isEmpty ? [] : [.heading(title), .illustrations(figures, columns: 2)]
  }

  private func pair(_ name: String, _ entry: PictureRanking.Entry) throws -> [Illustration] {
    let sample = dataset.samples[entry.image]
    let thumbnail = try Thumbnail(
      dataset.picture(entry.image, input: input), largestSide: Self.largestSide, input: input)
    let file = (sample.path as NSString).lastPathComponent
    let objects = entry.objects.count { !$0.isIgnored }
    let (missed, wrong) = (entry.missed.count, entry.wrong.count)
    let (truth, found) = (truth(entry), detections(entry))
    return [
      Illustration(
        "\(name)-truth", .jpg, try thumbnail.drawn(truth),
        alternative: "\(file) with \(counted(objects, "object"))",
        caption: "\(file): \(counted(objects, "object")), \(missed) missed\(note(truth))"),
      Illustration(
        "\(name)-found", .jpg, try thumbnail.drawn(found),
        alternative: "\(file) with \(counted(entry.detections.count, "detection"))",
        caption:
          "found: \(counted(entry.found, "object")); \(counted(wrong, "false detection"))\(note(found))"
      ),
    ]
  }

  /// Why boxes are without their names.
  private func note(_ marks: [Thumbnail.Mark]) -> String {
    let bare = marks.count { $0.label == nil }
    return bare == 0
      ? "" : "; names of \(bare) boxes left out, there being more than \(Self.mostNames)"
  }

  private func truth(_ entry: PictureRanking.Entry) -> [Thumbnail.Mark] {
    let namesAll = entry.objects.count <= Self.mostNames
    let namesMissed = entry.missed.count <= Self.mostNames
    let marks = entry.objects.enumerated().map { index, object in
      let isMissed = entry.missed.contains(index)
      return Thumbnail.Mark(
        box: Box(object.box),
        colour: object.isIgnored ? .field : isMissed ? MissDrawing.missed : MissDrawing.found,
        label: namesAll || isMissed && namesMissed ? dataset.classNames[object.category] : nil)
    }
    return marks.filter { $0.colour != MissDrawing.missed }
      + marks.filter { $0.colour == MissDrawing.missed }
  }

  private func detections(_ entry: PictureRanking.Entry) -> [Thumbnail.Mark] {
    let namesAll = entry.detections.count <= Self.mostNames
    let namesWrong = entry.wrong.count <= Self.mostNames
    let marks = entry.detections.enumerated().map { index, detection in
      let isWrong = entry.wrong.contains(index)
      let name = dataset.classNames[detection.category]
      return Thumbnail.Mark(
        box: Box(detection.box), colour: isWrong ? MissDrawing.missed : MissDrawing.found,
        label: namesAll || isWrong && namesWrong
          ? name + String(format: " %.2f", detection.score) : nil)
    }
    // Errors, and the best of them, on top.
    return marks.reversed().filter { $0.colour == MissDrawing.found }
      + marks.reversed().filter { $0.colour == MissDrawing.missed }
  }
}
