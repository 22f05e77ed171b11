extension Augmentation {
  /// The settings in use whose changes do not reach the last epochs (``RecipeMaker/mosaicEnd``).
  package var namesOfChangesThatEnd: [String] {
    let used: [(String, Bool)] = [
      ("mosaic", mosaic > 0), ("mixUp", mixUp.probability > 0),
      ("paste", pasting.probability > 0), ("rotation", warping.rotation > 0),
      ("shear", warping.shear > 0), ("perspective", warping.perspective > 0),
      ("cutout", occluding.cutout > 0), ("hide", occluding.hide > 0),
      ("gridMask", occluding.gridMask > 0), ("randAugment", randAugment.count > 0),
    ]
    return used.filter(\.1).map(\.0)
  }
}
