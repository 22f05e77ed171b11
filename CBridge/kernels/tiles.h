// Cuts a blocked value into pieces of work whose number does not depend on the number of threads,
// so that sums over pieces are repeatable.
#pragma once

#include "engine/team.h"
#include "include/kernels.h"

namespace dldetect {

constexpr size_t cellsInTile = 2048;

struct Tile {
  size_t image, channelBlock, firstCell, cells;
  size_t index;  // among the tiles of its channel block
};

struct Tiling {
  size_t batch, blocks, area, tilesInPlane;

  explicit Tiling(cb_extent extent)
      : batch(extent.batch),
        blocks(extent.blocks),
        area(size_t(extent.height) * extent.width),
        tilesInPlane((area + cellsInTile - 1) / cellsInTile) {}

  size_t tilesInBlock() const { return batch * tilesInPlane; }

  Tile operator[](size_t item) const {
    const size_t tile = item % tilesInPlane, plane = item / tilesInPlane;
    const size_t first = tile * cellsInTile;
    const size_t image = plane / blocks, block = plane % blocks;
    return {image, block, first, std::min(cellsInTile, area - first), image * tilesInPlane + tile};
  }

  template <typename Body>
  void forEach(const Body &body) const {
    parallelFor(batch * blocks * tilesInPlane, [&](size_t item) { body((*this)[item]); });
  }
};

/// First float of a tile in a view; nullptr of an absent view.
template <int block>
inline float *at(cb_view view, const Tiling &tiling, const Tile &tile) {
  if (!view.data) return nullptr;
  return view.data + tile.image * view.image_stride +
         (tile.channelBlock * tiling.area + tile.firstCell) * block;
}

/// Calls run<16>() or run<8>() for the processor's channel block.
#define DLDETECT_FOR_BLOCK(run, ...) \
  (cb_channel_block() == 16 ? run<16>(__VA_ARGS__) : run<8>(__VA_ARGS__))

}  // namespace dldetect
