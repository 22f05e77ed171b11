import Networks

extension ReceptiveFieldReport {
  /// - Parameters:
  ///   - model: its name, for headings.
  ///   - objects: sizes of a data set's objects at training size; `nil` without data.
  ///   - classNames: of the objects' labels; without any, classes are not told apart.
  package init(
    model: String, analysis: FieldAnalysis, rule: ObjectSizeRule = ObjectSizeRule(),
    objects: [ObjectSize]? = nil, classNames: [String] = []
  ) {
    self.init(
      model: model, graph: PricedGraph(analysis.graph), analysis: analysis, rule: rule,
      objects: objects, classNames: classNames)
  }

  /// - Parameter size: of the network's input.
  package init(
    model: String, graph: PricedGraph, size: Extent, rule: ObjectSizeRule = ObjectSizeRule(),
    objects: [ObjectSize]? = nil, classNames: [String] = []
  ) {
    self.init(
      model: model, graph: graph, analysis: graph.analysis(size), rule: rule, objects: objects,
      classNames: classNames)
  }

  private init(
    model: String, graph: PricedGraph, analysis: FieldAnalysis, rule: ObjectSizeRule,
    objects: [ObjectSize]?, classNames: [String]
  ) {
    self.model = model
    size = [analysis.picture.height, analysis.picture.width]
    parameters = graph.parameters
    multiplyAdds = graph.multiplyAdds(
      Extent(height: analysis.picture.height, width: analysis.picture.width))
    self.rule = rule
    layers = analysis.graph.nodes.indices.compactMap { Layer(node: $0, in: analysis) }
    levels = Self.outputs(analysis).map { Level($0, in: analysis, rule: rule) }
    if let objects {
      let shares = ObjectJudge(levels).shares(objects).levels
      for index in levels.indices { levels[index].objectShare = shares[index] }
      self.objects = ObjectCensus(objects, levels: levels, classNames: classNames)
    }
    findings = []
    findings = levelFindings + alignmentFindings + rangeFindings + objectFindings
    findings += Self.griddingFindings(analysis.graph)
    if graph.hasSecondStage {
      findings.append(
        Finding(
          severity: .note,
          message: "levels, fields and ranges are those of the first stage, the proposals; what "
            + "the second sees depends on where they lie"))
    }
  }

  /// The outputs that make up one level.
  struct LevelOutputs {
    var name: String
    var members: [(name: String, node: Int)]
    /// The one named box, or else the one of the largest field.
    var measured: (name: String, node: Int)
  }

  /// The graph's outputs by the part of their names before the first dot, in the order of tracing.
  static func outputs(_ analysis: FieldAnalysis) -> [LevelOutputs] {
    var names: [String] = []
    var members: [String: [(name: String, node: Int)]] = [:]
    for node in analysis.graph.outputs where analysis.fields[node] != nil {
      guard case .output(let output) = analysis.graph.nodes[node].operation else { continue }
      let level = String(output.name.prefix { $0 != "." })
      if members[level] == nil { names.append(level) }
      members[level, default: []].append((output.name, node))
    }
    func side(_ node: Int) -> Double {
      analysis.fields[node]!.bottomUp.size(in: analysis.picture).side
    }
    return names.map { name in
      let outputs = members[name]!
      let largest = outputs.dropFirst().reduce(outputs[0]) {
        side($1.node) > side($0.node) ? $1 : $0
      }
      return LevelOutputs(
        name: name, members: outputs,
        measured: outputs.first { $0.name.hasSuffix(".box") } ?? largest)
    }
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
    _ outputs: ReceptiveFieldReport.LevelOutputs, in analysis: FieldAnalysis, rule: ObjectSizeRule
  ) {
    let (measured, node) = outputs.measured
    let field = analysis.fields[node]!
    name = outputs.name
    self.outputs = outputs.members.map(\.name)
    self.measured = measured
    stride = field.bottomUp.stride
    receptiveField = ReceptiveFieldReport.Field(field, in: analysis.picture)
    hasBottomUpWay = field.hasBottomUpWay
    offset = field.bottomUp.center
    drift = field.bottomUp.drift
    alignment = ReceptiveFieldReport.LevelAlignment(node: node, in: analysis)
    gated = outputs.members.contains { analysis.fields[$0.node]!.isGated }
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
