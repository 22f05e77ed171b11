import ArgumentParser
import Networks
import Training

extension Extent: ExpressibleByArgument {
  /// A side, or HEIGHTxWIDTH, in pixels.
  public init?(argument: String) { self.init(setting: argument) }

  public var defaultValueDescription: String { setting }
}
