extension Recipe {
  /// Changes of brightness that follow those of hue, saturation and value; like them they leave the
  /// fill as it is.
  public struct Tone: Hashable, Sendable, Codable {
    /// Whether pixels become gray first: their luma, by ITU-R BT.601.
    public var isGray = false
    /// Factor on a value's distance from 127.5; the result ends at 0 and 255.
    public var contrast: Float = 1
    /// Added, as a share of 255; the result ends at 0 and 255.
    public var brightness: Float = 0

    public init() {}
  }

  /// What happens to the whole canvas once its pictures lie on it, in this order: parts are hidden,
  /// it is blurred, noise is added, it goes through a JPEG.
  ///
  /// That is the order of a camera: an obstacle stands before the lens, which blurs its edges too;
  /// noise comes from the sensor behind the lens; the file is written last. Colour is changed before,
  /// while pictures are sampled, so that what is hidden is black whatever the colours are.
  public struct Finish: Hashable, Sendable, Codable {
    /// Canvas rectangles that become black: left, top, right, bottom, half-open.
    public var hidden: [[Int]] = []
    public var grid: Grid?
    /// Radius of a Gaussian blur, canvas pixels; its standard deviation is half of that. 0: none.
    public var blurRadius: Float = 0
    /// Standard deviation of normal noise on each value, in 0–255; 0: none. Values end at 0 and 255.
    public var noise: Float = 0
    /// Decides the noise, together with the place on the canvas.
    public var noiseKey: UInt64 = 0
    /// 1–100; nil: none.
    public var jpegQuality: Int?

    public init() {}
  }

  /// Black squares at equal distances.
  public struct Grid: Hashable, Sendable, Codable {
    /// From one square's left or upper side to the next one's, canvas pixels; positive.
    public var period: Int
    /// Of a square, canvas pixels; at most ``period``.
    public var side: Int
    /// Canvas point of one square's upper left corner.
    public var x: Int
    public var y: Int

    public init(period: Int, side: Int, x: Int, y: Int) {
      (self.period, self.side, self.x, self.y) = (period, side, x, y)
    }
  }
}
