import Networks

extension Advisor {
  /// Tiles that start at multiples of the coarsest stride, so that the cells of all tiles lie on one
  /// grid, and overlap by at least the largest object, so that each object lies whole in some tile.
  ///
  /// Where a tile cannot, it may still hold the objects that are too small at present; the others
  /// are then left to a run over the whole picture.
  var tilings: (fitting: [DataAdvice.Tiling], tooSmall: [Extent]) {
    let stride = coarsestStride
    guard stride > 0, objects.pictures.contains(where: { $0.scale(on: size) < 1 }) else {
      return ([], [])
    }
    let overlaps = [(largestObject, false), (largestOfTooSmall, true)].map { object, isPart in
      (extent: overlap(object, stride), isPart: isPart)
    }
    var fitting: [DataAdvice.Tiling] = []
    var tooSmall: [Extent] = []
    for tile in tiles(stride) {
      let overlap = overlaps.first {
        tile.height - $0.extent.height >= stride && tile.width - $0.extent.width >= stride
          // Without objects that are too small there is nothing for tiles to find.
          && (!$0.isPart || $0.extent.area > 0)
      }
      if let overlap {
        fitting.append(
          tiling(tile, overlap: overlap.extent, withWholePicture: overlap.isPart))
      } else {
        tooSmall.append(tile)
      }
    }
    return (fitting, tooSmall)
  }

  private func overlap(_ object: AxisPair, _ stride: Int) -> Extent {
    func side(_ side: Double) -> Int { Int((side / Double(stride)).rounded(.up)) * stride }
    return Extent(height: side(object.vertical), width: side(object.horizontal))
  }

  /// √area counts for a level; a tile must hold height and width.
  var largestObject: AxisPair {
    let sizes = objects.sizes
    return AxisPair(sizes.map(\.height).max() ?? 0, sizes.map(\.width).max() ?? 0)
  }

  /// Of the objects that are below every range or under a cell at present, in pixels of the pictures.
  private var largestOfTooSmall: AxisPair {
    let judge = ObjectJudge(networks.present.analysis(size), rule: rule)
    let small = objects.pictures.flatMap { picture in
      let scale = picture.scale(on: size)
      return picture.objects.filter { judge.isTooSmall($0.scaled(by: scale)) }
    }
    return AxisPair(small.map(\.height).max() ?? 0, small.map(\.width).max() ?? 0)
  }

  private var coarsestStride: Int {
    let analysis = networks.present.analysis(size)
    let strides = ReceptiveFieldReport.outputs(analysis).flatMap { output in
      let reach = analysis.fields[output.measured.node]!.bottomUp
      return [reach.stride.vertical, reach.stride.horizontal]
    }
    return strides.compactMap { Int(exactly: $0) }.max() ?? 0
  }

  /// From the present size on, in multiples of the coarsest stride and of the model's own, smaller
  /// than the largest picture.
  private func tiles(_ stride: Int) -> [Extent] {
    let multiple = max(stride, networks.multiple)
    let height = objects.pictures.map(\.height).max() ?? 0
    let width = objects.pictures.map(\.width).max() ?? 0
    var tiles: [Extent] = []
    for factor in [1, 1.5, 2, 3, 4] {
      func side(_ side: Int) -> Int {
        min(
          networks.largestSide / multiple,
          Int((factor * Double(side) / Double(multiple)).rounded(.up))) * multiple
      }
      let tile = Extent(height: side(size.height), width: side(size.width))
      if !tiles.contains(tile), tile.height < height || tile.width < width { tiles.append(tile) }
    }
    return tiles
  }

  private func tiling(_ tile: Extent, overlap: Extent, withWholePicture: Bool)
    -> DataAdvice.Tiling
  {
    let step = Extent(height: tile.height - overlap.height, width: tile.width - overlap.width)
    /// Tiles that cover a side; the last one may reach beyond it.
    func count(_ side: Int, _ tile: Int, _ step: Int) -> Int {
      side <= tile ? 1 : (side - tile + step - 1) / step + 1
    }
    let counts = objects.pictures.map {
      count($0.height, tile.height, step.height) * count($0.width, tile.width, step.width)
    }
    let mean = Double(counts.reduce(0, +)) / Double(max(1, counts.count))
    let sizes = withWholePicture ? sizes(overlap: overlap) : objects.sizes
    return DataAdvice.Tiling(
      overlap: [overlap.height, overlap.width], withWholePicture: withWholePicture,
      step: [step.height, step.width], tilesPerPicture: mean,
      choice: choice(
        networks.present, tile, sizes, runs: mean,
        besides: withWholePicture ? cost : 0))
  }

  /// Objects as they are where they are found: in the tiles if the overlap holds them, else in the
  /// whole picture.
  private func sizes(overlap: Extent) -> [ObjectSize] {
    objects.pictures.flatMap { picture in
      let scale = picture.scale(on: size)
      return picture.objects.map { object in
        let isHeld =
          object.height <= Double(overlap.height) && object.width <= Double(overlap.width)
        return isHeld ? object : object.scaled(by: scale)
      }
    }
  }
}
