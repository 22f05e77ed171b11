import Datasets

extension Setting {
  /// Variations of pictures that are off unless asked for.
  static let strongVariation = geometry + colour + occlusion + drawnChanges

  private static let geometry = [
    Setting(
      "rotation", \.augmentation.warping.rotation, "Largest turn either way.", unit: "degrees",
      in: 0...180),
    Setting(
      "shear", \.augmentation.warping.shear, "Largest slant of each axis either way.",
      unit: "degrees", in: 0...Warping.largestShear),
    Setting(
      "perspective", \.augmentation.warping.perspective,
      "Largest change of depth from the middle to the border.", unit: "share",
      in: 0...Warping.largestPerspective),
    Setting(
      "crop", \.augmentation.cropping.probability,
      "Probability that a sample of one picture is a window with one object whole.", unit: "",
      in: 0...1),
    Setting(
      "cropMinimum", \.augmentation.cropping.minimumSize, "Smallest such window.",
      unit: "share of the input's sides", in: 0.05...1),
  ]

  private static let colour = [
    Setting(
      "brightness", \.augmentation.toning.brightness, "Largest change, added to every pixel.",
      unit: "share of white", in: 0...1),
    Setting(
      "contrast", \.augmentation.toning.contrast, "Largest change of contrast.", unit: "share",
      in: 0...1),
    Setting(
      "gray", \.augmentation.toning.gray, "Probability that a sample is gray.", unit: "",
      in: 0...1),
    Setting(
      "blur", \.augmentation.degrading.blur,
      "Largest radius of a Gaussian blur, twice its deviation.", unit: "pixels",
      in: 0...Degrading.largestBlur),
    Setting(
      "noise", \.augmentation.degrading.noise, "Largest deviation of normal noise.",
      unit: "of 255", in: 0...Degrading.largestNoise),
    Setting(
      "jpeg", \.augmentation.degrading.jpeg, "Probability of a JPEG's artefacts.", unit: "",
      in: 0...1),
    Setting(
      "jpegQuality", \.augmentation.degrading.jpegQuality, "Lowest quality of that JPEG.",
      unit: "", in: 1...Degrading.highestQuality),
  ]

  private static let occlusion = [
    Setting(
      "cutout", \.augmentation.occluding.cutout,
      "Probability that rectangles of a sample are hidden.", unit: "", in: 0...1),
    Setting(
      "cutouts", \.augmentation.occluding.cutouts, "How many.", unit: "rectangles", in: 1...100),
    Setting(
      "cutoutSize", \.augmentation.occluding.cutoutSize, "Their largest side.",
      unit: "share of the input's", in: 0.01...1),
    Setting(
      "hide", \.augmentation.occluding.hide, "Probability that a part of an object is hidden.",
      unit: "", in: 0...1),
    Setting(
      "hideShare", \.augmentation.occluding.hideShare, "The largest such part.",
      unit: "share of its box", in: 0.01...1),
    Setting(
      "gridMask", \.augmentation.occluding.gridMask,
      "Probability that squares at equal distances are hidden.", unit: "", in: 0...1),
    Setting(
      "gridMaskPeriod", \.augmentation.occluding.gridMaskPeriod,
      "The largest distance from one to the next.", unit: "share of the input's shorter side",
      in: 0.02...1),
    Setting(
      "gridMaskRatio", \.augmentation.occluding.gridMaskRatio,
      "What stays visible between two.", unit: "share of the distance", in: 0.1...0.95),
  ]

  private static let drawnChanges = [
    Setting(
      "randAugment", \.augmentation.randAugment.count,
      "So many changes of geometry, colour and occlusion are drawn for each sample; 0: none.",
      unit: "changes", in: 0...RandAugment.largestCount),
    Setting(
      "randAugmentMagnitude", \.augmentation.randAugment.magnitude, "How strong they are.",
      unit: "tenths of the strongest", in: 0...10),
  ]
}
