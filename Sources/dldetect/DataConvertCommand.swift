import ArgumentParser
import Datasets

struct DataConvertCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "convert",
    abstract: "Write a data set in another format.",
    discussion: """
      Splits, class names, pictures and objects keep their order. What the format cannot hold is \
      counted: difficult objects and crowds become what it has of that kind, or are left out in \
      yolo; voc has whole pixels only.
      """)

  @Option(help: "Description, folder, JSON or CSV file of a data set; 'shapes' is built in.")
  var data: String

  @Option(help: "Folder to write, with a description data.yaml. Must be new or empty.")
  var out: String

  @Option(help: "Format of the new annotations.")
  var format: DataDescription.Format

  @Flag(help: "Copy the pictures instead of linking to them.")
  var copy = false

  func run() throws {
    let description = try DataLoading.description(data)
    var converter = DatasetConverter(to: format)
    converter.copiesPictures = copy
    let outcome = try converter.convert(description, to: out)
    for line in outcome.reports.flatMap(\.warnings) { Messages.warn(line) }
    if let parts = Self.partsNotRead(of: description.format) {
      Messages.note("not carried over, where there are any: \(parts)")
    }
    let counts = outcome.counts.map {
      "\($0.split) \($0.pictures) pictures with \($0.objects) objects"
    }
    print("\(outcome.description.file): \(counts.joined(separator: ", "))")
  }

  /// What annotations of a format may say and detection has no use for.
  private static func partsNotRead(of format: DataDescription.Format) -> String? {
    switch format {
    case .voc: "pose, truncated, occluded, parts and masks of VOC"
    case .coco: "masks, key points, captions, supercategories and licences of COCO"
    case .yolo, .csv: nil
    }
  }
}
