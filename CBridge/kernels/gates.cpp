// Gates of cells, maxima over the area and over the channels.
#include <cstring>

#include "include/attention.h"
#include "kernels/strips.h"
#include "kernels/tiles.h"
#include "kernels/vector.h"

namespace dldetect {
namespace {

/// What one strip of cells works on; blocks of channels lie `stride` elements apart.
struct Blocks {
  size_t count, stride, cells;
};

template <int block, typename Element>
DLDETECT_INLINE void scaleCells(const Element *x, const Element *gate, Element *y, Blocks blocks) {
  for (size_t b = 0; b < blocks.count; ++b, x += blocks.stride, y += blocks.stride)
    for (size_t at = 0; at < blocks.cells * block; at += block)
      store<block>(y + at, load<block>(x + at).lanes * toFloat(gate[at]));
}

template <int block, typename Element>
DLDETECT_INLINE void scaleCellsGradient(const Element *x, const Element *gate, const Element *dy,
                                        Element *dx, Element *dgate, Blocks blocks) {
  using Float = typename Lanes<block>::Float;
  for (size_t cell = 0; cell < blocks.cells; ++cell) {
    const size_t at = cell * block;
    const float factor = toFloat(gate[at]);
    Float products{};
    for (size_t b = 0; b < blocks.count; ++b) {
      const size_t place = b * blocks.stride + at;
      const Float gradient = load<block>(dy + place).lanes;
      products += gradient * load<block>(x + place).lanes;
      if (dx) store<block>(dx + place, gradient * factor);
    }
    float sum = 0;
    for (int lane = 0; lane < block; ++lane) sum += products[lane];
    Float result{};
    result[0] = sum;
    store<block>(dgate + at, result);
  }
}

template <int block, typename Element>
DLDETECT_INLINE void largestCell(const Element *x, Element *y, int32_t *index, size_t cells) {
  using Float = typename Lanes<block>::Float;
  using Int = typename Lanes<block>::Int;
  Float best = load<block>(x).lanes;
  Int at{};
  for (size_t cell = 1; cell < cells; ++cell) {
    const Float value = load<block>(x + cell * block).lanes;
    // What is no number wins once and for all: it must not get lost here.
    const Int wins = ~(value <= best) & (best == best);
    best = wins ? value : best;
    at = wins ? Int{} + int(cell) : at;
  }
  store<block>(y, best);
  __builtin_memcpy(index, &at, sizeof at);
}

template <int block, typename Element>
DLDETECT_INLINE void largestCellGradient(const int32_t *index, const Element *dy, Element *dx,
                                         size_t cells) {
  using Float = typename Lanes<block>::Float;
  using Int = typename Lanes<block>::Int;
  const Float gradient = load<block>(dy).lanes;
  Int at;
  __builtin_memcpy(&at, index, sizeof at);
  for (size_t cell = 0; cell < cells; ++cell)
    store<block>(dx + cell * block, at == int(cell) ? gradient : Float{});
}

/// 0, 1, 2, … in the lanes.
template <int block>
DLDETECT_INLINE void fillLanes(typename Lanes<block>::Int &lanes) {
  for (int lane = 0; lane < block; ++lane) lanes[lane] = lane;
}

template <int block, typename Element>
DLDETECT_INLINE void summarize(const Element *x, int channels, Element *y, int32_t *index,
                               Blocks blocks) {
  using Float = typename Lanes<block>::Float;
  using Int = typename Lanes<block>::Int;
  Int lanes;
  fillLanes<block>(lanes);
  for (size_t cell = 0; cell < blocks.cells; ++cell) {
    Float sum{}, best = Float{} - __builtin_inff();
    Int at{};
    for (size_t b = 0; b < blocks.count; ++b) {
      const Float value = load<block>(x + b * blocks.stride + cell * block).lanes;
      const Int channel = lanes + int(b) * block;
      const Int counts = channel < channels;
      // A function that is not 0 at 0 leaves something in the lanes past the channels.
      sum += counts ? value : Float{};
      const Int wins = ~(value <= best) & (best == best) & counts;
      best = wins ? value : best;
      at = wins ? channel : at;
    }
    float total = 0, largest = best[0];
    int32_t first = at[0];
    for (int lane = 0; lane < block; ++lane) {
      total += sum[lane];
      const bool isEqual = best[lane] == largest && at[lane] < first;
      const bool wins = lane < channels && largest == largest && !(best[lane] <= largest);
      if (wins || isEqual) first = at[lane];
      if (wins) largest = best[lane];
    }
    Float result{};
    result[0] = total / float(channels);
    result[1] = largest;
    store<block>(y + cell * block, result);
    index[cell] = first;
  }
}

template <int block, typename Element>
DLDETECT_INLINE void summaryGradient(const int32_t *index, int channels, const Element *dy,
                                     Element *dx, Blocks blocks) {
  using Float = typename Lanes<block>::Float;
  using Int = typename Lanes<block>::Int;
  Int lanes;
  fillLanes<block>(lanes);
  for (size_t b = 0; b < blocks.count; ++b, dx += blocks.stride) {
    const Int channel = lanes + int(b) * block;
    for (size_t cell = 0; cell < blocks.cells; ++cell) {
      const float share = toFloat(dy[cell * block]) / float(channels);
      const float whole = toFloat(dy[cell * block + 1]);
      Float gradient = Float{} + share;
      gradient = channel == index[cell] ? gradient + whole : gradient;
      store<block>(dx + cell * block, channel < channels ? gradient : Float{});
    }
  }
}

}  // namespace

#define DLDETECT_ENTRIES(block, Element, attribute)                                                \
  attribute void cellGate(Block<block>, const Element *x, const Element *gate, Element *y,         \
                          Blocks blocks) {                                                         \
    scaleCells<block>(x, gate, y, blocks);                                                         \
  }                                                                                                \
  attribute void cellGateGradient(Block<block>, const Element *x, const Element *gate,             \
                                  const Element *dy, Element *dx, Element *dgate, Blocks blocks) { \
    scaleCellsGradient<block>(x, gate, dy, dx, dgate, blocks);                                     \
  }                                                                                                \
  attribute void maximumPlane(Block<block>, const Element *x, Element *y, int32_t *index,          \
                              size_t cells) {                                                      \
    largestCell<block>(x, y, index, cells);                                                        \
  }                                                                                                \
  attribute void maximumGradient(Block<block>, const int32_t *index, const Element *dy,            \
                                 Element *dx, size_t cells) {                                      \
    largestCellGradient<block>(index, dy, dx, cells);                                              \
  }                                                                                                \
  attribute void summaryStrip(Block<block>, const Element *x, int channels, Element *y,            \
                              int32_t *index, Blocks blocks) {                                     \
    summarize<block>(x, channels, y, index, blocks);                                               \
  }                                                                                                \
  attribute void summaryStripGradient(Block<block>, const int32_t *index, int channels,            \
                                      const Element *dy, Element *dx, Blocks blocks) {             \
    summaryGradient<block>(index, channels, dy, dx, blocks);                                       \
  }
DLDETECT_LAYOUTS(DLDETECT_ENTRIES)
#undef DLDETECT_ENTRIES

namespace {

size_t areaOf(cb_extent extent) { return size_t(extent.height) * extent.width; }

template <int block>
Blocks blocksOf(cb_extent extent, const Strip &strip) {
  return {size_t(extent.blocks), areaOf(extent) * block, strip.cells};
}

/// First element of channel block `item % blocks` of image `item / blocks`.
template <typename Element, int block>
Element *planeAt(cb_view view, cb_extent extent, size_t item, size_t cells) {
  return static_cast<Element *>(view.data) + item / extent.blocks * view.image_stride +
         item % extent.blocks * cells * block;
}

template <typename Element, int block>
void cellGateForward(cb_extent extent, cb_view x, cb_view gate, cb_view y) {
  forEachStrip(extent, [&](const Strip &strip) {
    cellGate(Block<block>{}, at<Element, block>(x, strip), at<Element, block>(gate, strip),
             at<Element, block>(y, strip), blocksOf<block>(extent, strip));
  });
}

template <typename Element, int block>
void cellGateBackward(cb_extent extent, cb_view x, cb_view gate, cb_view dy, cb_view dx,
                      cb_view dgate) {
  forEachStrip(extent, [&](const Strip &strip) {
    cellGateGradient(Block<block>{}, at<Element, block>(x, strip), at<Element, block>(gate, strip),
                     at<Element, block>(dy, strip), at<Element, block>(dx, strip),
                     at<Element, block>(dgate, strip), blocksOf<block>(extent, strip));
  });
}

template <typename Element, int block>
void maximumForward(cb_extent extent, cb_view x, cb_view y, int32_t *index) {
  parallelFor(size_t(extent.batch) * extent.blocks, [&](size_t item) {
    maximumPlane(Block<block>{}, planeAt<Element, block>(x, extent, item, areaOf(extent)),
                 planeAt<Element, block>(y, extent, item, 1), index + item * block, areaOf(extent));
  });
}

template <typename Element, int block>
void maximumBackward(cb_extent extent, const int32_t *index, cb_view dy, cb_view dx) {
  parallelFor(size_t(extent.batch) * extent.blocks, [&](size_t item) {
    maximumGradient(Block<block>{}, index + item * block,
                    planeAt<Element, block>(dy, extent, item, 1),
                    planeAt<Element, block>(dx, extent, item, areaOf(extent)), areaOf(extent));
  });
}

template <typename Element, int block>
void summaryForward(cb_extent extent, int channels, cb_view x, cb_view y, int32_t *index) {
  forEachStrip(extent, [&](const Strip &strip) {
    summaryStrip(
        Block<block>{}, at<Element, block>(x, strip), channels, at<Element, block>(y, strip),
        index + strip.image * areaOf(extent) + strip.firstCell, blocksOf<block>(extent, strip));
  });
}

template <typename Element, int block>
void summaryBackward(cb_extent extent, int channels, const int32_t *index, cb_view dy, cb_view dx) {
  forEachStrip(extent, [&](const Strip &strip) {
    summaryStripGradient(Block<block>{}, index + strip.image * areaOf(extent) + strip.firstCell,
                         channels, at<Element, block>(dy, strip), at<Element, block>(dx, strip),
                         blocksOf<block>(extent, strip));
  });
}

}  // namespace
}  // namespace dldetect

