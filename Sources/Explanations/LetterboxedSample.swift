import Datasets
import Images
import Networks
import Training

extension Dataset {
  /// A picture's targets as training has them without augmentation; pixels of the network's input.
  func letterboxedTargets(_ sample: Int, canvas: Extent) -> Targets {
    RecipeMaker(dataset: self, augmentation: nil, seed: 0)
      .make(RecipeMaker.Request(sample: sample, size: CanvasSize(canvas))).targets
  }

  /// - Throws: ``ImageError``, or ``ExplanationError/otherSize(path:has:stated:)`` where the
  ///   annotations are for another size.
  package func picture(_ sample: Int, input: InputFormat) throws -> Picture {
    let stated = samples[sample]
    let picture = try Picture.read(path: stated.path, input: input)
    let (width, height) = (picture.originalWidth, picture.originalHeight)
    guard (width, height) == (stated.width, stated.height) else {
      throw ExplanationError.otherSize(
        path: stated.path, has: [width, height], stated: [stated.width, stated.height])
    }
    return picture
  }
}

/// What can be wrong with what is to be explained.
package enum ExplanationError: Error, Equatable, CustomStringConvertible {
  /// Width and height of the picture, and those of its annotations.
  case otherSize(path: String, has: [Int], stated: [Int])
  /// `splits`: those that were looked through.
  case pictureNotFound(name: String, data: String, splits: [String])
  case severalPictures(name: String, data: String, first: [String])

  package var description: String {
    switch self {
    case .otherSize(let path, let has, let stated):
      "\(path) is \(has[0])×\(has[1]) pixels, its annotations are for \(stated[0])×\(stated[1]); "
        + "dldetect data check --fix corrects them"
    case .pictureNotFound(let name, let data, let splits):
      "\(name): no such picture in \(data) (\(splits.joined(separator: ", "))); give its path or "
        + "file name as the data set has it"
    case .severalPictures(let name, let data, let first):
      "\(name) names several pictures of \(data), among them \(first.joined(separator: " and ")); "
        + "give the path of one"
    }
  }
}
