import Networks

/// What becomes of a network's values at one input size.
extension ModelSettings {
  /// - Parameter graph: this model's.
  /// - Throws: ``SettingsError/contradiction(key:reason:)`` for a size that leaves too little to reflect.
  package func checkValues(of graph: Graph, size: Extent, key: String = "size") throws {
    let inputs = inputs(of: graph, size: size)
    guard backbone.backbone.padding == .reflect,
      let small = graph.firstTooSmallToReflect(inputs: inputs)
    else { return }
    throw SettingsError.contradiction(
      key: key,
      reason:
        "\(size) leaves \(small.name) a value of \(small.shape.height)×\(small.shape.width), too "
        + "small for padding: reflect; take a larger one or padding: replicate")
  }

  /// - Parameter graph: this model's, at a size that ``checkValues(of:size:key:)`` takes.
  /// - Throws: ``SettingsError/contradiction(key:reason:)`` for a size that leaves too little to learn
  ///   from.
  package func checkNorms(of graph: Graph, size: Extent, key: String = "size") throws {
    let norms = graph.groupNormsOfOneValue(inputs: inputs(of: graph, size: size))
    guard let norm = norms.first else { return }
    throw SettingsError.contradiction(
      key: key,
      reason: "\(size) leaves \(norm.name) one value in a group, of which nothing but its bias "
        + "comes out; take a larger size, or a norm with more channels in a group (type: group)")
  }

  /// Behind a mean over height and width there is one cell, whatever the size.
  ///
  /// - Parameter graph: this model's.
  /// - Throws: ``SettingsError/contradiction(key:reason:)`` where that leaves too little to normalise.
  func checkMeans(of graph: Graph) throws {
    // 8 cells a side, or more, on the coarsest level.
    let size = Extent(8 * max(sizeMultiple, strides.last ?? 1))
    guard let norm = graph.groupNormsOfOneValue(inputs: inputs(of: graph, size: size)).first
    else { return }
    let part = norm.name.hasPrefix("neck.") ? "neck" : "backbone"
    throw SettingsError.contradiction(
      key: "\(part).norm",
      reason: "leaves \(norm.name) one value in a group, of which nothing but its bias comes out: "
        + "there is one cell behind a mean over height and width; take a norm with more channels in "
        + "a group (type: group)")
  }

  /// ``Networks/Graph/positionNote(_:)`` at sizes of the picture.
  package func positionNote(of graph: Graph, sizes: [Extent]) -> String? {
    graph.positionNote(sizes.map { inputs(of: graph, size: $0) })
  }
}

extension Detector {
  /// The same at sizes that none of the weights were trained at; nil where that is the trained one.
  package func positionNote(sizes: [Extent]) -> String? {
    sizes == [description.trainingSize] ? nil : settings.positionNote(of: graph, sizes: sizes)
  }
}
