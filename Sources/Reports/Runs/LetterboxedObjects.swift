import Datasets
import Images
import Networks
import ReceptiveFields

/// The extents of a data set's objects, their pictures letterboxed to a network's input.
package struct LetterboxedObjects {
  package private(set) var sizes: [ObjectSize] = []
  /// Crowd and difficult objects, which are left out.
  package private(set) var ignored = 0

  package init(_ dataset: Dataset, in picture: Shape) {
    for (index, sample) in dataset.samples.enumerated() {
      let letterbox = Letterbox(
        pictureWidth: sample.width, pictureHeight: sample.height, canvasWidth: picture.width,
        canvasHeight: picture.height)
      for annotation in dataset.annotations(of: index) {
        guard !annotation.isIgnored else {
          ignored += 1
          continue
        }
        sizes.append(
          ObjectSize(
            width: Double(annotation.box.width) * letterbox.scale,
            height: Double(annotation.box.height) * letterbox.scale))
      }
    }
  }
}
