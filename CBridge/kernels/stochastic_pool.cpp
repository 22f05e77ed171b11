// Pools by chance.
#include "include/pooling.h"
#include "kernels/planes.h"
#include "kernels/random.h"
#include "kernels/tiles.h"
#include "kernels/vector.h"

namespace dldetect {
namespace {

/// What one plane is drawn by.
struct Draws {
  PictureKey key;
  uint32_t firstChannel;
};

/// A uniform number below the sum of one position's cells.
template <int block>
DLDETECT_INLINE Packed<block> drawn(const typename Lanes<block>::Float &sum, const Draws &draws,
                                    Size out, int position) {
  using Float = typename Lanes<block>::Float;
  typedef uint32_t Words __attribute__((vector_size(4 * block)));
  Words word;
  for (int lane = 0; lane < block; ++lane)
    word[lane] = (draws.firstChannel + lane) * uint32_t(out.height * out.width) + position;
  mixWords(word, draws.key);
  return {sum * (__builtin_convertvector(word >> 8, Float) * 0x1p-24f)};
}

template <int block, typename Element>
DLDETECT_INLINE void drawCells(const Element *x, Size in, Element *y, uint8_t *index, Size out,
                               cb_window w, const Draws &draws) {
  using Float = typename Lanes<block>::Float;
  using Int = typename Lanes<block>::Int;
  using Byte = typename Lanes<block>::Byte;
  for (int position = 0; position < out.height * out.width; ++position, y += block) {
    const int top = position / out.width, left = position % out.width;
    const Span rows = rowsUnder(top, w, in), columns = columnsUnder(left, w, in);
    // What is no number counts as positive: it must not get lost here. Rounding may leave a rest
    // behind the last cell, which then is the one.
    Float sum{}, y0{};
    Int at = Int{} + int(CB_MOST_CELLS_TO_DRAW_FROM);
    const auto cellAt = [&](int r, int c) {
      return (r - top * w.stride_height + w.pad_top) * w.kernel_width + c - left * w.stride_width +
             w.pad_left;
    };
    for (int r = rows.begin; r < rows.end; ++r)
      for (int c = columns.begin; c < columns.end; ++c) {
        const Float value = load<block>(x + (size_t(r) * in.width + c) * block).lanes;
        const Int isPositive = ~(value <= 0);
        sum += isPositive ? value : Float{};
        y0 = isPositive ? value : y0;
        at = isPositive ? Int{} + cellAt(r, c) : at;
      }
    Float rest = drawn<block>(sum, draws, out, position).lanes;
    Int isOpen = ~Int{};
    for (int r = rows.begin; r < rows.end; ++r)
      for (int c = columns.begin; c < columns.end; ++c) {
        const Float value = load<block>(x + (size_t(r) * in.width + c) * block).lanes;
        const Int isPositive = ~(value <= 0), takes = isPositive & isOpen & (rest < value);
        y0 = takes ? value : y0;
        at = takes ? Int{} + cellAt(r, c) : at;
        isOpen &= ~takes;
        rest -= isPositive ? value : Float{};
      }
    store<block>(y, y0);
    if (!index) continue;
    *reinterpret_cast<Byte *>(index) = __builtin_convertvector(at, Byte);
    index += block;
  }
}

template <int block, typename Element>
DLDETECT_INLINE void weighCells(const Element *x, Size in, Element *y, Size out, cb_window w) {
  using Float = typename Lanes<block>::Float;
  using Int = typename Lanes<block>::Int;
  for (int row = 0; row < out.height; ++row) {
    const Span rows = rowsUnder(row, w, in);
    for (int column = 0; column < out.width; ++column, y += block) {
      const Span columns = columnsUnder(column, w, in);
      Float sum{}, squares{};
      for (int r = rows.begin; r < rows.end; ++r)
        for (int c = columns.begin; c < columns.end; ++c) {
          const Float value = load<block>(x + (size_t(r) * in.width + c) * block).lanes;
          const Int isPositive = ~(value <= 0);
          const Float positive = isPositive ? value : Float{};
          sum += positive;
          squares += positive * positive;
        }
      const Int isEmpty = sum == 0;
      store<block>(y, isEmpty ? Float{} : squares / sum);
    }
  }
}

}  // namespace

#define DLDETECT_ENTRIES(block, Element, attribute)                                             \
  attribute void drawPlane(Block<block>, const Element *x, Size in, Element *y, uint8_t *index, \
                           Size out, cb_window window, const Draws &draws) {                    \
    drawCells<block>(x, in, y, index, out, window, draws);                                      \
  }                                                                                             \
  attribute void weighPlane(Block<block>, const Element *x, Size in, Element *y, Size out,      \
                            cb_window window) {                                                 \
    weighCells<block>(x, in, y, out, window);                                                   \
  }
DLDETECT_LAYOUTS(DLDETECT_ENTRIES)
#undef DLDETECT_ENTRIES

namespace {

template <typename Element, int block>
void draw(cb_extent extent, cb_window window, Size out, uint64_t key, cb_view x, cb_view y,
          uint8_t *index) {
  const Size in{extent.height, extent.width};
  const size_t plane = size_t(out.height) * out.width * block;
  forEachPlane<Element, block>(extent, [&](const auto &start, size_t item) {
    const Draws draws{PictureKey(key, item / extent.blocks),
                      uint32_t(item % extent.blocks * block)};
    drawPlane(Block<block>{}, start(x, in), in, start(y, out),
              index ? index + item * plane : nullptr, out, window, draws);
  });
}

template <typename Element, int block>
void weigh(cb_extent extent, cb_window window, Size out, cb_view x, cb_view y) {
  const Size in{extent.height, extent.width};
  forEachPlane<Element, block>(extent, [&](const auto &start, size_t) {
    weighPlane(Block<block>{}, start(x, in), in, start(y, out), out, window);
  });
}

}  // namespace
}  // namespace dldetect

using dldetect::Size;

void cb_stochastic_pool_draw(cb_extent extent, cb_window window, int height, int width,
                             uint64_t key, cb_view x, cb_view y, uint8_t *index) {
  DLDETECT_FOR_LAYOUT(extent, dldetect::draw, extent, window, (Size{height, width}), key, x, y,
                      index);
}

void cb_stochastic_pool_mean(cb_extent extent, cb_window window, int height, int width, cb_view x,
                             cb_view y) {
  DLDETECT_FOR_LAYOUT(extent, dldetect::weigh, extent, window, (Size{height, width}), x, y);
}
