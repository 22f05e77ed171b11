import RandomNumbers

/// Samples of several pictures.
extension RecipeMaker {
  /// Four pictures, each fitted to the canvas's size, meet in a corner drawn from the middle half
  /// of a plane twice as large, of which the view shows a part.
  ///
  /// - Parameter unseen: gets the pictures that are out of view.
  func mosaicOfFour(
    _ request: Request, _ view: SampleView, _ settings: Augmentation,
    _ generator: inout KeyedGenerator, _ partners: Partners, _ isUsable: (Int) -> Bool,
    unseen: inout [Int]
  ) -> [PictureTile] {
    let size = request.size
    let cornerX =
      view.middleX + view.scale * generator.uniform(-0.5, 0.5) * Double(size.width)
    let cornerY =
      view.middleY + view.scale * generator.uniform(-0.5, 0.5) * Double(size.height)
    let column = min(size.width, max(0, Int(cornerX.rounded())))
    let row = min(size.height, max(0, Int(cornerY.rounded())))
    var tiles: [PictureTile] = []
    for quadrant in 0..<4 {
      let partner = generator.index(below: partners.count)
      let picture =
        quadrant == 0 ? request.sample : partners.usable(from: partner, isUsable) ?? request.sample
      let orientation = orientation(settings, &generator)
      let scale = fit(picture, orientation, size) * view.scale
      let extent = placement(picture, orientation, scale, centerX: 0, centerY: 0)
      let (isRight, isLower) = (quadrant % 2 == 1, quadrant / 2 == 1)
      let placement = placement(
        picture, orientation, scale,
        centerX: isRight ? cornerX + extent.right : cornerX - extent.right,
        centerY: isLower ? cornerY + extent.bottom : cornerY - extent.bottom)
      let bounds = [
        isRight ? column : 0, isLower ? row : 0,
        isRight ? size.width : column, isLower ? size.height : row,
      ]
      // Pictures out of view are no part of the sample, as long as they are usable.
      if let tile = tile(picture, placement, within: bounds, view.warp, size) {
        tiles.append(tile)
      } else {
        unseen.append(picture)
      }
    }
    return tiles
  }

  /// Nine pictures on a plane twice as large as the canvas: the sample's own, and eight around it that
  /// touch its sides or its corners. Each is fitted to a third of the plane's sides; those beside the
  /// middle one also to its height, those above and below to its width, so that none overlap.
  func mosaicOfNine(
    _ request: Request, _ view: SampleView, _ settings: Augmentation,
    _ generator: inout KeyedGenerator, _ partners: Partners, _ isUsable: (Int) -> Bool,
    unseen: inout [Int]
  ) -> [PictureTile] {
    let size = request.size
    let (cellWidth, cellHeight) = (
      2 / 3 * view.scale * Double(size.width), 2 / 3 * view.scale * Double(size.height)
    )
    let middleX = view.middleX + generator.uniform(-0.25, 0.25) * cellWidth
    let middleY = view.middleY + generator.uniform(-0.25, 0.25) * cellHeight
    var (middleWidth, middleHeight) = (cellWidth, cellHeight)
    var tiles: [PictureTile] = []
    for (column, row) in Self.cells {
      let partner = generator.index(below: partners.count)
      let isMiddle = column == 0 && row == 0
      let picture =
        isMiddle ? request.sample : partners.usable(from: partner, isUsable) ?? request.sample
      let orientation = orientation(settings, &generator)
      // The size at scale 1, to be fitted to the cell.
      let unit = placement(picture, orientation, 1, centerX: 0, centerY: 0)
      let scale = min(
        (column == 0 ? middleWidth : cellWidth) / (2 * unit.right),
        (row == 0 ? middleHeight : cellHeight) / (2 * unit.bottom))
      let (width, height) = (2 * unit.right * scale, 2 * unit.bottom * scale)
      if isMiddle { (middleWidth, middleHeight) = (width, height) }
      let placement = placement(
        picture, orientation, scale,
        centerX: middleX + Double(column) * (middleWidth + width) / 2,
        centerY: middleY + Double(row) * (middleHeight + height) / 2)
      let canvas = [0, 0, size.width, size.height]
      if let tile = tile(picture, placement, within: canvas, view.warp, size) {
        tiles.append(tile)
      } else {
        unseen.append(picture)
      }
    }
    return tiles
  }

  /// Columns and rows about the middle one, which comes first: the others follow its size.
  private static let cells = [
    (0, 0), (-1, -1), (0, -1), (1, -1), (-1, 0), (1, 0), (-1, 1), (0, 1), (1, 1),
  ]

  /// What a sample's other pictures are drawn from.
  struct Partners {
    let count: Int
    private let window: ArraySlice<Int32>?

    init(_ dataset: Dataset, _ window: ArraySlice<Int32>?) {
      self.window = window
      count = window?.count ?? dataset.count
    }

    /// The first usable one from a position on, round to its beginning.
    func usable(from position: Int, _ isUsable: (Int) -> Bool) -> Int? {
      for offset in 0..<count {
        let index = (position + offset) % count
        let candidate = window.map { Int($0[$0.startIndex + index]) } ?? index
        if isUsable(candidate) { return candidate }
      }
      return nil
    }
  }
}
