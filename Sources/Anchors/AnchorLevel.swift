import Boxes
import ReceptiveFields

/// A level of an anchor head: where its anchors stand, and what it sees.
package struct AnchorLevel: Hashable, Sendable {
  package var name: String
  /// Pixels of the network's input to a cell.
  package var stride: Int
  package var rows: Int
  package var columns: Int
  /// Of the bottom-up way: what verdicts rest on.
  package var receptiveField: AxisPair
  /// Sides in pixels of the objects that the level can detect.
  package var objectRange: ClosedInterval
  package var anchors: [AnchorSize]

  package init(
    name: String, stride: Int, rows: Int, columns: Int, receptiveField: AxisPair,
    objectRange: ClosedInterval, anchors: [AnchorSize] = []
  ) {
    (self.name, self.stride, self.rows, self.columns) = (name, stride, rows, columns)
    (self.receptiveField, self.objectRange) = (receptiveField, objectRange)
    self.anchors = anchors
  }
}

extension AnchorSize {
  /// √area
  package var side: Double { Double(area).squareRoot() }

  /// To a tenth of a pixel, and no less than that: what a reader of settings can take in.
  init(rounding size: ObjectSize) {
    func tenths(_ value: Double) -> Float { Float(max(1, (10 * value).rounded()) / 10) }
    self.init(width: tenths(size.width), height: tenths(size.height))
  }
}
