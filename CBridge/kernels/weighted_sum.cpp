// Sums of values by shares, and the gradients of both.
#include "include/weighted_sum.h"

#include "kernels/tiles.h"
#include "kernels/vector.h"

namespace dldetect {
namespace {

template <int block, typename Element>
DLDETECT_INLINE void sum(const Element *const *x, const float *shares, int count, size_t cells,
                         Element *y) {
  for (size_t i = 0; i < cells * block; i += block) {
    typename Lanes<block>::Float total{};
    for (int input = 0; input < count; ++input)
      total += load<block>(x[input] + i).lanes * shares[input];
    store<block>(y + i, total);
  }
}

template <int block, typename Element>
DLDETECT_INLINE float gradient(const Element *dy, const Element *x, float share, size_t cells,
                               Element *dx) {
  typename Lanes<block>::Float product{};
  for (size_t i = 0; i < cells * block; i += block) {
    const typename Lanes<block>::Float d = load<block>(dy + i).lanes;
    product += d * load<block>(x + i).lanes;
    if (dx) store<block>(dx + i, d * share);
  }
  float result = 0;
  for (int lane = 0; lane < block; ++lane) result += product[lane];
  return result;
}

}  // namespace

#define DLDETECT_ENTRIES(block, Element, attribute)                                             \
  attribute void sumTile(Block<block>, const Element *const *x, const float *shares, int count, \
                         size_t cells, Element *y) {                                            \
    sum<block>(x, shares, count, cells, y);                                                     \
  }                                                                                             \
  attribute float gradientTile(Block<block>, const Element *dy, const Element *x, float share,  \
                               size_t cells, Element *dx) {                                     \
    return gradient<block>(dy, x, share, cells, dx);                                            \
  }
DLDETECT_LAYOUTS(DLDETECT_ENTRIES)
#undef DLDETECT_ENTRIES

namespace {

template <typename Element, int block>
void forward(cb_extent extent, int count, const cb_view *x, const float *shares, cb_view y) {
  const Tiling tiling(extent);
  tiling.forEach([&](const Tile &tile) {
    const Element *sources[CB_MOST_SUMMANDS];
    for (int input = 0; input < count; ++input)
      sources[input] = at<Element, block>(x[input], tiling, tile);
    sumTile(Block<block>{}, sources, shares, count, tile.cells,
            at<Element, block>(y, tiling, tile));
  });
}

template <typename Element, int block>
double backward(cb_extent extent, cb_view x, float share, cb_view dy, cb_view dx, float *scratch) {
  const Tiling tiling(extent);
  tiling.forEach([&](const Tile &tile) {
    scratch[tile.channelBlock * tiling.tilesInBlock() + tile.index] = gradientTile(
        Block<block>{}, at<Element, block>(dy, tiling, tile), at<Element, block>(x, tiling, tile),
        share, tile.cells, at<Element, block>(dx, tiling, tile));
  });
  double product = 0;
  for (size_t tile = 0; tile < tiling.blocks * tiling.tilesInBlock(); ++tile)
    product += scratch[tile];
  return product;
}

}  // namespace
}  // namespace dldetect

size_t cb_weighted_sum_scratch(cb_extent extent) {
  const dldetect::Tiling tiling(extent);
  return tiling.blocks * tiling.tilesInBlock();
}

void cb_weighted_sum_forward(cb_extent extent, int count, const cb_view *x, const float *shares,
                             cb_view y) {
  DLDETECT_FOR_LAYOUT(extent, dldetect::forward, extent, count, x, shares, y);
}

double cb_weighted_sum_backward(cb_extent extent, cb_view x, float share, cb_view dy, cb_view dx,
                                float *scratch) {
  return DLDETECT_FOR_LAYOUT(extent, dldetect::backward, extent, x, share, dy, dx, scratch);
}
