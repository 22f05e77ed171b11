// Which cells and which windows of a convolution meet.
#pragma once

#include <algorithm>

#include "include/convolution.h"
#include "kernels/planes.h"

namespace dldetect {

/// One axis.
struct WindowAxis {
  int in, out, kernel, stride, dilation, pad;

  /// The input cell under a tap of window 0.
  int start(int tap) const { return tap * dilation - pad; }

  /// The windows whose tap lies at one of the cells from `begin` to `end`.
  Span windows(int tap, int begin, int end) const {
    const auto first = [this, tap](int cell) {
      const int distance = cell - start(tap);
      return distance <= 0 ? 0 : (distance + stride - 1) / stride;
    };
    return {first(begin), std::min(out, first(end))};
  }
};

struct ConvolutionWindow {
  WindowAxis rows, columns;

  explicit ConvolutionWindow(const cb_convolution_settings &s)
      : rows{s.in_height,     s.out_height,      s.kernel_height,
             s.stride_height, s.dilation_height, s.pad_top},
        columns{s.in_width,     s.out_width,      s.kernel_width,
                s.stride_width, s.dilation_width, s.pad_left} {}

  int taps() const { return rows.kernel * columns.kernel; }
};

}  // namespace dldetect
