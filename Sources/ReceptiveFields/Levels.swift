import Networks

extension ReceptiveFieldReport {
  /// - Parameters:
  ///   - model: its name, for headings.
  ///   - objects: sizes of a data set's objects at training size; `nil` without data.
  package init(
    model: String, analysis: FieldAnalysis, rule: ObjectSizeRule = ObjectSizeRule(),
    objects: [ObjectSize]? = nil
  ) {
    self.model = model
    size = [analysis.picture.height, analysis.picture.width]
    self.rule = rule
    layers = analysis.graph.nodes.indices.compactMap { Layer(node: $0, in: analysis) }
    levels = Self.levels(analysis, rule: rule)
    if let objects {
      for index in levels.indices {
        let range = levels[index].objectRange
        levels[index].objectShare =
          objects.filter { $0.side > 0 }.share { range.contains($0.side) }
      }
      self.objects = ObjectCensus(objects, levels: levels)
    }
    findings = []
    findings = levelFindings + alignmentFindings + rangeFindings + objectFindings
    findings += Self.griddingFindings(analysis.graph)
  }

  /// The graph's outputs by the part of their names before the first dot, in the order of tracing.
  private static func levels(_ analysis: FieldAnalysis, rule: ObjectSizeRule) -> [Level] {
    var names: [String] = []
    var members: [String: [(name: String, node: Int)]] = [:]
    for node in analysis.graph.outputs where analysis.fields[node] != nil {
      guard case .output(let output) = analysis.graph.nodes[node].operation else { continue }
      let level = String(output.name.prefix { $0 != "." })
      if members[level] == nil { names.append(level) }
      members[level, default: []].append((output.name, node))
    }
    return names.map { Level(name: $0, outputs: members[$0]!, in: analysis, rule: rule) }
  }
}

extension ReceptiveFieldReport.Field {
  init(_ field: FieldAnalysis.NodeField, in picture: Shape) {
    bottomUp = field.bottomUp.size(in: picture)
    min = field.shortest.size(in: picture)
    max = field.longest.size(in: picture)
    hull = field.hull.size(in: picture)
  }
}

extension ReceptiveFieldReport.Level {
  fileprivate init(
    name: String, outputs: [(name: String, node: Int)], in analysis: FieldAnalysis,
    rule: ObjectSizeRule
  ) {
    func side(_ node: Int) -> Double {
      analysis.fields[node]!.bottomUp.size(in: analysis.picture).side
    }
    let largest = outputs.dropFirst().reduce(outputs[0]) {
      side($1.node) > side($0.node) ? $1 : $0
    }
    let chosen = outputs.first { $0.name.hasSuffix(".box") } ?? largest
    let field = analysis.fields[chosen.node]!
    self.name = name
    self.outputs = outputs.map(\.name)
    measured = chosen.name
    stride = field.bottomUp.stride
    receptiveField = ReceptiveFieldReport.Field(field, in: analysis.picture)
    hasBottomUpWay = field.hasBottomUpWay
    offset = field.bottomUp.center
    drift = field.bottomUp.drift
    gated = outputs.contains { analysis.fields[$0.node]!.isGated }
    alignment = ReceptiveFieldReport.LevelAlignment(node: chosen.node, in: analysis)
    objectRange = rule.range(of: receptiveField.bottomUp)
  }
}

extension ReceptiveFieldReport.Layer {
  fileprivate init?(node: Int, in analysis: FieldAnalysis) {
    guard let field = analysis.fields[node] else { return nil }
    let shape = analysis.shapes[node]
    name = analysis.graph.nodes[node].name
    `operator` = analysis.graph.nodes[node].operation.rules.label
    self.shape = [shape.channels, shape.height, shape.width]
    stride = field.bottomUp.stride
    receptiveField = ReceptiveFieldReport.Field(field, in: analysis.picture)
    offset = field.bottomUp.center
    alignment = ReceptiveFieldReport.LayerAlignment(node: node, in: analysis)
    gated = field.isGated
  }
}
