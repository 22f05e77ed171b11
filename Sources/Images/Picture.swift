import CBridge

/// A decoded picture: interleaved rows, RGB, 8 bits (16 where asked for).
///
/// `@unchecked Sendable`: the pixels are written only by methods that mutate a picture its caller
/// owns alone (drawing); everything else reads.
public final class Picture: @unchecked Sendable {
  package let handle: OpaquePointer

  package init(owning handle: OpaquePointer) { self.handle = handle }

  deinit { cb_image_destroy(handle) }
}
