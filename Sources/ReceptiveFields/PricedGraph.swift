import Networks

/// A network as receptive fields see it, and what running all of it costs.
package struct PricedGraph: Sendable {
  /// What goes by the picture alone.
  package let picture: Graph
  private let whole: Graph
  /// Shapes of the whole network's inputs after the picture.
  private let further: [Shape]

  /// - Parameters:
  ///   - whole: nil: there is no more than `picture`.
  package init(_ picture: Graph, whole: Graph? = nil, further: [Shape] = []) {
    self.picture = picture
    self.whole = whole ?? picture
    self.further = further
  }

  /// Whether a second stage looks at parts of the picture that the first one chooses.
  var hasSecondStage: Bool { !further.isEmpty }

  /// Trained numbers.
  package var parameters: Int { whole.parameters.map(\.count).reduce(0, +) }

  /// Of one picture.
  package func multiplyAdds(_ size: Extent) -> Int {
    whole.multiplyAdds(whole.shapes(inputs: inputs(size))).reduce(0, +)
  }

  package func positionNote(_ size: Extent) -> String? { whole.positionNote([inputs(size)]) }

  private func inputs(_ size: Extent) -> [Shape] { [whole.pictureShape(size)] + further }

  package func analysis(_ size: Extent) -> FieldAnalysis {
    FieldAnalysis(picture, inputs: [picture.pictureShape(size)])
  }
}
