import Images
import Networks

/// All hyper-parameters of a detector's network, its loss and its decoding. The number of classes is
/// the data's.
public struct ModelSettings: Hashable, Sendable, Codable {
  public var name: String
  /// Of the pictures it takes, 1 … 16: 3 of photographs, gray ones included.
  public var inputChannels: Int
  /// Pixels of the input to a cell of each level on which the head predicts; powers of two, each
  /// twice the one before.
  public var strides: [Int]
  public var backbone: BackboneSettings
  /// What follows the backbone's last stage.
  public var context: ContextSettings
  public var neck: NeckSettings
  public var head: HeadSettings
  public var initialization = InitializationSettings()

  public init(
    name: String, inputChannels: Int = 3, strides: [Int], backbone: BackboneSettings,
    context: ContextSettings = .none, neck: NeckSettings, head: HeadSettings
  ) {
    self.name = name
    self.inputChannels = inputChannels
    self.strides = strides
    self.backbone = backbone
    self.context = context
    self.neck = neck
    self.head = head
  }

  /// Heights and widths of inputs are multiples of this: a coarser level, enlarged, must meet the
  /// finer one.
  public var sizeMultiple: Int {
    let coarsest = backbone.backbone.strides.last ?? 1
    return neck.neck.enlargesExtraLevels ? max(coarsest, strides.last ?? 1) : coarsest
  }

  /// Of a network's input, pixels.
  package static let largestSide = 8192

  /// - Throws: ``SettingsError/contradiction(key:reason:)`` for a size that is no multiple of
  ///   ``sizeMultiple``, or beyond all bounds.
  ///
  /// - Parameter key: the setting that the size comes from.
  public func check(size: Extent, key: String = "size") throws {
    try checkSides(of: size, key: key)
    try checkValues(of: graph(classCount: 1), size: size, key: key)
  }

  /// - Throws: see ``check(size:key:)``.
  package func checkSides(of size: Extent, key: String = "size") throws {
    for side in [size.height, size.width] where side > Self.largestSide {
      throw SettingsError.contradiction(
        key: key, reason: "is \(side), more than the \(Self.largestSide) pixels that are possible")
    }
    for side in [size.height, size.width] where side < 1 || side % sizeMultiple != 0 {
      let lower = max(1, side / sizeMultiple) * sizeMultiple
      throw SettingsError.contradiction(
        key: key,
        reason: "must give multiples of \(sizeMultiple) for this model, got \(side); \(lower) or "
          + "\(lower + sizeMultiple) would do")
    }
  }

  /// How many of the levels the neck adds to the backbone's.
  private var extraLevels: Int {
    let coarsest = backbone.backbone.strides.last ?? 1
    return strides.count { $0 > coarsest }
  }

  /// Traces the network: input `image` `[N, inputChannels, H, W]`, two outputs a level as the head names them.
  ///
  /// - Throws: ``SettingsError/contradiction(key:reason:)``.
  public func graph(classCount: Int) throws -> Graph {
    try validate()
    precondition(classCount > 0, "a detector needs at least one class")
    let backbone = backbone.backbone
    let neck = neck.neck
    let head = head.head
    let graph = Graph.trace(channels: inputChannels) { image in
      var features = image.scoped("backbone") { backbone($0) }
      if let context = context.context {
        features[features.count - 1] = features.last!.scoped("context") {
          context($0, norm: backbone.norm.layer)
        }
      }
      let used = zip(backbone.strides, features).filter { strides.contains($0.0) }.map(\.1)
      let levels = used[0].scoped("neck") { _ in
        neck(used, strides: strides)
      }
      levels[0].scoped("head") { _ in
        head.trace(levels, strides: strides, classCount: classCount)
      }
    }
    try graph.checkSize()
    try head.check(graph)
    return try backbone.padding.apply(to: initialization.apply(to: graph))
  }

  /// - Throws: ``SettingsError/contradiction(key:reason:)``.
  public func validate() throws {
    try SettingsBounds.check(self)
    guard (1...Picture.mostChannels).contains(inputChannels) else {
      throw SettingsError.contradiction(
        key: "inputChannels", reason: "must be 1 … \(Picture.mostChannels), got \(inputChannels)")
    }
    let backbone = backbone.backbone
    try backbone.validate()
    guard let first = strides.first, zip(strides, strides.dropFirst()).allSatisfy({ 2 * $0 == $1 })
    else {
      throw SettingsError.contradiction(
        key: "strides", reason: "must double from one to the next, got \(strides)")
    }
    guard backbone.strides.contains(first), strides.last! >= backbone.strides.last! else {
      throw SettingsError.contradiction(
        key: "strides",
        reason: "must begin at one of the backbone's strides \(backbone.strides) and reach its last"
      )
    }
    try context.context?.validate()
    try neck.neck.validate(strides: strides, extraLevels: extraLevels)
    try head.head.validate(levels: strides.count)
    try head.head.validate(strides: strides)
    guard neck.neck.hasEqualChannels || !head.head.isShared else {
      throw SettingsError.contradiction(
        key: head.head.sharing.key,
        reason:
          "needs a neck with the same channels on every level; \(head.head.sharing.remedy), or "
          + "make neck.widths equal")
    }
  }

