/// The lines of one of YOLO's label files: `class cx cy width height`, or a polygon
/// `class x y x y …`, read as the box around it.
enum YOLOLabelFile {
  /// In shares of the picture's sides.
  struct Label: Sendable {
    var classIndex: Int
    var left: Double
    var top: Double
    var width: Double
    var height: Double
    var isPolygon: Bool
  }

  struct Line: Sendable {
    /// From 0.
    var index: Int
    var label: Result<Label, DatasetError>
  }

  /// All lines but empty ones.
  static func lines(of file: String, classCount: Int) -> Result<[Line], DatasetError> {
    let text: String
    do { text = try Paths.text(at: file, what: "label file") } catch { return .failure(error) }
    var lines: [Line] = []
    for (index, line) in Paths.lines(of: text).enumerated() {
      let words = words(of: line)
      if words.isEmpty { continue }
      lines.append(
        Line(index: index, label: label(words, classCount, file: file, line: index + 1)))
    }
    return .success(lines)
  }

  private static func words(of line: Substring) -> [Substring] {
    // Without letters beyond ASCII bytes are characters.
    guard line.utf8.allSatisfy({ $0 < 0x80 }) else {
      return line.split(whereSeparator: \.isWhitespace)
    }
    return line.utf8.split { $0 == 0x20 || (0x09...0x0D).contains($0) }.map { Substring($0) }
  }

  private static func label(
    _ words: [Substring], _ classCount: Int, file: String, line: Int
  ) -> Result<Label, DatasetError> {
    let numbers = words.compactMap { Double($0) }
    let isPolygon = words.count >= 7 && words.count % 2 == 1
    // Shares may overshoot the picture a little, never double it: those are pixels.
    guard numbers.count == words.count, words.count == 5 || isPolygon,
      let index = Int(exactly: numbers[0]), numbers.dropFirst().allSatisfy({ abs($0) <= 2 })
    else {
      return .failure(
        .malformedLabel(
          file: file, line: line, text: words.joined(separator: " "),
          expected: "'class cx cy width height' with shares of the picture's sides from 0 to 1"))
    }
    guard (0..<classCount).contains(index) else {
      return .failure(
        .classOutOfRange(index: index, file: file, line: line, count: classCount))
    }
    guard isPolygon else {
      return .success(
        Label(
          classIndex: index, left: numbers[1] - numbers[3] / 2, top: numbers[2] - numbers[4] / 2,
          width: numbers[3], height: numbers[4], isPolygon: false))
    }
    let xs = stride(from: 1, to: numbers.count, by: 2).map { numbers[$0] }
    let ys = stride(from: 2, to: numbers.count, by: 2).map { numbers[$0] }
    let (left, top) = (xs.min() ?? 0, ys.min() ?? 0)
    return .success(
      Label(
        classIndex: index, left: left, top: top, width: (xs.max() ?? 0) - left,
        height: (ys.max() ?? 0) - top, isPolygon: true))
  }
}
