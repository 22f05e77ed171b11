// What kernels that slide windows over planes have in common: a plane is one channel block of one
// image.
#pragma once

#include <algorithm>

#include "engine/team.h"
#include "kernels/tiles.h"

namespace dldetect {

struct Size {
  int height, width;
};

struct Span {
  int begin, end;
};

/// The cells of one axis under the window at position `i`.
inline Span under(int i, int stride, int pad, int kernel, int size) {
  const int first = i * stride - pad;
  return {std::max(first, 0), std::min(first + kernel, size)};
}

inline Span rowsUnder(int row, cb_window w, Size in) {
  return under(row, w.stride_height, w.pad_top, w.kernel_height, in.height);
}

inline Span columnsUnder(int column, cb_window w, Size in) {
  return under(column, w.stride_width, w.pad_left, w.kernel_width, in.width);
}

/// The windows of one axis that cover cell `i`.
inline Span covering(int i, int stride, int pad, int kernel, int windows) {
  const int last = i + pad, first = std::max(last - kernel + 1, 0);
  return {(first + stride - 1) / stride, std::min(last / stride + 1, windows)};
}

inline Span rowsCovering(int row, cb_window w, Size out) {
  return covering(row, w.stride_height, w.pad_top, w.kernel_height, out.height);
}

inline Span columnsCovering(int column, cb_window w, Size out) {
  return covering(column, w.stride_width, w.pad_left, w.kernel_width, out.width);
}

/// Calls body(start, item) for every plane; start(view, size) is the plane's first element in a
/// view, since views differ in their strides.
template <typename Element, int block, typename Body>
void forEachPlane(cb_extent extent, const Body &body) {
  parallelFor(size_t(extent.batch) * extent.blocks, [&](size_t item) {
    const size_t image = item / extent.blocks, plane = item % extent.blocks;
    const auto start = [=](cb_view view, Size size) {
      return static_cast<Element *>(view.data) + image * view.image_stride +
             plane * size.height * size.width * block;
    };
    body(start, item);
  });
}

}  // namespace dldetect
