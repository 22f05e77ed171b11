// Bilinear enlargement, centres at half-integers, edges repeated.
#include "kernels/planes.h"
#include "kernels/tiles.h"
#include "kernels/vector.h"

namespace dldetect {
namespace {

/// One axis: output cell `i` lies at `(i + ½)·input / output − ½`, not before the first cell's
/// centre, between two input cells.
struct Axis {
  int input, output;
  float ratio;

  Axis(int input, int output) : input(input), output(output), ratio(float(input) / float(output)) {}

  struct Blend {
    int low, high;
    float weight;  // of the second

    /// What the output cell takes of input cell `i`.
    float of(int i) const { return (i == low ? 1 - weight : 0) + (i == high ? weight : 0); }
  };

  Blend blend(int i) const {
    const float position = std::max(0.0f, (i + 0.5f) * ratio - 0.5f);
    const int low = std::min(int(position), input - 1);
    return {low, std::min(low + 1, input - 1), position - low};
  }

  /// The output cells that take something of input cell `i`.
  Span taking(int i) const {
    const int first = int((i - 0.5f) / ratio - 0.5f) - 1, last = int((i + 1.5f) / ratio + 0.5f) + 1;
    Span cells{std::max(first, 0), std::min(last, output)};
    while (cells.begin < cells.end && blend(cells.begin).of(i) == 0) ++cells.begin;
    while (cells.begin < cells.end && blend(cells.end - 1).of(i) == 0) --cells.end;
    return cells;
  }
};

template <int block, typename Element>
DLDETECT_INLINE void blendCells(const Element *x, Size in, Element *y, Size out) {
  using Float = typename Lanes<block>::Float;
  const Axis rows(in.height, out.height), columns(in.width, out.width);
  for (int i = 0; i < out.height; ++i) {
    const auto row = rows.blend(i);
    const Element *low = x + size_t(row.low) * in.width * block;
    const Element *high = x + size_t(row.high) * in.width * block;
    for (int j = 0; j < out.width; ++j, y += block) {
      const auto column = columns.blend(j);
      const size_t left = size_t(column.low) * block, right = size_t(column.high) * block;
      const Float a = load<block>(low + left).lanes, b = load<block>(low + right).lanes;
      const Float c = load<block>(high + left).lanes, d = load<block>(high + right).lanes;
      const Float first = a + column.weight * (b - a), second = c + column.weight * (d - c);
      store<block>(y, first + row.weight * (second - first));
    }
  }
}

/// Gathers, for each cell, from those that took something of it.
template <int block, typename Element>
DLDETECT_INLINE void gatherBlends(const Element *dy, Size out, Element *dx, Size in) {
  using Float = typename Lanes<block>::Float;
  const Axis rows(in.height, out.height), columns(in.width, out.width);
  for (int i = 0; i < in.height; ++i) {
    const Span above = rows.taking(i);
    for (int j = 0; j < in.width; ++j, dx += block) {
      const Span beside = columns.taking(j);
      Float sum{};
      for (int c = beside.begin; c < beside.end; ++c) {
        Float part{};
        for (int r = above.begin; r < above.end; ++r)
          part += rows.blend(r).of(i) * load<block>(dy + (size_t(r) * out.width + c) * block).lanes;
        sum += columns.blend(c).of(j) * part;
      }
      store<block>(dx, sum);
    }
  }
}

}  // namespace

// clang-format off
#define DLDETECT_ENTRIES(block, Element, attribute)                                             \
  attribute void bilinearPlane(Block<block>, const Element *x, Size in, Element *y, Size out) { \
    blendCells<block>(x, in, y, out);                                                           \
  }                                                                                             \
  attribute void bilinearGradient(Block<block>, const Element *dy, Size out, Element *dx,       \
                                  Size in) {                                                    \
    gatherBlends<block>(dy, out, dx, in);                                                       \
  }
// clang-format on
DLDETECT_LAYOUTS(DLDETECT_ENTRIES)
#undef DLDETECT_ENTRIES

namespace {

template <typename Element, int block>
void bilinearForward(cb_extent extent, Size out, cb_view x, cb_view y) {
  const Size in{extent.height, extent.width};
  forEachPlane<Element, block>(extent, [&](const auto &start, size_t) {
    bilinearPlane(Block<block>{}, start(x, in), in, start(y, out), out);
  });
}

template <typename Element, int block>
void bilinearBackward(cb_extent extent, Size out, cb_view dy, cb_view dx) {
  const Size in{extent.height, extent.width};
  forEachPlane<Element, block>(extent, [&](const auto &start, size_t) {
    bilinearGradient(Block<block>{}, start(dy, out), out, start(dx, in), in);
  });
}

}  // namespace
}  // namespace dldetect

void cb_bilinear_forward(cb_extent extent, int height, int width, cb_view x, cb_view y) {
  DLDETECT_FOR_LAYOUT(extent, dldetect::bilinearForward, extent, (dldetect::Size{height, width}), x,
                      y);
}

void cb_bilinear_backward(cb_extent extent, int height, int width, cb_view dy, cb_view dx) {
  DLDETECT_FOR_LAYOUT(extent, dldetect::bilinearBackward, extent, (dldetect::Size{height, width}),
                      dy, dx);
}
