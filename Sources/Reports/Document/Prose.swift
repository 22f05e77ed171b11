/// A line of text with links and code in it, in no format yet.
///
/// ```swift
/// let line: Prose = "\(epochs) epochs; weights: \(link: "best", to: "weights/best.safetensors")"
/// ```
package struct Prose: Hashable, Sendable {
  package enum Span: Hashable, Sendable {
    case text(String)
    case code(String)
    /// `target` is a path beside the report.
    case link(String, target: String)
  }

  package private(set) var spans: [Span]

  package init(_ text: String) { spans = [.text(text)] }

  fileprivate init(spans: [Span]) { self.spans = spans }

  /// What a format makes of each span, joined.
  func rendered(_ render: (Span) -> String) -> String { spans.map(render).joined() }
}

extension Prose: ExpressibleByStringInterpolation {
  package init(stringLiteral value: String) { self.init(value) }

  package init(stringInterpolation: StringInterpolation) {
    self.init(spans: stringInterpolation.spans)
  }

  package struct StringInterpolation: StringInterpolationProtocol {
    fileprivate var spans: [Span] = []

    package init(literalCapacity: Int, interpolationCount: Int) {}

    package mutating func appendLiteral(_ literal: String) {
      if !literal.isEmpty { spans.append(.text(literal)) }
    }

    package mutating func appendInterpolation(_ value: some CustomStringConvertible) {
      spans.append(.text(value.description))
    }

    package mutating func appendInterpolation(_ prose: Prose) { spans += prose.spans }

    package mutating func appendInterpolation(code: String) { spans.append(.code(code)) }

    package mutating func appendInterpolation(link text: String, to target: String) {
      spans.append(.link(text, target: target))
    }
  }
}
