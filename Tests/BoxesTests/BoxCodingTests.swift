import Boxes
import RandomNumbers
import Testing

@Suite struct BoxCodingTests {
  private let anchor = Box(left: 10, top: 20, right: 42, bottom: 36)

  @Test func offsetsByHand() {
    // Centre (26, 28), 32×16; the box's centre (34, 24), 64×8.
    let offsets = BoxCoding().encode(Box(left: 2, top: 20, right: 66, bottom: 28), anchor: anchor)
    let logarithm: Float = 0.693_147_2
    #expect(abs(offsets[0] - 0.25) < 1e-6)
    #expect(abs(offsets[1] + 0.25) < 1e-6)
    #expect(abs(offsets[2] - logarithm) < 1e-6)
    #expect(abs(offsets[3] + logarithm) < 1e-6)
  }

  @Test func weightsScaleOffsets() {
    var coding = BoxCoding()
    coding.weights = [10, 10, 5, 5]
    let box = Box(left: 2, top: 20, right: 66, bottom: 28)
    let ratio = coding.encode(box, anchor: anchor) / BoxCoding().encode(box, anchor: anchor)
    for index in 0..<4 { #expect(abs(ratio[index] - (index < 2 ? 10 : 5)) < 1e-4) }
  }

  @Test func decodingUndoesEncoding() {
    var generator = KeyedGenerator(seed: 2, purpose: "coding")
    var coding = BoxCoding()
    coding.weights = [10, 10, 5, 5]
    for _ in 0..<100 {
      let box = Box(
        centerX: Float(generator.uniform(0, 100)), centerY: Float(generator.uniform(0, 100)),
        width: Float(generator.uniform(2, 80)), height: Float(generator.uniform(2, 80)))
      let back = coding.decode(coding.encode(box, anchor: anchor), anchor: anchor)
      for index in 0..<4 { #expect(abs(back.edges[index] - box.edges[index]) < 1e-3) }
    }
  }

  @Test func hugeOffsetsStayFinite() {
    let box = BoxCoding().decode(SIMD4(0, 0, 1000, 1000), anchor: anchor)
    #expect(abs(box.width - 32 * 62.5) < 0.1)
  }

  @Test(arguments: OverlapMeasure.allCases.filter { $0 != .ciou })
  func gradientReachesTheOffsets(_ measure: OverlapMeasure) {
    var coding = BoxCoding()
    coding.weights = [10, 10, 5, 5]
    let target = SIMD4<Double>(12, 18, 50, 40)
    let edges = SIMD4<Double>(10, 20, 42, 36)
    func overlap(_ offsets: SIMD4<Double>) -> (value: Double, gradient: SIMD4<Double>) {
      let result = coding.overlapGradient(
        measure, offsets: offsets, anchor: edges, target: target)
      return (result.value, result.gradient)
    }
    let point = SIMD4<Double>(0.3, -0.2, 0.5, -0.4)
    for index in 0..<4 {
      var (low, high) = (point, point)
      low[index] -= 1e-6
      high[index] += 1e-6
      let numeric = (overlap(high).value - overlap(low).value) / 2e-6
      #expect(abs(overlap(point).gradient[index] - numeric) < 1e-7)
    }
  }
}

@Suite struct AnchorShapesTests {
  @Test func nineShapesOfRetinaNet() {
    let boxes = AnchorShapes().boxes(level: 0, stride: 8)
    #expect(boxes.count == 9)
    #expect(boxes[1] == Box(left: -16, top: -16, right: 16, bottom: 16))
    for box in boxes[0..<3] { #expect(abs(box.area - 1024) < 0.01) }
    // Ratios are height over width.
    #expect(abs(boxes[2].height / boxes[2].width - 2) < 1e-5)
    // Three scales an octave: the areas grow by 2^⅔.
    #expect(abs(boxes[4].area / boxes[1].area - 1.587_401) < 1e-4)
  }

  @Test func anchorsStandInTheirCells() {
    let shapes = AnchorShapes(base: 2, scales: [1, 2], ratios: [1])
    let boxes = shapes.boxes(level: 0, stride: 4, rows: 2, columns: 3)
    #expect(boxes.count == 12)
    // Row 1, column 2 of the first shape, side 8, centred at (10, 6).
    #expect(boxes[5] == Box(left: 6, top: 2, right: 14, bottom: 10))
    #expect(boxes[6].width == 16)
  }

  @Test func givenSizesReplaceTheOthersOnEachLevel() {
    var shapes = AnchorShapes()
    shapes.sizes = [
      [AnchorSize(width: 10, height: 6)],
      [AnchorSize(width: 20, height: 8), AnchorSize(width: 4, height: 30)],
    ]
    #expect((0..<2).map(shapes.countPerCell) == [1, 2])
    // Pixels, whatever the stride: the cell's centre is (2, 2) at stride 4, (4, 4) at stride 8.
    #expect(
      shapes.boxes(level: 0, stride: 4, rows: 1, columns: 1)
        == [Box(left: -3, top: -1, right: 7, bottom: 5)])
    #expect(
      shapes.boxes(level: 1, stride: 8, rows: 1, columns: 1)
        == [
          Box(left: -6, top: 0, right: 14, bottom: 8), Box(left: 2, top: -11, right: 6, bottom: 19),
        ])
  }
}
