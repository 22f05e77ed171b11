import Foundation

/// A report in no format yet: ``HTMLWriter`` and ``MarkdownWriter`` write the same one.
package struct Document: Sendable {
  package var title: String
  /// Before the first section.
  package var introduction: [Block] = []
  package var sections: [Section] = []

  package init(title: String, introduction: [Block] = [], sections: [Section] = []) {
    self.title = title
    self.introduction = introduction
    self.sections = sections
  }

  /// A heading and what follows it.
  package struct Section: Sendable {
    package var title: String
    package var blocks: [Block]

    package init(_ title: String, _ blocks: [Block]) {
      self.title = title
      self.blocks = blocks
    }
  }

  package indirect enum Block: Sendable {
    case paragraph(Prose)
    case list([Prose])
    /// Within a section.
    case heading(String)
    case table(TextTable)
    /// Side by side, as many as `columns` in a row where there is room.
    case illustrations([Illustration], columns: Int)
    /// Long matter that a reader opens.
    case details(summary: String, [Block])
  }

  /// Adds a section unless there is nothing in it.
  package mutating func add(_ title: String, _ blocks: [Block]) {
    if !blocks.isEmpty { sections.append(Section(title, blocks)) }
  }

  /// All figures, in their order.
  package var illustrations: [Illustration] {
    func figures(_ blocks: [Block]) -> [Illustration] {
      blocks.flatMap { block -> [Illustration] in
        switch block {
        case .illustrations(let own, _): own
        case .details(_, let inner): figures(inner)
        case .paragraph, .list, .heading, .table: []
        }
      }
    }
    return figures(introduction) + sections.flatMap { figures($0.blocks) }
  }
}

/// A picture in a report.
package struct Illustration: Hashable, Sendable {
  package enum Format: String, Sendable {
    case svg, png, jpg

    var mediaType: String {
      switch self {
      case .svg: "image/svg+xml"
      case .png: "image/png"
      case .jpg: "image/jpeg"
      }
    }
  }

  /// Of its file, without an extension; no other figure of the report has it.
  package var name: String
  package var format: Format
  package var data: Data
  /// Below the picture.
  package var caption: Prose?
  /// What it shows, for those who do not see it.
  package var alternative: String

  package init(
    _ name: String, _ format: Format, _ data: Data, alternative: String, caption: Prose? = nil
  ) {
    self.name = name
    self.format = format
    self.data = data
    self.alternative = alternative
    self.caption = caption
  }

  var fileName: String { "\(name).\(format.rawValue)" }

  /// Drawings have paper of their own whatever the reader's colours are.
  var isDrawing: Bool { format != .jpg }
}
