import Dispatch
import Images

/// Mean and deviation of a split's pixels, each picture counting the same.
package struct PixelStatistics: Sendable, Encodable {
  /// Pictures that were decoded, of all there are, evenly spread over the split.
  package var decodedPictures = 0
  package var allPictures: Int
  /// Where a JPEG is large it is decoded at a half, quarter or eighth of its size; shorter sides stay
  /// at least this long.
  package var minimumSide = PixelStatistics.minimumSide
  /// Red, green and blue, 0 to 255; nil where no picture was decoded.
  package var mean: [Double]?
  package var deviation: [Double]?
  /// Of each decoded picture, 0 to 255: by ITU-R BT.601's weights of its mean colours.
  var brightness: [Double] = []
  /// Sentences on pictures that cannot be decoded.
  package var failures: [String] = []

  private static let minimumSide = 160

  private enum CodingKeys: String, CodingKey {
    case decodedPictures, allPictures, minimumSide, mean, deviation, failures
  }

  /// Sums over one picture, divided by its number of pixels.
  private struct Moments: Sendable {
    var first: [Double]
    var second: [Double]
  }

  /// - Parameter limit: the most pictures to decode.
  init(_ samples: [Sample], limit: Int) {
    allPictures = samples.count
    let count = min(max(0, limit), samples.count)
    let results = IndexedResults<Result<Moments, any Error>>()
    DispatchQueue.concurrentPerform(iterations: count) { index in
      let path = samples[index * samples.count / count].path
      _ = results.set(Result { try Self.moments(path) }, at: index)
    }
    var moments: [Moments] = []
    for result in results.inOrder() {
      switch result {
      case .success(let one): moments.append(one)
      case .failure(let error): failures.append("\(error)")
      }
    }
    add(moments)
  }

  private mutating func add(_ moments: [Moments]) {
    decodedPictures = moments.count
    guard !moments.isEmpty else { return }
    brightness = moments.map { 0.299 * $0.first[0] + 0.587 * $0.first[1] + 0.114 * $0.first[2] }
    func average(_ values: (Moments) -> [Double]) -> [Double] {
      (0..<3).map { channel in
        moments.reduce(0) { $0 + values($1)[channel] } / Double(moments.count)
      }
    }
    let (first, second) = (average(\.first), average(\.second))
    mean = first
    deviation = zip(first, second).map { max(0, $1 - $0 * $0).squareRoot() }
  }

  private static func moments(_ path: String) throws -> Moments {
    let picture = try Picture.read(path: path, options: DecodeOptions(minimumSide: minimumSide))
    return picture.withPixels { pixels in
      // Whole numbers: 2^63 holds the squares of more pixels than a picture can have.
      var (first, second) = (SIMD4<Int>(), SIMD4<Int>())
      for start in stride(from: 0, to: pixels.count, by: 3) {
        let value = SIMD4(Int(pixels[start]), Int(pixels[start + 1]), Int(pixels[start + 2]), 0)
        first &+= value
        second &+= value &* value
      }
      let count = Double(pixels.count / 3)
      return Moments(
        first: (0..<3).map { Double(first[$0]) / count },
        second: (0..<3).map { Double(second[$0]) / count })
    }
  }
}
