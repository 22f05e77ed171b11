// Kernels that move between sizes: nearest-neighbour enlargement and max pooling.
#include <cstring>

#include "kernels/planes.h"
#include "kernels/tiles.h"
#include "kernels/vector.h"

namespace dldetect {
namespace {

/// ⌊i · input / output⌋, PyTorch's and ONNX's "asymmetric, floor".
inline int nearest(int i, int input, int output) { return int(int64_t(i) * input / output); }

/// The output cells of one axis that take input cell `i`: from ⌈i · output / input⌉ on.
inline Span taking(int i, int input, int output) {
  const auto first = [=](int64_t cell) { return int((cell * output + input - 1) / input); };
  return {first(i), first(i + 1)};
}

template <int block, typename Element>
DLDETECT_INLINE void enlarge(const Element *x, Size in, Element *y, Size out) {
  for (int row = 0; row < out.height; ++row) {
    const Element *from = x + size_t(nearest(row, in.height, out.height)) * in.width * block;
    for (int column = 0; column < out.width; ++column, y += block)
      store<block>(y,
                   load<block>(from + size_t(nearest(column, in.width, out.width)) * block).lanes);
  }
}

template <int block, typename Element>
DLDETECT_INLINE void shrinkGradient(const Element *dy, Size out, Element *dx, Size in) {
  for (int row = 0; row < in.height; ++row) {
    const Span rows = taking(row, in.height, out.height);
    for (int column = 0; column < in.width; ++column, dx += block) {
      const Span columns = taking(column, in.width, out.width);
      typename Lanes<block>::Float sum{};
      for (int r = rows.begin; r < rows.end; ++r)
        for (int c = columns.begin; c < columns.end; ++c)
          sum += load<block>(dy + (size_t(r) * out.width + c) * block).lanes;
      store<block>(dx, sum);
    }
  }
}

template <int block, typename Element>
DLDETECT_INLINE void maxPool(const Element *x, Size in, Element *y, uint8_t *index, Size out,
                             cb_window w) {
  using Float = typename Lanes<block>::Float;
  using Int = typename Lanes<block>::Int;
  using Byte = typename Lanes<block>::Byte;
  for (int row = 0; row < out.height; ++row) {
    const Span rows = rowsUnder(row, w, in);
    for (int column = 0; column < out.width; ++column, y += block) {
      const Span columns = columnsUnder(column, w, in);
      Float best = Float{} - __builtin_inff();
      Int at{};
      for (int r = rows.begin; r < rows.end; ++r)
        for (int c = columns.begin; c < columns.end; ++c) {
          const Float value = load<block>(x + (size_t(r) * in.width + c) * block).lanes;
          // What is no number wins once and for all: it must not get lost here.
          const Int wins = ~(value <= best) & (best == best);
          const int cell = (r - row * w.stride_height + w.pad_top) * w.kernel_width + c -
                           column * w.stride_width + w.pad_left;
          best = wins ? value : best;
          at = wins ? Int{} + cell : at;
        }
      store<block>(y, best);
      if (!index) continue;
      *reinterpret_cast<Byte *>(index) = __builtin_convertvector(at, Byte);
      index += block;
    }
  }
}

template <int block, typename Element>
DLDETECT_INLINE void maxPoolGradient(const uint8_t *index, const Element *dy, Size out, Element *dx,
                                     Size in, cb_window w) {
  using Float = typename Lanes<block>::Float;
  using Int = typename Lanes<block>::Int;
  using Byte = typename Lanes<block>::Byte;
  for (int row = 0; row < in.height; ++row) {
    const Span rows = rowsCovering(row, w, out);
    for (int column = 0; column < in.width; ++column, dx += block) {
      const Span columns = columnsCovering(column, w, out);
      Float sum{};
      for (int r = rows.begin; r < rows.end; ++r)
        for (int c = columns.begin; c < columns.end; ++c) {
          const size_t at = (size_t(r) * out.width + c) * block;
          const int cell = (row - r * w.stride_height + w.pad_top) * w.kernel_width + column -
                           c * w.stride_width + w.pad_left;
          const Int chosen =
              __builtin_convertvector(*reinterpret_cast<const Byte *>(index + at), Int) == cell;
          sum += chosen ? load<block>(dy + at).lanes : Float{};
        }
      store<block>(dx, sum);
    }
  }
}

}  // namespace

#define DLDETECT_ENTRIES(block, Element, attribute)                                            \
  attribute void nearestPlane(Block<block>, const Element *x, Size in, Element *y, Size out) { \
    enlarge<block>(x, in, y, out);                                                             \
  }                                                                                            \
  attribute void nearestGradient(Block<block>, const Element *dy, Size out, Element *dx,       \
                                 Size in) {                                                    \
    shrinkGradient<block>(dy, out, dx, in);                                                    \
  }                                                                                            \
  attribute void maxPlane(Block<block>, const Element *x, Size in, Element *y, uint8_t *index, \
                          Size out, cb_window window) {                                        \
    maxPool<block>(x, in, y, index, out, window);                                              \
  }                                                                                            \
  attribute void maxGradient(Block<block>, const uint8_t *index, const Element *dy, Size out,  \
                             Element *dx, Size in, cb_window window) {                         \
    maxPoolGradient<block>(index, dy, out, dx, in, window);                                    \
  }
DLDETECT_LAYOUTS(DLDETECT_ENTRIES)
#undef DLDETECT_ENTRIES

namespace {

template <typename Element, int block>
void nearestForward(cb_extent extent, Size out, cb_view x, cb_view y) {
  const Size in{extent.height, extent.width};
  forEachPlane<Element, block>(extent, [&](const auto &start, size_t) {
    nearestPlane(Block<block>{}, start(x, in), in, start(y, out), out);
  });
}

template <typename Element, int block>
void nearestBackward(cb_extent extent, Size out, cb_view dy, cb_view dx) {
  const Size in{extent.height, extent.width};
  forEachPlane<Element, block>(extent, [&](const auto &start, size_t) {
    nearestGradient(Block<block>{}, start(dy, out), out, start(dx, in), in);
  });
}

template <typename Element, int block>
void maxForward(cb_extent extent, cb_window window, Size out, cb_view x, cb_view y,
                uint8_t *index) {
  const Size in{extent.height, extent.width};
  const size_t plane = size_t(out.height) * out.width * block;
  forEachPlane<Element, block>(extent, [&](const auto &start, size_t item) {
    maxPlane(Block<block>{}, start(x, in), in, start(y, out),
             index ? index + item * plane : nullptr, out, window);
  });
}

template <typename Element, int block>
void maxBackward(cb_extent extent, cb_window window, Size out, const uint8_t *index, cb_view dy,
                 cb_view dx) {
  const Size in{extent.height, extent.width};
  const size_t plane = size_t(out.height) * out.width * block;
  forEachPlane<Element, block>(extent, [&](const auto &start, size_t item) {
    maxGradient(Block<block>{}, index + item * plane, start(dy, out), out, start(dx, in), in,
                window);
  });
}

}  // namespace
}  // namespace dldetect

using dldetect::Size;

void cb_nearest_forward(cb_extent extent, int height, int width, cb_view x, cb_view y) {
  DLDETECT_FOR_LAYOUT(extent, dldetect::nearestForward, extent, Size{height, width}, x, y);
}

void cb_nearest_backward(cb_extent extent, int height, int width, cb_view dy, cb_view dx) {
  DLDETECT_FOR_LAYOUT(extent, dldetect::nearestBackward, extent, Size{height, width}, dy, dx);
}

void cb_max_pool_forward(cb_extent extent, cb_window window, int height, int width, cb_view x,
                         cb_view y, uint8_t *index) {
  DLDETECT_FOR_LAYOUT(extent, dldetect::maxForward, extent, window, Size{height, width}, x, y,
                      index);
}

void cb_max_pool_backward(cb_extent extent, cb_window window, int height, int width,
                          const uint8_t *index, cb_view dy, cb_view dx) {
  DLDETECT_FOR_LAYOUT(extent, dldetect::maxBackward, extent, window, Size{height, width}, index, dy,
                      dx);
}
