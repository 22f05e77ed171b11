import CBridge
import Foundation

/// One record of TensorBoard's event files.
package struct EventRecord: Hashable, Sendable {
  package let bytes: Data

  /// What a file begins with.
  package static func header(at time: Date) -> EventRecord {
    EventRecord { data, size, message, capacity in
      cb_event_header(time.timeIntervalSince1970, data, size, message, capacity)
    }
  }

  /// Figures at a step.
  package static func scalars(_ scalars: [(tag: String, value: Float)], step: Int, at time: Date)
    -> EventRecord
  {
    let tags = scalars.map { strdup($0.tag) }
    defer { for tag in tags { free(tag) } }
    let entries = zip(tags, scalars).map { cb_scalar(tag: UnsafePointer($0), value: $1.value) }
    return EventRecord { data, size, message, capacity in
      cb_event_scalars(
        time.timeIntervalSince1970, Int64(step), entries, entries.count, data, size, message,
        capacity)
    }
  }

  private init(
    _ make: (
      UnsafeMutablePointer<UnsafeMutablePointer<UInt8>?>, UnsafeMutablePointer<Int>,
      UnsafeMutablePointer<CChar>?, Int
    ) -> cb_status
  ) {
    var data: UnsafeMutablePointer<UInt8>?
    var size = 0
    let status = make(&data, &size, nil, 0)
    precondition(status == CB_OK, "an event record of a few hundred bytes cannot be made")
    bytes = Data(bytes: data!, count: size)
    cb_bytes_destroy(data)
  }

  /// Whole and undamaged records that a file's bytes begin with.
  ///
  /// - Parameter most: records to count.
  package static func extent(of data: Data, most: Int = .max) -> (bytes: Int, records: Int) {
    var records = 0
    let bytes = data.withUnsafeBytes { cb_event_extent($0.baseAddress, $0.count, most, &records) }
    return (bytes, records)
  }
}
