/// Everything that turns pictures into one sample of a batch, as numbers: it can be stored,
/// replayed, drawn and tested. The shim only executes it.
public struct Recipe: Hashable, Sendable, Codable {
  /// One picture's way onto the canvas.
  public struct Source: Hashable, Sendable, Codable {
    /// Index of the picture, given meaning by whoever made the recipe (a data set's sample index).
    public var picture: Int
    /// Canvas point to picture point, in full-size picture pixels; centres at half-integers.
    public var canvasToPicture: Affine
    /// The canvas rectangle that this source may write, half-open: left, top, right, bottom.
    public var rectangle: [Int]

    public init(picture: Int, canvasToPicture: Affine, rectangle: [Int]) {
      self.picture = picture
      self.canvasToPicture = canvasToPicture
      self.rectangle = rectangle
    }
  }

  public var width: Int
  public var height: Int
  public var sources: [Source]
  /// RGB in 0–255 where no source lands.
  public var fill: [Float] = [114, 114, 114]
  /// Degrees added to the hue.
  public var hueShift: Float = 0
  public var saturationGain: Float = 1
  public var valueGain: Float = 1

  public init(width: Int, height: Int, sources: [Source]) {
    self.width = width
    self.height = height
    self.sources = sources
  }
}

/// `(x, y) ↦ (a·x + b·y + c, d·x + e·y + f)`.
public struct Affine: Hashable, Sendable, Codable {
  public var a = 1.0
  public var b = 0.0
  public var c = 0.0
  public var d = 0.0
  public var e = 1.0
  public var f = 0.0

  public init() {}

  public init(a: Double, b: Double, c: Double, d: Double, e: Double, f: Double) {
    (self.a, self.b, self.c, self.d, self.e, self.f) = (a, b, c, d, e, f)
  }
}