void cb_cell_gate_forward(cb_extent extent, cb_view x, cb_view gate, cb_view y) {
  DLDETECT_FOR_LAYOUT(extent, dldetect::cellGateForward, extent, x, gate, y);
}

void cb_cell_gate_backward(cb_extent extent, cb_view x, cb_view gate, cb_view dy, cb_view dx,
                           cb_view dgate) {
  DLDETECT_FOR_LAYOUT(extent, dldetect::cellGateBackward, extent, x, gate, dy, dx, dgate);
}

void cb_maximum_forward(cb_extent extent, cb_view x, cb_view y, int32_t *index) {
  DLDETECT_FOR_LAYOUT(extent, dldetect::maximumForward, extent, x, y, index);
}

void cb_maximum_backward(cb_extent extent, const int32_t *index, cb_view dy, cb_view dx) {
  DLDETECT_FOR_LAYOUT(extent, dldetect::maximumBackward, extent, index, dy, dx);
}

void cb_channel_summary_forward(cb_extent extent, int channels, cb_view x, cb_view y,
                                int32_t *index) {
  DLDETECT_FOR_LAYOUT(extent, dldetect::summaryForward, extent, channels, x, y, index);
}

void cb_channel_summary_backward(cb_extent extent, int channels, const int32_t *index, cb_view dy,
                                 cb_view dx) {
  DLDETECT_FOR_LAYOUT(extent, dldetect::summaryBackward, extent, channels, index, dy, dx);
}
