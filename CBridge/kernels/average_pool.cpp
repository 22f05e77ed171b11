// Means under a sliding window; padding counts neither as value nor as divisor.
#include "kernels/planes.h"
#include "kernels/tiles.h"
#include "kernels/vector.h"

namespace dldetect {
namespace {

inline float share(Span rows, Span columns) {
  return 1.0f / float((rows.end - rows.begin) * (columns.end - columns.begin));
}

template <int block, typename Element>
DLDETECT_INLINE void mean(const Element *x, Size in, Element *y, Size out, cb_window w) {
  for (int row = 0; row < out.height; ++row) {
    const Span rows = rowsUnder(row, w, in);
    for (int column = 0; column < out.width; ++column, y += block) {
      const Span columns = columnsUnder(column, w, in);
      typename Lanes<block>::Float sum{};
      for (int r = rows.begin; r < rows.end; ++r)
        for (int c = columns.begin; c < columns.end; ++c)
          sum += load<block>(x + (size_t(r) * in.width + c) * block).lanes;
      store<block>(y, sum * share(rows, columns));
    }
  }
}

/// Gathers, for each cell, from the windows that cover it.
template <int block, typename Element>
DLDETECT_INLINE void spread(const Element *dy, Size out, Element *dx, Size in, cb_window w) {
  for (int row = 0; row < in.height; ++row) {
    const Span rows = rowsCovering(row, w, out);
    for (int column = 0; column < in.width; ++column, dx += block) {
      const Span columns = columnsCovering(column, w, out);
      typename Lanes<block>::Float sum{};
      for (int r = rows.begin; r < rows.end; ++r)
        for (int c = columns.begin; c < columns.end; ++c)
          sum += load<block>(dy + (size_t(r) * out.width + c) * block).lanes *
                 share(rowsUnder(r, w, in), columnsUnder(c, w, in));
      store<block>(dx, sum);
    }
  }
}

}  // namespace

#define DLDETECT_ENTRIES(block, Element, attribute)                                            \
  attribute void meanPlane(Block<block>, const Element *x, Size in, Element *y, Size out,      \
                           cb_window window) {                                                 \
    mean<block>(x, in, y, out, window);                                                        \
  }                                                                                            \
  attribute void meanGradient(Block<block>, const Element *dy, Size out, Element *dx, Size in, \
                              cb_window window) {                                              \
    spread<block>(dy, out, dx, in, window);                                                    \
  }
DLDETECT_LAYOUTS(DLDETECT_ENTRIES)
#undef DLDETECT_ENTRIES

namespace {

template <typename Element, int block>
void averageForward(cb_extent extent, cb_window window, Size out, cb_view x, cb_view y) {
  const Size in{extent.height, extent.width};
  forEachPlane<Element, block>(extent, [&](const auto &start, size_t) {
    meanPlane(Block<block>{}, start(x, in), in, start(y, out), out, window);
  });
}

template <typename Element, int block>
void averageBackward(cb_extent extent, cb_window window, Size out, cb_view dy, cb_view dx) {
  const Size in{extent.height, extent.width};
  forEachPlane<Element, block>(extent, [&](const auto &start, size_t) {
    meanGradient(Block<block>{}, start(dy, out), out, start(dx, in), in, window);
  });
}

}  // namespace
}  // namespace dldetect

void cb_average_pool_forward(cb_extent extent, cb_window window, int height, int width, cb_view x,
                             cb_view y) {
  DLDETECT_FOR_LAYOUT(extent, dldetect::averageForward, extent, window,
                      (dldetect::Size{height, width}), x, y);
}

void cb_average_pool_backward(cb_extent extent, cb_window window, int height, int width, cb_view dy,
                              cb_view dx) {
  DLDETECT_FOR_LAYOUT(extent, dldetect::averageBackward, extent, window,
                      (dldetect::Size{height, width}), dy, dx);
}
