// Padding by reflection and by replication.
#include "include/border.h"

#include "kernels/planes.h"
#include "kernels/tiles.h"
#include "kernels/vector.h"

namespace dldetect {
namespace {

/// The cell of `count` that stands for one at this place, which may lie outside.
inline int source(int place, int count, bool reflects) {
  if (!reflects) return std::min(std::max(place, 0), count - 1);
  return place < 0 ? -place : place >= count ? 2 * (count - 1) - place : place;
}

/// The padded cells of one axis that one cell stands for, itself among them.
struct Copies {
  int cells[2 * CB_MOST_BORDER_CELLS + 1];
  int count = 0;

  Copies(int cell, int size, int before, int after, bool reflects) {
    for (int i = 0; i < before; ++i)
      if (source(i - before, size, reflects) == cell) cells[count++] = i;
    cells[count++] = before + cell;
    for (int i = before + size; i < before + size + after; ++i)
      if (source(i - before, size, reflects) == cell) cells[count++] = i;
  }
};

inline Size padded(Size in, cb_border border) {
  return {in.height + border.top + border.bottom, in.width + border.left + border.right};
}

template <int block, typename Element>
DLDETECT_INLINE void pad(const Element *x, Size in, Element *y, cb_border border) {
  const Size out = padded(in, border);
  for (int row = 0; row < out.height; ++row) {
    const Element *from =
        x + size_t(source(row - border.top, in.height, border.reflects)) * in.width * block;
    for (int column = 0; column < out.width; ++column, y += block) {
      const int cell = source(column - border.left, in.width, border.reflects);
      store<block>(y, load<block>(from + size_t(cell) * block).lanes);
    }
  }
}

template <int block, typename Element>
DLDETECT_INLINE void gather(const Element *dy, Size in, Element *dx, cb_border border) {
  const Size out = padded(in, border);
  for (int row = 0; row < in.height; ++row) {
    const Copies rows(row, in.height, border.top, border.bottom, border.reflects);
    for (int column = 0; column < in.width; ++column, dx += block) {
      const Copies columns(column, in.width, border.left, border.right, border.reflects);
      typename Lanes<block>::Float sum{};
      for (int r = 0; r < rows.count; ++r)
        for (int c = 0; c < columns.count; ++c)
          sum += load<block>(dy + (size_t(rows.cells[r]) * out.width + columns.cells[c]) * block)
                     .lanes;
      store<block>(dx, sum);
    }
  }
}

}  // namespace

#define DLDETECT_ENTRIES(block, Element, attribute)                                    \
  attribute void borderPlane(Block<block>, const Element *x, Size in, Element *y,      \
                             cb_border border) {                                       \
    pad<block>(x, in, y, border);                                                      \
  }                                                                                    \
  attribute void borderGradient(Block<block>, const Element *dy, Size in, Element *dx, \
                                cb_border border) {                                    \
    gather<block>(dy, in, dx, border);                                                 \
  }
DLDETECT_LAYOUTS(DLDETECT_ENTRIES)
#undef DLDETECT_ENTRIES

namespace {

template <typename Element, int block>
void borderForward(cb_extent extent, cb_border border, cb_view x, cb_view y) {
  const Size in{extent.height, extent.width}, out = padded(in, border);
  forEachPlane<Element, block>(extent, [&](const auto &start, size_t) {
    borderPlane(Block<block>{}, start(x, in), in, start(y, out), border);
  });
}

template <typename Element, int block>
void borderBackward(cb_extent extent, cb_border border, cb_view dy, cb_view dx) {
  const Size in{extent.height, extent.width}, out = padded(in, border);
  forEachPlane<Element, block>(extent, [&](const auto &start, size_t) {
    borderGradient(Block<block>{}, start(dy, out), in, start(dx, in), border);
  });
}

}  // namespace
}  // namespace dldetect

void cb_border_forward(cb_extent extent, cb_border border, cb_view x, cb_view y) {
  DLDETECT_FOR_LAYOUT(extent, dldetect::borderForward, extent, border, x, y);
}

void cb_border_backward(cb_extent extent, cb_border border, cb_view dy, cb_view dx) {
  DLDETECT_FOR_LAYOUT(extent, dldetect::borderBackward, extent, border, dy, dx);
}
