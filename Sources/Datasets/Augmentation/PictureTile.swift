import Boxes
import Images
import RandomNumbers

/// The part of the plane that the canvas shows, common to all pictures of a sample.
struct SampleView {
  var scale: Double
  /// Canvas point of the plane's middle.
  var middleX: Double
  var middleY: Double
  /// From the upright canvas to the one that is turned, slanted and tilted; nil: the same.
  var warp: Projective?

  init(
    _ size: CanvasSize, _ settings: Augmentation, warp: Projective?,
    _ generator: inout KeyedGenerator
  ) {
    let (width, height) = (Double(size.width), Double(size.height))
    scale = generator.uniform(settings.minimumScale, settings.maximumScale)
    middleX = width * (0.5 + generator.uniform(-1, 1) * settings.translation)
    middleY = height * (0.5 + generator.uniform(-1, 1) * settings.translation)
    self.warp = warp
  }
}

/// One picture of a sample, placed.
struct PictureTile {
  var source: Recipe.Source
  var pictureToCanvas: Projective
}

/// Placing one picture.
extension RecipeMaker {
  func single(
    _ request: Request, _ view: SampleView, _ settings: Augmentation,
    _ generator: inout KeyedGenerator
  ) -> PictureTile {
    let orientation = orientation(settings, &generator)
    if let tile = cropped(request, orientation, settings.cropping, view.warp) { return tile }
    let scale = fit(request.sample, orientation, request.size) * view.scale
    let placement = placement(
      request.sample, orientation, scale, centerX: view.middleX, centerY: view.middleY)
    let canvas = [0, 0, request.size.width, request.size.height]
    return tile(request.sample, placement, within: canvas, view.warp, request.size)
      ?? outOfView(request.sample, placement)
  }

  /// The window that ``Cropping`` draws; nil where it draws none.
  private func cropped(
    _ request: Request, _ orientation: PicturePlacement.Orientation, _ cropping: Cropping,
    _ warp: Projective?
  ) -> PictureTile? {
    guard cropping.probability > 0 else { return nil }
    var generator = generator("crop", request)
    guard generator.chance(cropping.probability) else { return nil }
    let size = request.size
    let whole = placement(
      request.sample, orientation, fit(request.sample, orientation, size),
      centerX: Double(size.width) / 2, centerY: Double(size.height) / 2)
    let upright = Projective(whole.pictureToCanvas)
    let map = warp?.after(upright) ?? upright
    let objects = dataset.annotations(of: request.sample).filter { !$0.isIgnored }
    guard let window = cropping.window(around: objects.map { map($0.box) }, on: size, &generator)
    else { return nil }
    return tile(request.sample, Projective(window).after(map), size)
  }

  func orientation(
    _ settings: Augmentation, _ generator: inout KeyedGenerator
  ) -> PicturePlacement.Orientation {
    .init(
      isTransposed: generator.chance(settings.transpose),
      isMirrored: generator.chance(settings.horizontalFlip),
      isUpsideDown: generator.chance(settings.verticalFlip))
  }

  /// Canvas pixels for a picture pixel at which the turned picture just fits.
  func fit(
    _ sample: Int, _ orientation: PicturePlacement.Orientation, _ size: CanvasSize
  ) -> Double {
    let picture = dataset.samples[sample]
    let (width, height) =
      orientation.isTransposed
      ? (picture.height, picture.width) : (picture.width, picture.height)
    return min(Double(size.width) / Double(width), Double(size.height) / Double(height))
  }

  func placement(
    _ sample: Int, _ orientation: PicturePlacement.Orientation, _ scale: Double,
    centerX: Double, centerY: Double
  ) -> PicturePlacement {
    PicturePlacement(
      width: dataset.samples[sample].width, height: dataset.samples[sample].height,
      orientation: orientation, scale: scale, centerX: centerX, centerY: centerY)
  }

  /// The picture as placed, then warped; nil where nothing of it is in view.
  ///
  /// - Parameter bounds: the part of the canvas kept for it; a warped picture keeps within its own
  ///   borders, which are no longer upright.
  func tile(
    _ picture: Int, _ placement: PicturePlacement, within bounds: [Int], _ warp: Projective?,
    _ size: CanvasSize
  ) -> PictureTile? {
    if let warp {
      return tile(picture, warp.after(Projective(placement.pictureToCanvas)), size)
    }
    guard let rectangle = placement.rectangle(in: bounds) else { return nil }
    return tile(picture, placement, rectangle)
  }

  private func outOfView(_ picture: Int, _ placement: PicturePlacement) -> PictureTile {
    tile(picture, placement, [0, 0, 0, 0])
  }

  private func tile(
    _ picture: Int, _ placement: PicturePlacement, _ rectangle: [Int]
  ) -> PictureTile {
    guard let inverse = placement.pictureToCanvas.inverse else {
      preconditionFailure("a picture is placed at scale 0: settings were not validated")
    }
    return PictureTile(
      source: .init(picture: picture, canvasToPicture: inverse, rectangle: rectangle),
      pictureToCanvas: Projective(placement.pictureToCanvas))
  }

  /// Under any map: the rectangle holds all pixels that the picture touches.
  private func tile(_ picture: Int, _ map: Projective, _ size: CanvasSize) -> PictureTile? {
    let sample = dataset.samples[picture]
    let hull = map(
      Box(left: 0, top: 0, right: Float(sample.width), bottom: Float(sample.height)))
    let seen = hull.clipped(
      to: Box(left: 0, top: 0, right: Float(size.width), bottom: Float(size.height)))
    guard seen.area > 0 else { return nil }
    guard let inverse = map.inverse?.normalized else {
      preconditionFailure("a picture is warped onto a line: settings were not validated")
    }
    var source = Recipe.Source(
      picture: picture, canvasToPicture: inverse.affine,
      rectangle: [
        Int(seen.left.rounded(.down)), Int(seen.top.rounded(.down)),
        Int(seen.right.rounded(.up)), Int(seen.bottom.rounded(.up)),
      ])
    source.perspective = [inverse.g, inverse.h]
    return PictureTile(source: source, pictureToCanvas: map)
  }
}
