import DLDetect
import TestSupport
import Testing

/// What an application sees of the package: one import.
@Suite struct LibraryTests {
  /// README's example, on the shipped weights and a picture with one large circle.
  @Test func readmeExampleDetects() throws {
    let folder = try TemporaryFolder()
    defer { withExtendedLifetime(folder) {} }
    let background = Colour(red: 30, green: 60, blue: 120)
    let (side, radius) = (320, 60)
    var pixels: [UInt8] = []
    for y in 0..<side {
      for x in 0..<side {
        let (dx, dy) = (x - 160, y - 150)
        let isInside = dx * dx + dy * dy < radius * radius
        pixels +=
          isInside ? [200, 220, 60] : [background.red, background.green, background.blue]
      }
    }
    let photo = folder.file("photo.jpg")
    try Picture(pixels: pixels, width: side, height: side).write(to: photo)
    let weights = packageRoot().appendingPathComponent(
      "Sources/CWeights/weights/shapes.safetensors")

    let detector = try Detector.load(weights.path)
    var found: [String] = []
    for detection in try detector.detect(in: Picture.read(path: photo)).detections {
      found.append(detector.names[detection.label])
      #expect(detection.score >= 0.25)
      let circle = Box(left: 100, top: 90, right: 220, bottom: 210)
      #expect(detection.label != 0 || abs(detection.box.left - circle.left) < 12)
    }
    #expect(found.contains("circle"), "\(found)")
  }
}
