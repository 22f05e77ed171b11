import Boxes

/// Everything that turns pictures into one sample of a batch, as numbers: it can be stored,
/// replayed, drawn and tested. The shim only executes it.
public struct Recipe: Hashable, Sendable, Codable {
  /// One picture's way onto the canvas.
  public struct Source: Hashable, Sendable, Codable {
    /// Index of the picture, given meaning by whoever made the recipe (a data set's sample index).
    public var picture: Int
    /// Canvas point to picture point, in full-size picture pixels; centres at half-integers.
    public var canvasToPicture: Affine
    /// The canvas rectangle that this source may write, half-open, inside the canvas: left, top,
    /// right, bottom.
    public var rectangle: [Int]
    /// Where the map is in perspective both of its coordinates are divided by
    /// `perspective[0] · x + perspective[1] · y + 1`, which is positive all over the rectangle.
    public var perspective: [Double] = [0, 0]

    /// ``canvasToPicture`` and ``perspective`` as one map.
    public var map: Projective {
      Projective(canvasToPicture, g: perspective[0], h: perspective[1])
    }
    /// The part of the picture that is shown, in full-size picture pixels; nil: all of it.
    public var region: Box?
    /// How strongly the source covers what lies below it, 0–1.
    public var opacity: Float = 1
    /// Canvas pixels over which the source fades in, linearly, from each border of ``region``, or
    /// of the picture where that is nil or reaches beyond it.
    public var feather: Float = 0

    public init(picture: Int, canvasToPicture: Affine, rectangle: [Int]) {
      self.picture = picture
      self.canvasToPicture = canvasToPicture
      self.rectangle = rectangle
    }

    /// Absent keys of blending keep their defaults.
    public init(from decoder: any Decoder) throws {
      let container = try decoder.container(keyedBy: CodingKeys.self)
      self.init(
        picture: try container.decode(Int.self, forKey: .picture),
        canvasToPicture: try container.decode(Affine.self, forKey: .canvasToPicture),
        rectangle: try container.decode([Int].self, forKey: .rectangle))
      perspective =
        try container.decodeIfPresent([Double].self, forKey: .perspective) ?? perspective
      region = try container.decodeIfPresent(Box.self, forKey: .region)
      opacity = try container.decodeIfPresent(Float.self, forKey: .opacity) ?? opacity
      feather = try container.decodeIfPresent(Float.self, forKey: .feather) ?? feather
    }
  }

  public var width: Int
  public var height: Int
  /// Later ones lie over earlier ones where both have a picture.
  public var sources: [Source]
  /// RGB in 0–255 where no source lands; the changes of colour leave it as it is.
  public var fill: [Float] = [114, 114, 114]
  /// Degrees added to the hue.
  public var hueShift: Float = 0
  /// Factor on saturation (chroma / value), which ends at 1.
  public var saturationGain: Float = 1
  /// Factor on value (the largest of red, green and blue), which ends at 255.
  public var valueGain: Float = 1
  public var tone = Tone()
  public var finish = Finish()

  public init(width: Int, height: Int, sources: [Source]) {
    self.width = width
    self.height = height
    self.sources = sources
  }
}
