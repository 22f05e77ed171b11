/// A figure that may be undefined, which files write as null.
package struct Figure: Encodable, Hashable, Sendable {
  package var value: Double?

  package init(_ value: Double?) {
    self.value = value
  }

  package func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    if let value {
      try container.encode(value)
    } else {
      try container.encodeNil()
    }
  }
}
