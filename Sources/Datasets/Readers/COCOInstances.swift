import CBridge

/// A COCO instances file: images, categories and objects in plain arrays, masks passed over.
final class COCOInstances {
  private let handle: OpaquePointer
  private let contents: cb_coco_contents
  private var releasedCount = 0

  /// - Parameter keepsGoing: whether an annotation that is none becomes a ``problems`` entry.
  /// - Throws: ``DatasetError/malformedJSON(file:problem:)``, or ``DatasetError/notFound(what:path:)``.
  init(contentsOf path: String, keepsGoing: Bool) throws {
    var handle: OpaquePointer?
    let (status, reason) = BridgeMessage.reading { message, capacity in
      cb_coco_read_file(path, keepsGoing, &handle, message, capacity)
    }
    switch (status, handle) {
    case (CB_OK, let handle?): self.handle = handle
    case (CB_NOT_FOUND, _): throw DatasetError.notFound(what: "COCO annotation file", path: path)
    default: throw DatasetError.malformedJSON(file: path, problem: reason)
    }
    contents = cb_coco_get_contents(self.handle)
  }

  deinit { cb_coco_destroy(handle) }

  var images: UnsafeBufferPointer<cb_coco_image> {
    UnsafeBufferPointer(start: contents.images, count: contents.image_count)
  }

  var categories: UnsafeBufferPointer<cb_coco_category> {
    UnsafeBufferPointer(start: contents.categories, count: contents.category_count)
  }

  var problems: UnsafeBufferPointer<cb_coco_problem> {
    UnsafeBufferPointer(start: contents.problems, count: contents.problem_count)
  }

  var objectCount: Int { contents.object_count }

  /// Of an image by its position; at the number of images, those of images that are not listed.
  func objects(ofImage position: Int) -> UnsafeBufferPointer<cb_coco_object> {
    let start = Int(contents.first_objects[position])
    let end =
      position < contents.image_count ? Int(contents.first_objects[position + 1]) : objectCount
    return UnsafeBufferPointer(rebasing: objects[start..<end])
  }

  private var objects: UnsafeBufferPointer<cb_coco_object> {
    UnsafeBufferPointer(start: contents.objects, count: objectCount)
  }

  /// Gives up the memory of the objects of all images before this one.
  func releaseObjects(beforeImage position: Int) {
    let end = Int(contents.first_objects[position])
    // In pieces: each is a call of the system.
    guard end - releasedCount > 1 << 14 else { return }
    releasedCount = end
    cb_coco_release_objects(handle, end)
  }

  func text(at offset: Int) -> String { String(cString: contents.text + offset) }
}

/// The sentence that a call of the C boundary leaves.
enum BridgeMessage {
  static func reading(
    _ call: (_ message: UnsafeMutablePointer<CChar>?, _ capacity: Int) -> cb_status
  ) -> (cb_status, String) {
    let capacity = 512
    var status = CB_OK
    let text = String(unsafeUninitializedCapacity: capacity) { buffer in
      buffer.withMemoryRebound(to: CChar.self) { message in
        message[0] = 0
        status = call(message.baseAddress, capacity)
        return message.firstIndex(of: 0) ?? 0
      }
    }
    return (status, text)
  }
}
