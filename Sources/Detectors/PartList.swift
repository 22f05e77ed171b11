import Networks

/// What a model can be put together from, and the presets, with what each is made of.
package struct PartList: Sendable {
  package struct Entry: Hashable, Sendable {
    /// Where it stands in a model's YAML.
    package let kind: String
    package let name: String
    /// Nil where the part does not go with those that the others are measured with.
    package let parameters: Int?
    /// Of one picture.
    package let multiplyAdds: Int?
  }

  package let entries: [Entry]

  /// - Parameters:
  ///   - size: of the picture.
  ///   - classCount: of heads and presets.
  package init(size: Extent, classCount: Int) {
    let presets = Preset.allCases.map {
      Self.entry("preset", $0.rawValue, of: $0.settings, "", size, classCount)
    }
    let backbones = BackboneSettings.architectures.map {
      Self.entry("backbone", $0.name, $0.settings.backbone, size)
    }
    entries =
      presets + backbones
      + Self.parts("context", ContextSettings.variants.map(\.name), size, classCount)
      + Self.parts("neck", NeckSettings.variants.map(\.name), size, classCount)
      + Self.parts("head", HeadSettings.variants.map(\.name), size, classCount)
      + Self.attentions(size, classCount)
      + Self.settings.flatMap { kind, names in
        names.map { Entry(kind: kind, name: $0, parameters: nil, multiplyAdds: nil) }
      }
  }

  /// Parts that stand in nano, heads behind a feature pyramid, which suits all of them.
  private static func parts(
    _ kind: String, _ names: [String], _ size: Extent, _ classCount: Int
  ) -> [Entry] {
    let neck = kind == "head" ? "neck: {type: featurePyramid}\n" : ""
    return names.map { name in
      let settings = try? ModelSettings(yaml: "\(neck)\(kind): {type: \(name)}", file: name)
      return entry(kind, name, of: settings, kind + ".", size, classCount)
    }
  }

  /// What parts are set up with; they cost next to nothing.
  private static let settings: [(kind: String, names: [String])] = [
    ("norm", NormSettings.variants.map(\.name)), ("activation", ActivationName.names),
    ("drop", DropSettings.variants.map(\.name)),
    ("assigner", AssignerSettings.variants.map(\.name)),
    ("classification", ClassificationLoss.Kind.allCases.map(\.rawValue)),
    ("boxLoss", BoxLoss.allCases.map(\.rawValue)),
  ].map { ($0.0, $0.1.filter { $0 != "none" }) }

  /// What each adds to nano behind its stage of stride 16.
  private static func attentions(_ size: Extent, _ classCount: Int) -> [Entry] {
    func whole(_ attention: String) -> Entry {
      let yaml = "backbone: {attention: {\(attention)}}"
      let settings = try? ModelSettings(yaml: yaml, file: attention)
      return entry("attention", attention, of: settings, "", size, classCount)
    }
    let none = whole("type: none, after: []")
    return AttentionSettings.variants.map(\.name).filter { $0 != "none" }.map { name in
      let whole = whole("type: \(name), after: [16]")
      func added(_ value: Int?, _ base: Int?) -> Int? {
        value.flatMap { value in base.map { value - $0 } }
      }
      return Entry(
        kind: "attention", name: name, parameters: added(whole.parameters, none.parameters),
        multiplyAdds: added(whole.multiplyAdds, none.multiplyAdds))
    }
  }

  /// What has names that begin with `prefix`.
  private static func entry(
    _ kind: String, _ name: String, of settings: ModelSettings?, _ prefix: String, _ size: Extent,
    _ classCount: Int
  ) -> Entry {
    guard let settings, (try? settings.check(size: size)) != nil,
      let graph = try? settings.graph(classCount: classCount)
    else { return Entry(kind: kind, name: name, parameters: nil, multiplyAdds: nil) }
    return entry(kind, name, graph, settings.inputs(of: graph, size: size), prefix)
  }

  private static func entry(
    _ kind: String, _ name: String, _ backbone: any StagedBackbone, _ size: Extent
  ) -> Entry {
    let graph = Graph.trace { image in
      for (stride, feature) in zip(backbone.strides, backbone(image)) {
        feature.output("stride\(stride)")
      }
    }
    return entry(kind, name, graph, [graph.pictureShape(size)], "")
  }

  private static func entry(
    _ kind: String, _ name: String, _ graph: Graph, _ inputs: [Shape], _ prefix: String
  ) -> Entry {
    let nodes = graph.description(inputs: inputs).nodes.filter {
      prefix.isEmpty || $0.name.hasPrefix(prefix)
    }
    return Entry(
      kind: kind, name: name, parameters: nodes.map(\.parameters).reduce(0, +),
      multiplyAdds: nodes.map(\.multiplyAdds).reduce(0, +))
  }
}
