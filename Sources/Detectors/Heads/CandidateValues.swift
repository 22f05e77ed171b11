import Networks

/// One picture's outputs of one kind (class logits, box values), gathered from all levels:
/// `[channels, candidates]`.
///
/// A level's output is `[anchors · channels, H, W]`, anchors slowest.
package struct CandidateValues {
  package let channels: Int
  package let count: Int
  package var values: [Float]

  package init(channels: Int, layout: CandidateLayout) {
    self.init(channels: channels, count: layout.count)
  }

  init(channels: Int, count: Int) {
    self.channels = channels
    self.count = count
    values = [Float](repeating: 0, count: channels * count)
  }

  package subscript(channel: Int, candidate: Int) -> Float {
    @inline(__always) get { values[channel * count + candidate] }
    @inline(__always) set { values[channel * count + candidate] = newValue }
  }

  /// - Parameter kind: which of each level's two outputs: 0 class, 1 box.
  package static func gathered(
    _ outputs: HeadOutputs, kind: Int, image: Int, layout: CandidateLayout, channels: Int
  ) -> CandidateValues {
    var result = CandidateValues(channels: channels, layout: layout)
    result.values.withUnsafeMutableBufferPointer { buffer in
      for run in runs(outputs, kind: kind, image: image, layout: layout, channels: channels) {
        (buffer.baseAddress! + run.here)
          .update(from: outputs.values[run.output] + run.there, count: run.length)
      }
    }
    return result
  }

  /// Writes into the outputs' gradients.
  package func scatter(
    into outputs: HeadOutputs, kind: Int, image: Int, layout: CandidateLayout
  ) {
    values.withUnsafeBufferPointer { buffer in
      for run in Self.runs(outputs, kind: kind, image: image, layout: layout, channels: channels) {
        (outputs.gradients[run.output] + run.there)
          .update(from: buffer.baseAddress! + run.here, count: run.length)
      }
    }
  }

  /// Neighbours both in an output, from offset `there`, and here, from offset `here`.
  private struct Run {
    var output: Int
    var there: Int
    var here: Int
    var length: Int
  }

  private static func runs(
    _ outputs: HeadOutputs, kind: Int, image: Int, layout: CandidateLayout, channels: Int
  ) -> [Run] {
    var runs: [Run] = []
    for (index, level) in layout.levels.enumerated() {
      let output = 2 * index + kind
      let shape = outputs.shapes[output]
      precondition(
        shape.channels == level.anchorsPerCell * channels && shape.area == level.area,
        "head output \(output) is \(shape), expected \(level.anchorsPerCell * channels) channels "
          + "of \(level.rows)×\(level.columns)")
      for anchor in 0..<level.anchorsPerCell {
        for channel in 0..<channels {
          runs.append(
            Run(
              output: output,
              there: (image * shape.channels + anchor * channels + channel) * level.area,
              here: channel * layout.count + level.offset + anchor * level.area,
              length: level.area))
        }
      }
    }
    return runs
  }
}
