import Detectors
import Networks
import Reports

/// What `summary --list` prints.
struct PartListing {
  private let list: PartList
  private let size: Extent

  init(size: Extent, classCount: Int) throws {
    try ModelSettings(named: Preset.nano.rawValue).check(size: size)
    self.size = size
    list = PartList(size: size, classCount: classCount)
  }

  var text: String {
    var table = TextTable([
      ("kind", .left), ("name", .left), ("parameters", .right), ("multiply-adds", .right),
    ])
    for entry in list.entries {
      table.add([
        entry.kind, entry.name, entry.parameters.map(abbreviated) ?? "–",
        entry.multiplyAdds.map(abbreviated) ?? "–",
      ])
    }
    return table.text + """

      Of one picture of \(size). A preset is --model's NAME or YAML's preset: NAME; a part is YAML's \
      KIND: {type: NAME}, a classification {kind: NAME}, an activation and a boxLoss NAME alone.
      Contexts, necks and heads are measured in nano, heads behind a feature pyramid; attentions behind \
      its stage of stride 16.

      """
  }

  var document: PartDocument {
    PartDocument(
      size: [size.height, size.width],
      parts: list.entries.map {
        PartDocument.Part(
          kind: $0.kind, name: $0.name, parameters: $0.parameters, multiplyAdds: $0.multiplyAdds)
      })
  }
}

/// The same as JSON.
struct PartDocument: Encodable {
  struct Part: Encodable {
    let kind: String
    let name: String
    let parameters: Int?
    let multiplyAdds: Int?
  }

  /// Height and width of the picture.
  let size: [Int]
  let parts: [Part]
}
