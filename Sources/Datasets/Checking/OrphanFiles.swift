/// Pictures that no split names and annotation files that belong to no picture, in the folders where
/// the named ones lie.
struct OrphanFiles {
  private let data: CheckedData
  private var pictures: Set<String> = []
  private var annotations: Set<String> = []

  init(_ data: CheckedData) {
    self.data = data
    for split in data.splits {
      for picture in split.written.pictures {
        pictures.insert(picture.path)
        if let file = picture.annotations { annotations.insert(file) }
      }
      for problem in split.written.problems {
        switch problem.kind {
        case .missingPicture, .unreadablePicture: pictures.insert(problem.file)
        case .brokenAnnotations: annotations.insert(problem.file)
        default: break
        }
      }
    }
  }

  func add(to findings: inout FindingList) {
    // What a split that cannot be read names is not known.
    guard data.failures.isEmpty else { return }
    let present = folders(of: pictures).flatMap { Self.files(in: $0, where: Paths.isPicture) }
    let described = Set(annotations.map(key))
    for picture in present where !pictures.contains(picture) {
      // A picture whose annotations are broken is named all the same.
      if data.description.format == .voc, described.contains(key(picture)) { continue }
      findings.add(.orphanPicture, nil, picture)
    }
    guard [.voc, .yolo].contains(data.description.format) else { return }
    let expected = Set((present + pictures).map { key(labels(of: $0)) })
    for file in annotationFiles where !annotations.contains(file) && !expected.contains(key(file)) {
      findings.add(.orphanLabel, nil, file)
    }
  }

  private var annotationFiles: [String] {
    let isVOC = data.description.format == .voc
    let known = isVOC ? annotations : annotations.union(pictures.map(labels))
    let others = data.listFiles
    return folders(of: known).flatMap { folder in
      Self.files(in: folder) { Paths.fileExtension($0) == (isVOC ? "xml" : "txt") }
    }.filter { !others.contains($0) && !ClassLists.names.contains(Paths.fileName(of: $0)) }
  }

  private func labels(of picture: String) -> String {
    data.description.format == .yolo ? YOLOReader.labelFile(of: picture) : picture
  }

  /// What a picture and its annotations have in common: in VOC, the name.
  private func key(_ path: String) -> String {
    data.description.format == .voc ? Paths.withoutExtension(Paths.fileName(of: path)) : path
  }

  private func folders(of paths: Set<String>) -> [String] {
    Set(paths.map(Paths.folder)).sorted()
  }

  private static func files(in folder: String, where isWanted: (String) -> Bool) -> [String] {
    Paths.names(in: folder).filter(isWanted).map { folder + "/" + $0 }
  }
}

extension CheckedData {
  /// Paths of the splits' lists and folders.
  var listFiles: [String] {
    description.splitNames.flatMap { name -> [String] in
      guard case .lists(let lists)? = description.splits[name] else { return [] }
      return lists
    }
  }
}
