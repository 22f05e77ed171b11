/// Where numbers stopped being numbers.
package struct NonFiniteLayer: Hashable, Sendable, CustomStringConvertible {
  package enum Place: String, Sendable { case output, gradient, parameter }

  /// The node's or parameter's dotted path.
  package var name: String
  package var place: Place

  package init(name: String, place: Place) {
    self.name = name
    self.place = place
  }

  package var description: String { "\(place.rawValue) of \(name)" }
}

/// A plan that can tell which of its values stopped being finite. Not for every step: it scans.
package protocol NonFiniteScanning {
  /// The first node in order of execution whose output, after the last forward pass, or else, after
  /// a backward pass, whose gradient is not finite.
  func firstNonFinite() -> NonFiniteLayer?
}
