import Boxes
import Images

extension Targets {
  /// Adds a picture's objects as they lie on the canvas, cut to the part of it that is shown.
  ///
  /// - Parameters:
  ///   - annotations: the picture's, with `first` the position of the first in the data set.
  ///   - map: picture point to canvas point; a box becomes the smallest upright one around its image.
  ///   - rectangle: the canvas pixels that the picture fills: left, top, right, bottom.
  mutating func add(
    _ annotations: ArraySlice<Annotation>, through map: Projective, rectangle: [Int],
    minimumVisibleShare: Double, minimumSide: Double
  ) {
    let bounds = Box(
      left: Float(rectangle[0]), top: Float(rectangle[1]),
      right: Float(rectangle[2]), bottom: Float(rectangle[3]))
    for (index, annotation) in zip(annotations.indices, annotations) {
      let whole = map(annotation.box)
      let box = whole.clipped(to: bounds)
      if annotation.isIgnored {
        if box.area > 0 { ignored.append(box) }
      } else if box.area <= 0 {
        lost.outside += 1
      } else if Double(box.area) < minimumVisibleShare * Double(whole.area)
        || Double(min(box.width, box.height)) < minimumSide
      {
        lost.tooLittleLeft += 1
      } else {
        boxes.append(box)
        classes.append(annotation.classIndex)
        self.annotations.append(Int32(index))
      }
    }
  }
}
