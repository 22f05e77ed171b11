import Dispatch

/// The same work on many things, on all processors.
enum Concurrently {
  /// Results stand in the order of the elements, whichever was ready first.
  ///
  /// - Parameter grain: elements handed out at once: so many that it costs nothing beside their work.
  static func map<Element: Sendable, Result: Sendable>(
    _ elements: [Element], grain: Int = 64, _ body: @Sendable (Element) -> Result
  ) -> [Result] {
    guard elements.count > grain else { return elements.map(body) }
    return [Result](unsafeUninitializedCapacity: elements.count) { buffer, count in
      nonisolated(unsafe) let results = buffer
      DispatchQueue.concurrentPerform(iterations: (elements.count + grain - 1) / grain) { part in
        for index in part * grain..<min(elements.count, (part + 1) * grain) {
          results.initializeElement(at: index, to: body(elements[index]))
        }
      }
      count = elements.count
    }
  }

  /// Maps and consumes stretch by stretch, so that not all results are in memory at once.
  static func forEach<Element: Sendable, Result: Sendable>(
    _ elements: [Element], _ body: @Sendable (Element) -> Result,
    consume: (Element, Result) throws -> Void
  ) rethrows {
    let stretch = 4096
    for start in stride(from: 0, to: elements.count, by: stretch) {
      let part = Array(elements[start..<min(start + stretch, elements.count)])
      for (element, result) in zip(part, map(part, body)) { try consume(element, result) }
    }
  }
}
