import Foundation
import FoundationXML

/// What one Pascal VOC annotation file says, numbers as written.
///
/// Everingham et al.: *The PASCAL Visual Object Classes Challenge: Development Kit*, annotations.
struct VOCAnnotationFile {
  struct Object {
    var name = ""
    var isDifficult = false
    /// xmin, ymin, xmax, ymax.
    var corners: [Double?] = [nil, nil, nil, nil]
    /// Line of the `<object>` tag.
    var line: Int
  }

  var fileName: String?
  /// Nil where absent or 0, as some tools write.
  var width: Int?
  var height: Int?
  var objects: [Object] = []

  init(contentsOf path: String) throws {
    guard let data = FileManager.default.contents(atPath: path) else {
      throw DatasetError.notFound(what: "annotation file", path: path)
    }
    let parser = XMLParser(data: data)
    let reader = Reader(path: path)
    parser.delegate = reader
    let isWellFormed = parser.parse()
    if let error = reader.error { throw error }
    guard isWellFormed, reader.isComplete else {
      throw DatasetError.malformedXML(
        file: path, line: max(1, parser.lineNumber), problem: "the XML is broken or ends early here"
      )
    }
    self = reader.result
  }

  private init() {}

  /// Follows the parser's events; elements of no interest pass by.
  private final class Reader: NSObject, XMLParserDelegate {
    let path: String
    var result = VOCAnnotationFile()
    var error: DatasetError?
    var isComplete = false
    private var elements: [String] = []
    private var text = ""
    private var object: Object?

    init(path: String) { self.path = path }

    func parser(
      _ parser: XMLParser, didStartElement name: String, namespaceURI: String?,
      qualifiedName: String?, attributes: [String: String]
    ) {
      if elements.isEmpty, name != "annotation" {
        fail(parser, "the root element is <\(name)>, expected <annotation>")
      }
      elements.append(name)
      text = ""
      if elements == ["annotation", "object"] { object = Object(line: parser.lineNumber) }
    }

    func parser(_ parser: XMLParser, foundCharacters string: String) { text += string }

    func parser(
      _ parser: XMLParser, didEndElement name: String, namespaceURI: String?,
      qualifiedName: String?
    ) {
      let value = text.trimmingCharacters(in: .whitespacesAndNewlines)
      switch elements.dropFirst().joined(separator: "/") {
      case "filename": result.fileName = value.isEmpty ? nil : value
      case "size/width": result.width = side(value, "width", parser)
      case "size/height": result.height = side(value, "height", parser)
      case "object/name": object?.name = value
      case "object/difficult": object?.isDifficult = value == "1"
      case "object/bndbox/xmin": setCorner(0, value, name, parser)
      case "object/bndbox/ymin": setCorner(1, value, name, parser)
      case "object/bndbox/xmax": setCorner(2, value, name, parser)
      case "object/bndbox/ymax": setCorner(3, value, name, parser)
      case "object": finishObject(parser)
      case "": isComplete = true
      default: break
      }
      elements.removeLast()
      text = ""
    }

    private func side(_ value: String, _ name: String, _ parser: XMLParser) -> Int? {
      guard let number = Double(value), number >= 0, number < 1e6 else {
        fail(parser, "<\(name)> is '\(value)', expected a number of pixels")
        return nil
      }
      return number >= 1 ? Int(number) : nil
    }

    private func setCorner(_ index: Int, _ value: String, _ name: String, _ parser: XMLParser) {
      guard let number = Double(value), number.isFinite else {
        fail(parser, "<\(name)> is '\(value)', expected a number of pixels")
        return
      }
      object?.corners[index] = number
    }

    private func finishObject(_ parser: XMLParser) {
      guard let object else { return }
      if object.name.isEmpty { fail(parser, "an <object> has no <name>") }
      if object.corners.contains(where: { $0 == nil }) {
        fail(parser, "an <object> lacks one of <xmin>, <ymin>, <xmax>, <ymax> in its <bndbox>")
      }
      result.objects.append(object)
      self.object = nil
    }

    private func fail(_ parser: XMLParser, _ problem: String) {
      guard error == nil else { return }
      error = .malformedXML(file: path, line: parser.lineNumber, problem: problem)
      parser.abortParsing()
    }
  }
}
