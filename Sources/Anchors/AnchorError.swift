/// Why no anchors can be made of a data set's objects.
public enum AnchorError: Error, Hashable, CustomStringConvertible {
  /// Objects come in fewer different sizes than anchors are wanted.
  case fewSizes(different: Int, wanted: Int)
  /// Some level would have no anchor.
  case fewAnchors(count: Int, levels: Int)
  /// The head has none.
  case noAnchorHead(model: String)

  public var description: String {
    switch self {
    case .fewSizes(let different, let wanted):
      "\(wanted) anchors cannot be made of objects of \(different) different sizes; ask for "
        + "\(different) at most"
    case .fewAnchors(let count, let levels):
      "\(count) anchors are too few for \(levels) levels, which need one each"
    case .noAnchorHead(let model):
      "model \(model) has no anchors: its head predicts from points; take a model with an anchor "
        + "head, such as tiny-retina"
    }
  }
}
