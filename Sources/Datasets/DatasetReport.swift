/// What reading or writing data found that its owner should know: each kind counted, the first few
/// named.
public struct DatasetReport: Sendable {
  public enum Finding: String, CaseIterable, Sendable {
    case clipped = "boxes reached outside their picture and were clipped"
    case outside = "boxes lay outside their picture and were left out"
    case noArea = "boxes of no area were left out"
    case inverted = "boxes with swapped corners were left out"
    case polygon = "polygons were read as the boxes around them"
    case unreadable = "pictures cannot be read and were left out"
    case noPicture = "files have no picture's extension and were passed over"
    case noLabelFile = "pictures have no label file and count as empty"
    case noObjects = "pictures have no objects"
    case namesFromAnnotations = "class lists were gathered from the annotations, by alphabet"
    case description = "notes on the description"

    // What a conversion changes because the new format cannot hold it.
    case rounded = "boxes were moved to whole pixels, the only ones in VOC"
    case widened = "boxes were widened to two pixels, VOC's least that is no stray click"
    case clippedFar = "boxes reached out of their picture by more than its size and were cut there"
    case ignoredLeftOut = "crowd or difficult objects were left out, which YOLO cannot mark"
    case crowdAsDifficult = "crowd regions were written as difficult objects, VOC has no crowds"
    case difficultAsCrowd = "difficult objects were written as crowd regions, COCO's only mark"
    case areaLeftOut = "areas of masks were left out, which only COCO has"
    case renamed = "pictures were renamed, their names were taken or hold white space"
    case otherSize = "pictures are of another size than their annotations say"
    case damaged = "pictures cannot be read; their annotations were kept"
  }

  public struct Item: Sendable {
    public let finding: Finding
    public internal(set) var count: Int
    /// The first few places: file and line, and what stands there.
    public internal(set) var examples: [String]
  }

  static let exampleLimit = 5

  /// The file or folder that was read or written.
  public let source: String
  public internal(set) var pictureCount = 0
  /// Boxes as they stand in the files, kept or not.
  public internal(set) var writtenBoxCount = 0
  public internal(set) var keptBoxCount = 0
  public private(set) var items: [Item] = []

  init(source: String) { self.source = source }

  mutating func note(_ finding: Finding, _ place: @autoclosure () -> String) {
    let index =
      items.firstIndex { $0.finding == finding }
      ?? {
        items.append(Item(finding: finding, count: 0, examples: []))
        return items.count - 1
      }()
    items[index].count += 1
    if items[index].examples.count < Self.exampleLimit { items[index].examples.append(place()) }
  }

  public func count(of finding: Finding) -> Int {
    items.first { $0.finding == finding }?.count ?? 0
  }

  /// One line each, for the caller to print once; empty when nothing was found.
  public var warnings: [String] {
    items.map { item in
      let more = item.count > item.examples.count ? "; …" : ""
      return "\(source): \(item.count) \(item.finding.rawValue): "
        + item.examples.joined(separator: "; ") + more
    }
  }
}
