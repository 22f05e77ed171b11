// Batch norms, and norms whose scale and shift are given: statistics; normalise, activate and add;
// and the two backward passes.
#include "kernels/norm_tiles.h"

namespace dldetect {
namespace {

template <typename Element, int block>
void statistics(cb_extent extent, cb_view x, float *scratch, float *mean, float *variance) {
  const Tiling tiling(extent);
  tiling.forEach([&](const Tile &tile) {
    NormTiles<Element, block>::sum(at<Element, block>(x, tiling, tile), tile.cells,
                                   sumsOf<block>(scratch, tiling, tile));
  });
  parallelFor(tiling.blocks, [&](size_t each) {
    mergeTiles<Element, block>(tiling, x, scratch, each, 0, tiling.batch, mean + each * block,
                               variance + each * block);
  });
}

template <typename Element, int block>
void forward(cb_extent extent, const cb_norm_vectors &vectors, cb_activation activation,
             const NormViews &views) {
  const Tiling tiling(extent);
  tiling.forEach([&](const Tile &tile) {
    NormTiles<Element, block>::forward(activation.function,
                                       views.plane<Element, block>(tiling, tile),
                                       channelAt<block>(tile, vectors, activation));
  });
}

template <typename Element, int block>
void backwardReduce(cb_extent extent, const cb_norm_vectors &vectors, cb_activation activation,
                    const NormViews &views, float *scratch) {
  const Tiling tiling(extent);
  tiling.forEach([&](const Tile &tile) {
    NormTiles<Element, block>::reduce(
        activation.function, views.plane<Element, block>(tiling, tile),
        channelAt<block>(tile, vectors, activation), sumsOf<block>(scratch, tiling, tile));
  });
  parallelFor(tiling.blocks, [&](size_t each) {
    addUp<block>(tiling, scratch, each, 0, tiling.batch, vectors.constant + each * block,
                 vectors.by_x + each * block);
  });
}

template <typename Element, int block>
void backwardLearned(cb_extent extent, const cb_norm_vectors &vectors, cb_activation activation,
                     const NormViews &views, float *scratch, float *sum) {
  const Tiling tiling(extent);
  tiling.forEach([&](const Tile &tile) {
    NormTiles<Element, block>::learned(
        activation.function, views.plane<Element, block>(tiling, tile),
        channelAt<block>(tile, vectors, activation), sumsOf<block>(scratch, tiling, tile));
  });
  parallelFor(tiling.blocks, [&](size_t each) {
    addUp<block>(tiling, scratch, each, 0, tiling.batch, sum + each * block, nullptr);
  });
}

template <typename Element, int block>
void backwardApply(cb_extent extent, const cb_norm_vectors &vectors, cb_activation activation,
                   const NormViews &views) {
  const Tiling tiling(extent);
  tiling.forEach([&](const Tile &tile) {
    NormTiles<Element, block>::apply(activation.function, views.plane<Element, block>(tiling, tile),
                                     channelAt<block>(tile, vectors, activation));
  });
}

}  // namespace
}  // namespace dldetect

size_t cb_reduction_scratch(cb_extent extent) {
  const dldetect::Tiling tiling(extent);
  return tiling.blocks * tiling.tilesInBlock() * 2 * cb_channel_block() * sizeof(double) /
         sizeof(float);
}

void cb_norm_statistics(cb_extent extent, cb_view x, float *scratch, float *mean, float *variance) {
  DLDETECT_FOR_LAYOUT(extent, dldetect::statistics, extent, x, scratch, mean, variance);
}

void cb_norm_forward(cb_extent extent, cb_norm_vectors vectors, cb_activation activation, cb_view x,
                     cb_view before, cb_view after, cb_view y, cb_view second) {
  const dldetect::NormViews views{x, {}, {}, before, after, y, second};
  DLDETECT_FOR_LAYOUT(extent, dldetect::forward, extent, vectors, activation, views);
}

void cb_norm_backward_reduce(cb_extent extent, cb_norm_vectors vectors, cb_activation activation,
                             cb_view x, cb_view dy, cb_view dy_second, cb_view before,
                             float *scratch) {
  const dldetect::NormViews views{x, dy, dy_second, before, {}, {}, {}};
  DLDETECT_FOR_LAYOUT(extent, dldetect::backwardReduce, extent, vectors, activation, views,
                      scratch);
}

void cb_norm_backward_apply(cb_extent extent, cb_norm_vectors vectors, cb_activation activation,
                            cb_view x, cb_view dy, cb_view dy_second, cb_view before, cb_view dx,
                            cb_view before_gradient) {
  const dldetect::NormViews views{x, dy, dy_second, before, {}, dx, before_gradient};
  DLDETECT_FOR_LAYOUT(extent, dldetect::backwardApply, extent, vectors, activation, views);
}

void cb_norm_backward_learned(cb_extent extent, cb_norm_vectors vectors, cb_activation activation,
                              cb_view x, cb_view dy, cb_view dy_second, cb_view before,
                              float *scratch, float *sum) {
  const dldetect::NormViews views{x, dy, dy_second, before, {}, {}, {}};
  DLDETECT_FOR_LAYOUT(extent, dldetect::backwardLearned, extent, vectors, activation, views,
                      scratch, sum);
}
