import Networks

/// The bins of a region along one axis, in cells of its feature map.
private struct BinAxis<Scalar: ReferenceScalar> {
  let start: Scalar
  let step: Scalar
  /// Samples in a bin.
  let samples: Int
  /// Cells of the map.
  let size: Int

  /// - Parameters:
  ///   - low: of the region's edges, in cells; so is `high`.
  ///   - samples: 0: as many as a bin has cells.
  init(low: Scalar, high: Scalar, bins: Int, samples: Int, isAligned: Bool, size: Int) {
    let offset: Scalar = isAligned ? 0.5 : 0
    let length = isAligned ? high - low : max(high - low, 1)
    start = low - offset
    step = length / Scalar(bins)
    self.samples = samples > 0 ? samples : Int(step.rounded(.up))
    self.size = size
  }

  /// The two cells around a sample and their weights; nil more than a cell outside.
  func cells(bin: Int, sample: Int) -> (low: Int, high: Int, share: Scalar)? {
    let at =
      start + Scalar(bin) * step + (Scalar(sample) + 0.5) * step / Scalar(max(samples, 1))
    guard at >= -1, at <= Scalar(size) else { return nil }
    let inside = max(at, 0)
    let low = Int(inside)
    guard low < size - 1 else { return (size - 1, size - 1, 0) }
    return (low, low + 1, inside - Scalar(low))
  }
}

/// The cells of one bin of a region that is rounded to cells.
private func roundedCells<Scalar: ReferenceScalar>(
  low: Scalar, high: Scalar, bin: Int, bins: Int, size: Int
) -> Range<Int> {
  let (first, last) = (low.rounded(), high.rounded())
  let step = max(last - first + 1, 1) / Scalar(bins)
  func cell(_ place: Scalar) -> Int { Int(min(max(place + first, 0), Scalar(size))) }
  let start = cell((Scalar(bin) * step).rounded(.down))
  return start..<max(start, cell((Scalar(bin + 1) * step).rounded(.up)))
}

/// A slot that is not empty.
private struct Region<Scalar: ReferenceScalar> {
  let level: Int
  // In cells of the feature map.
  let left, top, right, bottom: Scalar

  init?(_ regions: ReferenceTensor<Scalar>, image: Int, slot: Int, strides: [Int]) {
    func number(_ channel: Int) -> Scalar { regions.plane(image, channel)[slot] }
    let index = number(0)
    guard index >= 0, index < Scalar(strides.count) else { return nil }
    level = Int(index)
    let scale = 1 / Scalar(strides[level])
    // A bound far outside any picture keeps whole numbers whole.
    let limit = Scalar(RegionPooling.largestCoordinate)
    let edges = (1...4).map { min(max(number($0) * scale, -limit), limit) }
    guard (1...4).allSatisfy({ number($0).isFinite }) else { return nil }
    (left, top, right, bottom) = (edges[0], edges[1], edges[2], edges[3])
  }
}

extension RegionPooling {
  /// Edges further out, in cells, are taken as this.
  static var largestCoordinate: Int { 1 << 15 }
}

extension RegionPooling: ReferenceKernel {
  func forward<Scalar: ReferenceScalar>(_ context: ReferenceContext<Scalar>) {
    let output = context.output
    output.pointer.update(repeating: 0, count: output.count)
    forEachBin(context) { image, slot, bin, level, cells in
      let map = context.inputs[level]
      for channel in 0..<map.shape.channels {
        let source = map.plane(image, channel)
        let target = output.plane(image, bin * map.shape.channels + channel) + slot
        switch kind {
        case .align: for (cell, weight) in cells { target.pointee += source[cell] * weight }
        case .maximum: target.pointee = Self.largest(source, cells).map { source[$0] } ?? 0
        }
      }
    }
  }

  func backward<Scalar: ReferenceScalar>(_ context: ReferenceContext<Scalar>) {
    let gradient = context.outputGradient!
    forEachBin(context) { image, slot, bin, level, cells in
      guard let wanted = context.inputGradients[level] else { return }
      let channels = wanted.shape.channels
      for channel in 0..<channels {
        let incoming = gradient.plane(image, bin * channels + channel)[slot]
        let target = wanted.plane(image, channel)
        switch kind {
        case .align: for (cell, weight) in cells { target[cell] += incoming * weight }
        case .maximum:
          let source = context.inputs[level].plane(image, channel)
          if let cell = Self.largest(source, cells) { target[cell] += incoming }
        }
      }
    }
  }

  /// The first of the largest cells; a NaN wins, so that it is not hidden.
  private static func largest<Scalar: ReferenceScalar>(
    _ plane: UnsafePointer<Scalar>, _ cells: [(cell: Int, weight: Scalar)]
  ) -> Int? {
    guard var best = cells.first?.cell else { return nil }
    for (cell, _) in cells where plane[cell] > plane[best] || plane[cell].isNaN { best = cell }
    return best
  }

  /// Calls `body` with the cells that each bin of each region reads, and their weights.
  private func forEachBin<Scalar: ReferenceScalar>(
    _ context: ReferenceContext<Scalar>,
    _ body: (
      _ image: Int, _ slot: Int, _ bin: Int, _ level: Int, _ cells: [(cell: Int, weight: Scalar)]
    ) -> Void
  ) {
    let regions = context.inputs[strides.count]
    for image in 0..<regions.batch {
      for slot in 0..<regions.shape.height {
        guard let region = Region(regions, image: image, slot: slot, strides: strides) else {
          continue
        }
        for bin in 0..<bins.area {
          let cells = cells(of: region, bin: bin, context.inputs[region.level].shape)
          body(image, slot, bin, region.level, cells)
        }
      }
    }
  }

  private func cells<Scalar: ReferenceScalar>(of region: Region<Scalar>, bin: Int, _ map: Shape)
    -> [(cell: Int, weight: Scalar)]
  {
    let (row, column) = (bin / bins.width, bin % bins.width)
    switch kind {
    case .maximum:
      let rows = roundedCells(
        low: region.top, high: region.bottom, bin: row, bins: bins.height, size: map.height)
      let columns = roundedCells(
        low: region.left, high: region.right, bin: column, bins: bins.width, size: map.width)
      return rows.flatMap { y in columns.map { (y * map.width + $0, 1) } }
    case .align(let samples, let isAligned):
      let y = BinAxis(
        low: region.top, high: region.bottom, bins: bins.height, samples: samples,
        isAligned: isAligned, size: map.height)
      let x = BinAxis(
        low: region.left, high: region.right, bins: bins.width, samples: samples,
        isAligned: isAligned, size: map.width)
      return Self.samples(y, row, x, column, map.width)
    }
  }

  private static func samples<Scalar: ReferenceScalar>(
    _ y: BinAxis<Scalar>, _ row: Int, _ x: BinAxis<Scalar>, _ column: Int, _ width: Int
  ) -> [(cell: Int, weight: Scalar)] {
    let share = 1 / Scalar(max(y.samples * x.samples, 1))
    var cells: [(cell: Int, weight: Scalar)] = []
    for sampleY in 0..<max(y.samples, 0) {
      guard let v = y.cells(bin: row, sample: sampleY) else { continue }
      for sampleX in 0..<max(x.samples, 0) {
        guard let u = x.cells(bin: column, sample: sampleX) else { continue }
        cells.append((v.low * width + u.low, (1 - v.share) * (1 - u.share) * share))
        cells.append((v.low * width + u.high, (1 - v.share) * u.share * share))
        cells.append((v.high * width + u.low, v.share * (1 - u.share) * share))
        cells.append((v.high * width + u.high, v.share * u.share * share))
      }
    }
    return cells
  }
}
