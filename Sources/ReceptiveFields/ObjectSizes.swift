/// An object's extent in pixels, of the network's input unless said otherwise.
package struct ObjectSize: Hashable, Sendable {
  package var width: Double
  package var height: Double
  /// Index into the data's class names.
  package var label: Int

  package init(width: Double, height: Double, label: Int = 0) {
    self.width = width
    self.height = height
    self.label = label
  }

  /// √area
  package var side: Double { (width * height).squareRoot() }

  func scaled(by scale: Double) -> ObjectSize {
    ObjectSize(width: width * scale, height: height * scale, label: label)
  }
}

/// Which objects suit a receptive field: those whose side is between two shares of the field's.
///
/// Below, the object drowns in its surroundings and little of the field's weight falls on it; above,
/// the effective field, much smaller than the theoretical one (Luo et al.: *Understanding the
/// Effective Receptive Field*, NeurIPS 2016), no longer covers it.
package struct ObjectSizeRule: Hashable, Sendable, Codable {
  package var lowestShare: Double
  package var highestShare: Double

  package init(lowestShare: Double = 0.1, highestShare: Double = 0.5) {
    precondition(
      0 <= lowestShare && lowestShare < highestShare,
      "the rule's shares \(lowestShare) and \(highestShare) are not ascending")
    self.lowestShare = lowestShare
    self.highestShare = highestShare
  }

  package func range(of field: AxisPair) -> ClosedInterval {
    ClosedInterval(lowestShare * field.side, highestShare * field.side)
  }
}
