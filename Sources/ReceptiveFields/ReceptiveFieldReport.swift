import Networks

/// What `rf` says about a network: the fields of its levels and layers, and what follows for the
/// sizes of objects. Its JSON is part of the command line's contract.
package struct ReceptiveFieldReport: Codable, Hashable, Sendable {
  /// A field's size in pixels as `[height, width]`, over different ways from the picture.
  package struct Field: Codable, Hashable, Sendable {
    /// Without top-down ways and pyramid-pooling detours: what verdicts rest on.
    package var bottomUp: AxisPair
    /// By the shortest way.
    package var min: AxisPair
    /// By the longest way.
    package var max: AxisPair
    /// The hull of all ways.
    package var hull: AxisPair
  }

  /// The outputs that share a name up to the first dot: `p3` for `p3.class` and `p3.box`.
  package struct Level: Codable, Hashable, Sendable {
    package var name: String
    package var outputs: [String]
    /// The output that the figures are of: the one named box, or else the one of the largest field.
    package var measured: String
    package var stride: AxisPair
    package var receptiveField: Field
    /// Whether a way without resizing leads here; else bottomUp is the shortest way.
    package var hasBottomUpWay: Bool
    /// Centre of the first cell's field in pixels.
    package var offset: AxisPair
    /// `offset` minus half a stride, where decoding takes the first cell to be.
    package var drift: AxisPair
    package var alignment: LevelAlignment
    /// Whether features were scaled by a gate that saw the whole picture.
    package var gated: Bool
    /// Sides (√area) in pixels of the objects that the level can detect.
    package var objectRange: ClosedInterval
    /// Share of the data's objects in that range; `nil` without data.
    package var objectShare: Double?
    /// `nil` where it was not measured, as the two after it.
    package var effective: EffectiveField?
    /// Sides in pixels of the objects that the measured field suits.
    package var effectiveRange: ClosedInterval?
    /// Share of the data's objects in that range; `nil` without data.
    package var effectiveShare: Double?
  }

  /// One node of the graph.
  package struct Layer: Codable, Hashable, Sendable {
    package var name: String
    package var `operator`: String
    /// `[channels, height, width]`
    package var shape: [Int]
    package var stride: AxisPair
    package var receptiveField: Field
    package var offset: AxisPair
    /// `nil` where no window moves by more than a cell.
    package var alignment: LayerAlignment?
    package var gated: Bool
  }

  package enum Severity: String, Codable, Sendable {
    /// Objects will be missed.
    case warning
    /// Worth knowing.
    case note
  }

  package struct Finding: Codable, Hashable, Sendable {
    package var severity: Severity
    package var message: String
    /// The level it is about; `nil`: the network as a whole.
    package var level: String?
  }

  package var model: String
  /// Height and width of the picture.
  package var size: [Int]
  /// Trained numbers.
  package var parameters: Int
  /// Of one picture.
  package var multiplyAdds: Int
  /// Shares of the bottom-up field between which an object's side must lie.
  package var rule: ObjectSizeRule
  package var levels: [Level]
  package var layers: [Layer]
  /// `nil` without data.
  package var objects: ObjectCensus?
  /// `nil` without data.
  package var advice: DataAdvice?
  /// `nil` where no effective fields were measured.
  package var effective: EffectiveMeasurement?
  package var findings: [Finding]
}

/// Both ends included; in JSON `[low, high]`.
package struct ClosedInterval: Hashable, Sendable, Codable {
  package var low: Double
  package var high: Double

  package init(_ low: Double, _ high: Double) {
    self.low = low
    self.high = high
  }

  package init(from decoder: any Decoder) throws {
    var container = try decoder.unkeyedContainer()
    low = try container.decode(Double.self)
    high = try container.decode(Double.self)
  }

  package func encode(to encoder: any Encoder) throws {
    var container = encoder.unkeyedContainer()
    try container.encode(low)
    try container.encode(high)
  }

  package func contains(_ value: Double) -> Bool { low <= value && value <= high }
}
