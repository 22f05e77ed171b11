/// How a region's features become a fixed number of cells.
public enum RegionPoolingKind: Hashable, Sendable, Codable {
  /// The mean of bilinear samples on a regular grid in each bin, nothing rounded.
  ///
  /// - Parameters:
  ///   - samples: along each axis of a bin; 0: as many as the bin has cells, rounded up.
  ///   - isAligned: whether edges are half a cell further up and left, so that pixel centres meet
  ///     cell centres; without it regions are at least one cell large.
  ///
  /// He et al.: *Mask R-CNN*, ICCV 2017, §3.
  case align(samples: Int, isAligned: Bool)
  /// The maximum of the cells that a bin touches, edges rounded to cells; 0 for a bin without cells.
  ///
  /// Girshick: *Fast R-CNN*, ICCV 2015, §2.1.
  case maximum
}

/// Cuts regions out of feature maps and brings each to the same number of bins.
///
/// A region is five numbers: the index of the feature map it is cut from, and left, top, right and
/// bottom in pixels of the network's input. A slot whose index is no feature map's (−1, say) is empty,
/// as is one with an edge that is no finite number: its result is zero, and it gives no gradient.
/// Edges themselves have none, as in torchvision. A region may reach beyond its map: samples more than
/// a cell outside are zero, the others take the nearest edge.
///
/// A region is one cell of the result, so that a fully connected layer over all bins is a 1×1
/// convolution; channel `bin·C + c` holds channel c of a bin, bins in reading order.
///
/// - Inputs: feature maps `[N, C, Hᵢ, Wᵢ]`; regions `[N, 5, K, 1]`, an input of the graph
/// - Output: `[N, bins·C, K, 1]`
///
/// Numbers are those of torchvision's `roi_align` and `roi_pool`.
public struct RegionPooling: Operator {
  public var kind: RegionPoolingKind
  public var bins: Extent
  /// Pixels of the network's input to a cell of each feature map.
  public var strides: [Int]

  public init(
    _ kind: RegionPoolingKind = .align(samples: 2, isAligned: true), bins: Extent = 7,
    strides: [Int]
  ) {
    self.kind = kind
    self.bins = bins
    self.strides = strides
    precondition(
      bins.height > 0 && bins.width > 0 && strides.allSatisfy { $0 > 0 },
      "region pooling: bins and strides must be positive, got \(bins) and \(strides)")
  }

  /// Numbers that describe a region.
  public static let regionChannels = 5

  public var label: String {
    switch kind {
    case .align: "region-align"
    case .maximum: "region-max-pool"
    }
  }

  public func channels(_ inputs: [Int]) -> Int { bins.area * inputs[0] }

  public func outputShape(_ inputs: [Shape]) -> Shape {
    let (maps, regions) = (inputs.dropLast(), inputs[inputs.count - 1])
    precondition(
      maps.count == strides.count && maps.allSatisfy { $0.channels == maps[0].channels },
      "region pooling: needs \(strides.count) feature maps of equal channels, got \(maps)")
    precondition(
      regions.channels == Self.regionChannels && regions.width == 1,
      "region pooling: needs regions of 5 numbers, one below the other, got \(regions)")
    return Shape(channels: channels(inputs.map(\.channels)), height: regions.height, width: 1)
  }

  public func receptiveStep(input: Int) -> ReceptiveStep {
    input < strides.count ? .global : .place
  }
}

extension Value {
  /// The features of regions, one cell a region.
  ///
  /// - Parameters:
  ///   - regions: an input of the graph.
  ///   - maps: feature maps of equal channels.
  public static func pooled(_ regions: Value, from maps: [Value], _ pooling: RegionPooling) -> Value
  {
    precondition(!maps.isEmpty, "region pooling without feature maps")
    guard case .input = regions.tracer.nodes[regions.index].operation else {
      preconditionFailure("region pooling: regions must be an input of the graph")
    }
    return maps[0].applying(.regionPooling(pooling), with: Array(maps[1...]) + [regions])
  }
}
