import Foundation
import Images

/// Writes a data set in another format, or anew in its own.
///
/// Splits, class names, pictures and objects keep their order, boxes the numbers as they were
/// written, in Double. What the format cannot hold is counted.
public struct DatasetConverter: Sendable {
  public struct Outcome: Sendable {
    /// Of what was written.
    public var description: DataDescription
    public var counts: [(split: DataDescription.Split, pictures: Int, objects: Int)]
    /// What reading each split found, and last what writing did.
    public var reports: [DatasetReport]
  }

  public var format: DataDescription.Format
  /// Pictures are copied; otherwise symbolic links lead to them.
  public var copiesPictures = false

  public init(to format: DataDescription.Format) { self.format = format }

  /// - Parameter path: the new set's folder, to be made, or empty; folders above it are made. It
  ///   appears when it is whole.
  /// - Throws: ``DatasetError``.
  public func convert(_ source: DataDescription, to path: String) throws -> Outcome {
    let path = Paths.resolve(path, in: Paths.workingFolder)
    guard Paths.isFree(path) else { throw DatasetError.folderNotEmpty(path: path) }
    let datasets = try source.splitNames.map { (split: $0, dataset: try source.dataset($0)) }
    guard let classNames = datasets.first?.dataset.classNames else {
      throw DatasetError.noSplit(name: "train", file: source.file, available: [])
    }
    for (_, dataset) in datasets { try dataset.requireClasses(classNames) }
    try Self.check(classNames, source)
    var report = DatasetReport(source: path)
    var splits: [LabelledSplit] = []
    try OutputFile.writeFolder(path) { partial in
      let layout = format.layout(in: partial)
      var names = PictureNames()
      for (split, dataset) in datasets {
        names.beginSplit(in: layout.pictureFolder(split))
        splits.append(labelled(split, dataset, from: source.format, &names, &report))
        try place(dataset, named: splits.last!.pictures, in: layout.pictureFolder(split))
        try layout.write(splits.last!)
      }
      try OutputFile.write(
        layout.description(splits.map(\.split), classNames: classNames),
        to: partial + "/data.yaml")
    }
    return Outcome(
      description: try DataDescription.load(path + "/data.yaml"),
      counts: splits.map { split in
        (split.split, split.pictures.count, split.pictures.reduce(0) { $0 + $1.objects.count })
      },
      reports: datasets.map(\.dataset.report) + [report])
  }

  /// Descriptions, VOC and CSV know a class by its name alone, and cut white space around it.
  private static func check(_ names: [String], _ source: DataDescription) throws {
    var seen: Set<String> = []
    for name in names {
      let isPlain =
        !name.isEmpty && name == name.trimmingCharacters(in: .whitespacesAndNewlines)
        && !name.unicodeScalars.contains { $0.properties.generalCategory == .control }
      guard isPlain, seen.insert(name).inserted else {
        throw DatasetError.unusableClassName(name: name, file: source.file)
      }
    }
  }

  private func labelled(
    _ split: DataDescription.Split, _ dataset: Dataset, from source: DataDescription.Format,
    _ names: inout PictureNames, _ report: inout DatasetReport
  ) -> LabelledSplit {
    let fit = FormatFit(format: format)
    let pictures = dataset.samples.indices.map { index in
      let sample = dataset.samples[index]
      let objects = dataset.annotations(of: index).compactMap {
        fit.fitted($0, in: sample, &report)
      }
      let name = names.name(of: sample, objects)
      if name != Paths.fileName(of: sample.path) {
        report.note(.renamed, "\(sample.path) is \(name)")
      }
      checkSize(sample, &report)
      return LabelledPicture(
        name: name, width: sample.width, height: sample.height, imageID: sample.imageID,
        objects: objects)
    }
    // COCO numbers its categories from 1.
    let ids = source == .coco ? dataset.categoryIDs : dataset.categoryIDs.map { $0 + 1 }
    return LabelledSplit(
      split: split, classNames: dataset.classNames, categoryIDs: ids, pictures: pictures)
  }

  /// Formats that state no size, such as YOLO, are read with that of the picture's file.
  private func checkSize(_ sample: Sample, _ report: inout DatasetReport) {
    do {
      let info = try Picture.probe(path: sample.path)
      guard (info.width, info.height) != (sample.width, sample.height) else { return }
      report.note(
        .otherSize,
        "\(sample.path) is \(info.width)×\(info.height), not \(sample.width)×\(sample.height)")
    } catch {
      report.note(.damaged, "\(error)")
    }
  }

  private func place(
    _ dataset: Dataset, named pictures: [LabelledPicture], in folder: String
  ) throws {
    try OutputFile.makeFolder(folder)
    for (sample, picture) in zip(dataset.samples, pictures) {
      try OutputFile.place(sample.path, at: "\(folder)/\(picture.name)", copies: copiesPictures)
    }
  }
}
