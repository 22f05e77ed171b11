import Networks
import Testing

@Suite struct WindowTests {
  @Test func sameKeepsTheSizeOfOddKernels() {
    for kernel in [1, 3, 5, 7] {
      for dilation in [1, 2, 3] {
        let window = Window(kernel: Extent(kernel), dilation: Extent(dilation))
        let extent = window.outputExtent(Shape(channels: 1, height: 24, width: 31))
        #expect(extent == Extent(height: 24, width: 31))
      }
    }
  }

  /// Counts the positions one by one.
  @Test func extentCountsPositionsThatFit() {
    for (size, kernel, stride) in [(7, 3, 2), (8, 3, 2), (8, 2, 3), (5, 5, 1), (9, 4, 2)] {
      for dilation in [1, 2] where size + 3 >= dilation * (kernel - 1) + 1 {
        for (before, after) in [(0, 3), (2, 1)] {
          let window = Window(
            kernel: Extent(kernel), stride: Extent(stride), dilation: Extent(dilation),
            padding: Padding(top: before, left: after, bottom: after, right: before))
          let last = size + before + after - dilation * (kernel - 1) - 1
          let positions = (0...last).count { $0 % stride == 0 }
          let extent = window.outputExtent(Shape(channels: 1, height: size, width: size))
          #expect(extent == Extent(positions), "\(size) \(window)")
        }
      }
    }
  }

  @Test func heightAndWidthAreNotSwapped() {
    let window = Window(
      kernel: Extent(height: 1, width: 3), stride: Extent(height: 2, width: 1), padding: 0)
    let extent = window.outputExtent(Shape(channels: 1, height: 8, width: 10))
    #expect(extent == Extent(height: 4, width: 8))
  }
}
