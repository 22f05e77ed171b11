import Foundation
import Reports
import Testing

@Suite struct DocumentTests {
  private static let hostile = #"<script>alert("x & 'y'")</script>"#

  private static func picture(_ name: String, caption: Prose? = nil) -> Illustration {
    Illustration(
      name, .png, Data([0x89, 0x50]), alternative: hostile, caption: caption)
  }

  private static var document: Document {
    var table = TextTable([("class", .left), ("AP", .right)])
    table.add([hostile, "0.5"])
    table.add(["a|b", "–"])
    return Document(
      title: "nano on \(hostile)",
      introduction: [.paragraph("see \(link: hostile, to: "a \"b\" (c)/d:e.csv")")],
      sections: [
        .init(
          "First \(hostile)", [.table(table), .heading(hostile), .list(["one", "\(hostile)"])]),
        .init(
          "Second",
          [
            .illustrations(
              [picture("one", caption: "\(hostile)"), picture("two"), picture("three")], columns: 2)
          ]),
        .init("Third", [.details(summary: hostile, [.paragraph("\(code: hostile)")])]),
      ])
  }

  @Test func htmlHasNoMarkupFromNames() {
    let text = HTMLWriter(Self.document).text
    #expect(!text.contains("<script"))
    #expect(text.contains("&lt;script&gt;alert(&quot;x &amp; &#39;y&#39;&quot;)&lt;/script&gt;"))
    // Within an attribute no quote ends it.
    let alternatives = text.matches(of: #/alt="([^"]*)" src="/#)
    #expect(alternatives.count == 3)
    #expect(alternatives.allSatisfy { $0.1.hasPrefix("&lt;script&gt;") })
  }

  @Test func onlyLongWordsAreBroken() {
    var table = TextTable([("class", .left), ("from", .left)])
    table.add(["Platelets 160×160", "/data/a/very/long/path/of/annotations.json"])
    let text = HTMLWriter(Document(title: "", introduction: [.table(table)])).text
    #expect(text.contains("<td>Platelets 160×160</td><td class=\"long\">/<wbr>data"))
  }

  @Test func htmlIsWholeInItself() {
    let text = HTMLWriter(Self.document).text
    // 0x89 0x50 in base 64: 100010 010101 0000(00) = i V A, padded.
    #expect(text.contains(#"src="data:image/png;base64,iVA=""#))
    #expect(!text.contains("src=\"http") && !text.contains("<link") && !text.contains("url("))
    #expect(text.contains("default-src 'none'; img-src data:; style-src 'unsafe-inline'"))
  }

  /// Every tag that is opened is closed, in order.
  @Test func htmlTagsNest() {
    let text = HTMLWriter(Self.document).text
    var open: [Substring] = []
    for match in text.matches(of: #/<(/?)([a-z0-9]+)[^>]*>/#) {
      if ["meta", "img", "wbr"].contains(match.2) { continue }
      if match.1.isEmpty {
        open.append(match.2)
      } else {
        #expect(open.popLast() == match.2)
      }
    }
    #expect(open.isEmpty)
  }

  @Test func linksStayPathsBesideTheReport() {
    let target = "a%20%22b%22%20%28c%29/d%3Ae.csv"
    #expect(HTMLWriter(Self.document).text.contains("<a href=\"\(target)\">"))
    #expect(MarkdownWriter(Self.document, pictures: "pictures").text.contains("](\(target))"))
  }

  @Test func markdownShowsTextAsItIs() {
    let document = Document(
      title: "a*b",
      introduction: [.paragraph("\("# 1_2 _c_ [d](e) `f` <g>") & h"), .paragraph("1. x")])
    #expect(
      MarkdownWriter(document, pictures: "pictures").text
        == "# a\\*b\n\n\\# 1_2 \\_c\\_ \\[d\\](e) \\`f\\` &lt;g> &amp; h\n\n1\\. x\n")
  }

  @Test func markdownPutsPicturesIntoRowsWithTheirCaptions() {
    let pictures = [
      Illustration("a", .svg, Data(), alternative: "first", caption: "x|y"),
      Illustration("b", .jpg, Data(), alternative: "second"),
      Illustration("c", .png, Data(), alternative: "third", caption: "z"),
    ]
    let document = Document(
      title: "t", sections: [.init("s", [.illustrations(pictures, columns: 2)])])
    #expect(
      MarkdownWriter(document, pictures: "pictures").text == """
        # t

        ## s

        | ![first](pictures/a.svg) | ![second](pictures/b.jpg) |
        | --- | --- |
        | x\\|y |  |
        | ![third](pictures/c.png) |  |
        | z |  |

        """)
  }

  @Test func filesAreThoseThatTheMarkdownNames() throws {
    var written: [String: Data] = [:]
    func makeFolder(_ path: String) {}
    try ReportFiles(Self.document).write(into: "/nowhere/run", makeFolder: makeFolder) {
      written[$0] = $1
    }
    let names = written.keys.sorted().map { $0.dropFirst("/nowhere/run/".count) }
    #expect(
      names == [
        "pictures/one.png", "pictures/three.png", "pictures/two.png", "report.html", "report.md",
      ])
    let markdown = String(decoding: written["/nowhere/run/report.md"] ?? Data(), as: UTF8.self)
    for name in names.prefix(3) { #expect(markdown.contains("](\(name))")) }
  }
}
