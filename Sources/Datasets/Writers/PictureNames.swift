/// Gives each picture a name of its own in its folder, which may be one for all splits.
///
/// A name is kept unless another picture has it or the same with another extension, since annotation
/// files are found by it. A picture that stands in several splits with the same objects is one.
struct PictureNames {
  private struct Key: Hashable {
    var folder: String
    var path: String
    var width: Int
    var height: Int
    var objects: [Annotation]
  }

  private var given: [Key: String] = [:]
  /// Names without extensions, by folder.
  private var stems: [String: Set<String>] = [:]
  private var inSplit: Set<String> = []
  /// Of the split's pictures.
  private var folder = ""

  mutating func beginSplit(in folder: String) {
    self.folder = folder
    inSplit = []
  }

  mutating func name(of sample: Sample, _ objects: [Annotation]) -> String {
    let key = Key(
      folder: folder, path: sample.path, width: sample.width, height: sample.height,
      objects: objects)
    if let known = given[key], inSplit.insert(known).inserted { return known }
    let name = unused(Self.plain(Paths.fileName(of: sample.path)))
    given[key] = name
    inSplit.insert(name)
    return name
  }

  private mutating func unused(_ wanted: String) -> String {
    let stem = Paths.withoutExtension(wanted)
    let suffix = wanted.dropFirst(stem.count)
    if take(stem) { return wanted }
    for number in 2... where take("\(stem)-\(number)") {
      return "\(stem)-\(number)\(suffix)"
    }
    preconditionFailure("numbers do not end")
  }

  /// False where another picture of the folder has it.
  private mutating func take(_ stem: String) -> Bool {
    stems[folder, default: []].insert(stem).inserted
  }

  /// Lists of pictures, a name a line, hold no white space safely; `~` would be a home folder.
  private static func plain(_ name: String) -> String {
    let plain = String(name.map { $0.isWhitespace || $0 == "\0" ? "_" : $0 })
    return plain.hasPrefix("~") ? "_" + plain.dropFirst() : plain
  }
}
