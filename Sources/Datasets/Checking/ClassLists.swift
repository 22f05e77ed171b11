import Foundation

/// Lists of classes beside YOLO's labels, which number classes without naming them: tools write them,
/// and a list in another order than the description's names means that all labels are mistaken.
struct ClassLists {
  static let names = ["classes.txt", "obj.names"]

  private let data: CheckedData

  init(_ data: CheckedData) { self.data = data }

  func add(to findings: inout FindingList) {
    guard data.description.format == .yolo, let names = data.description.names else { return }
    for file in files {
      guard let text = try? Paths.text(at: file, what: "class names") else { continue }
      let listed = Paths.lines(of: text)
        .map { $0.trimmingCharacters(in: .whitespaces) }.filter { !$0.isEmpty }
      let pairs = zip(listed, names).enumerated()
      // A list may go on: tools list classes that a set has no objects of.
      guard let (index, (there, here)) = pairs.first(where: { $1.0 != $1.1 }) else { continue }
      findings.add(
        .classOrder, nil, file, .line(index + 1),
        detail: "class \(index) is '\(there)' here and '\(here)' in the names")
    }
  }

  private var files: [String] {
    var folders: Set<String> = [data.description.root, data.description.root + "/labels"]
    for split in data.splits {
      for picture in split.written.pictures {
        folders.insert(Paths.folder(of: YOLOReader.labelFile(of: picture.path)))
      }
    }
    return folders.sorted().flatMap { folder in Self.names.map { "\(folder)/\($0)" } }
      .filter(Paths.exists)
  }
}
