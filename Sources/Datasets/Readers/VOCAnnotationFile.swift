import CBridge

/// What one Pascal VOC annotation file says, numbers as written.
///
/// Everingham et al.: *The PASCAL Visual Object Classes Challenge: Development Kit*, annotations.
struct VOCAnnotationFile: Sendable {
  struct Object: Sendable {
    var name: String
    var isDifficult: Bool
    /// xmin, ymin, xmax, ymax.
    var corners: SIMD4<Double>
    /// Line of the `<object>` tag.
    var line: Int
  }

  var fileName: String?
  /// Nil where absent or 0, as some tools write.
  var width: Int?
  var height: Int?
  var objects: [Object] = []

  /// - Throws: ``DatasetError/notFound(what:path:)`` or ``DatasetError/malformedXML(file:line:problem:)``.
  init(contentsOf path: String) throws(DatasetError) {
    var handle: OpaquePointer?
    var line: Int64 = 1
    let (status, problem) = BridgeMessage.reading { message, capacity in
      cb_voc_read_file(path, &handle, &line, message, capacity)
    }
    switch (status, handle) {
    case (CB_OK, let handle?):
      defer { cb_voc_destroy(handle) }
      self.init(cb_voc_get_contents(handle))
    case (CB_NOT_FOUND, _): throw .notFound(what: "annotation file", path: path)
    default: throw .malformedXML(file: path, line: Int(line), problem: problem)
    }
  }

  private init(_ contents: cb_voc_contents) {
    fileName = contents.file_name.map { String(cString: $0) }
    width = contents.width > 0 ? Int(contents.width) : nil
    height = contents.height > 0 ? Int(contents.height) : nil
    objects = UnsafeBufferPointer(start: contents.objects, count: contents.object_count).map {
      Object(
        name: String(cString: $0.name), isDifficult: $0.is_difficult,
        corners: SIMD4($0.corners.0, $0.corners.1, $0.corners.2, $0.corners.3), line: Int($0.line))
    }
  }
}
