/// A split as its files state it, wrong entries included, and what is wrong with their form.
struct WrittenSplit: Sendable {
  struct Picture: Sendable {
    var path: String
    /// The file with its annotations; nil where there is none.
    var annotations: String?
    /// In COCO's list of images.
    var position: Int
    /// As annotated, or else the file's own.
    var width: Int32
    var height: Int32
    var isSizeStated: Bool
    var objects: Range<Int>
  }

  struct Object: Sendable {
    var written: Annotation.Written
    var mark: AnnotationMark
    /// In its file, from 0: the object, line or annotation.
    var position: Int32
    var classIndex: Int32
    var isIgnored: Bool
  }

  /// Something wrong with the form of a file or entry.
  struct Problem: Sendable {
    var kind: CheckFinding.Kind
    var file: String
    var mark: AnnotationMark
    var detail: String
    /// Index of the picture whose entry it is, and the entry's position in its file.
    var entry: (picture: Int, position: Int)?
  }

  var classNames: [String] = []
  var pictures: [Picture] = []
  var objects: [Object] = []
  var problems: [Problem] = []

  /// Gives the picture begun last the objects added since.
  mutating func endPicture() {
    let last = pictures.count - 1
    pictures[last].objects = pictures[last].objects.lowerBound..<objects.count
  }
}
