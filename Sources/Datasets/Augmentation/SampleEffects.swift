import Images
import RandomNumbers

/// What is drawn for a sample beside its pictures and their places. Each kind is drawn from a stream
/// of its own, so that turning one on leaves the draws of all others as they are.
///
/// The order in which they are executed is that of the recipe: geometry, colour, then ``Recipe/Finish``.
struct SampleEffects {
  var warp = Warp()
  var tone = Recipe.Tone()
  /// On top of what ``Augmentation/hue`` and ``Augmentation/saturation`` draw: degrees, factor.
  var hueShift = 0.0
  var saturationGain = 1.0
  var finish = Recipe.Finish()
  /// Sides of rectangles to hide beside those of ``Occluding``, as shares of the canvas's.
  var cutoutSizes: [Double] = []

  private let augmentation: Augmentation
  /// Whether strong changes are over.
  private let isEnding: Bool

  /// - Parameter generator: the stream for a purpose.
  init(
    _ augmentation: Augmentation, isEnding: Bool, generator: (String) -> KeyedGenerator
  ) {
    self.augmentation = augmentation
    self.isEnding = isEnding
    if augmentation.toning != Toning() {
      var stream = generator("tone")
      tone = augmentation.toning.draw(&stream)
    }
    if augmentation.degrading != Degrading() {
      var stream = generator("degrade")
      augmentation.degrading.draw(into: &finish, &stream)
    }
    guard !isEnding else { return }
    if augmentation.warping != Warping() {
      var stream = generator("warp")
      warp = augmentation.warping.draw(&stream)
    }
    if augmentation.randAugment.count > 0 {
      var stream = generator("randAugment")
      augmentation.randAugment.draw(into: &self, &stream)
    }
  }

  /// Writes them into a recipe that has its pictures, and takes out the targets that are hidden.
  func apply(to result: inout RecipeMaker.Result, generator: (String) -> KeyedGenerator) {
    result.recipe.tone = tone
    if hueShift != 0 { result.recipe.hueShift += Float(hueShift) }
    if saturationGain != 1 { result.recipe.saturationGain *= Float(saturationGain) }
    result.recipe.finish = finish
    guard !isEnding, augmentation.occluding.isOn || !cutoutSizes.isEmpty else { return }
    var stream = generator("occlude")
    let size = CanvasSize(width: result.recipe.width, height: result.recipe.height)
    augmentation.occluding.draw(
      over: result.targets.boxes, on: size, into: &result.recipe.finish, &stream)
    for share in cutoutSizes {
      result.recipe.finish.hidden.append(Occluding.cutout(of: share, on: size, &stream))
    }
    result.targets.dropHidden(
      by: result.recipe.finish, minimumVisibleShare: augmentation.minimumVisibleShare)
  }
}