  /// That what was written can do what it is there for; a network that was trained without runs all
  /// the same.
  ///
  /// - Throws: ``SettingsError/contradiction(key:reason:)``.
  private func checkMeaning(of graph: Graph) throws {
    try backbone.backbone.attention.check(graph, of: "backbone")
    try neck.neck.attention.check(graph, of: "neck")
    try initialization.validate(graph)
    try checkMeans(of: graph)
  }

  /// What has no effect beside the other settings.
  private var idle: [IdleSetting] {
    let (backbone, neck) = (backbone.backbone, neck.neck)
    return backbone.idle + backbone.norm.idle(key: "backbone.norm")
      + backbone.attention.idle(key: "backbone.attention")
      + neck.norm.idle(key: "neck.norm") + neck.attention.idle(key: "neck.attention")
      + head.head.idle
  }
}

extension ModelSettings {
  /// What each `type:` can pick.
  private static var variants: [String: [(name: String, defaults: any Encodable)]] {
    [
      "backbone": BackboneSettings.variants, "neck": NeckSettings.variants,
      "context": ContextSettings.variants,
      "backbone.attention": AttentionSettings.variants,
      "neck.attention": AttentionSettings.variants,
      "backbone.norm": NormSettings.variants, "neck.norm": NormSettings.variants,
      "head.norm": NormSettings.variants,
      "backbone.drop": DropSettings.variants, "neck.drop": DropSettings.variants,
      "head.drop": DropSettings.variants, "head": HeadSettings.variants,
      "head.assigner": AssignerSettings.variants,
      "head.proposals.norm": NormSettings.variants,
      "head.proposals.assigner": AssignerSettings.variants,
    ]
  }

  /// What each `kind:` can pick.
  private static let kinds = [
    "head.classification": ClassificationLoss.Kind.allCases.map(\.rawValue)
  ]

  public var yaml: String { SettingsReader.yaml(self) }

  /// Reads YAML that names what differs from a preset: the one after `preset:`, else `nano`.
  ///
  /// - Parameter file: for messages.
  /// - Throws: ``SettingsError``.
  public init(yaml: String, file: String) throws {
    try self.init(
      yaml: yaml, file: file, over: Preset.allCases.map { ($0.rawValue, $0.settings) })
  }

  /// What ``yaml`` gave, be it long ago: settings without effect, or that learn nothing, are no mistake
  /// in it.
  ///
  /// - Parameter file: for messages.
  /// - Throws: ``SettingsError``.
  package init(recorded yaml: String, file: String) throws {
    try self.init(
      yaml: yaml, file: file, over: Preset.allCases.map { ($0.rawValue, $0.settings) },
      isRecorded: true)
  }

  /// - Parameters:
  ///   - presets: what `preset:` picks from; the first where it is absent.
  ///   - isRecorded: whether the program wrote it.
  /// - Throws: ``SettingsError``.
  init(
    yaml: String, file: String, over presets: [(name: String, defaults: ModelSettings)],
    isRecorded: Bool = false
  ) throws {
    var reader = SettingsReader(file: file, variants: Self.variants)
    reader.selector = "preset"
    reader.kinds = Self.kinds
    self = try reader.read(yaml, over: presets)
    do {
      // What only the traced network tells is told here, where the file and its lines are known.
      let graph = try graph(classCount: 1)
      guard !isRecorded else { return }
      try checkMeaning(of: graph)
      try IdleSetting.refuse(idle, writtenIn: reader.written)
    } catch let error as SettingsError {
      throw error.located(in: yaml, file: file)
    }
  }

  /// A preset by its name, or a YAML file by its path.
  ///
  /// - Throws: ``SettingsError``.
  public init(named name: String) throws {
    if let preset = Preset(rawValue: name) {
      self = preset.settings
      return
    }
    guard name.hasSuffix(".yaml") || name.hasSuffix(".yml") else {
      throw SettingsError.unknownModel(name: name, valid: Preset.allCases.map(\.rawValue))
    }
    try self.init(yaml: try SettingsReader.text(of: name), file: name)
  }
}
