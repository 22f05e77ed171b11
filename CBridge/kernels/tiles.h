// Cuts a blocked value into pieces of work whose number does not depend on the number of threads,
// so that sums over pieces are repeatable.
#pragma once

#include "engine/team.h"
#include "include/kernels.h"
#include "kernels/vector.h"

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
    const size_t plane = item / tilesInPlane;
    return tile(plane / blocks, plane % blocks, item % tilesInPlane);
  }

  /// Of a channel block of an image, by its place in the plane.
  Tile tile(size_t image, size_t block, size_t place) const {
    const size_t first = place * cellsInTile;
    return {image, block, first, std::min(cellsInTile, area - first), image * tilesInPlane + place};
  }

  template <typename Body>
  void forEach(const Body &body) const {
    parallelFor(batch * blocks * tilesInPlane, [&](size_t item) { body((*this)[item]); });
  }
};

/// First element of a tile in a view; nullptr of an absent view.
template <typename Element, int block>
inline Element *at(cb_view view, const Tiling &tiling, const Tile &tile) {
  if (!view.data) return nullptr;
  return static_cast<Element *>(view.data) + tile.image * view.image_stride +
         (tile.channelBlock * tiling.area + tile.firstCell) * block;
}

/// Tells overloads for 8 and 16 channels in a block apart.
template <int channels>
struct Block {};

/// Calls run<Element, block>(…) for what an extent's values are held in. A block of bf16 is always
/// 16 channels wide, since convolutions in bf16 need AVX-512.
#define DLDETECT_FOR_LAYOUT(extent, run, ...)                            \
  ((extent).type == CB_BF16   ? run<dldetect::BFloat16, 16>(__VA_ARGS__) \
   : cb_channel_block() == 16 ? run<float, 16>(__VA_ARGS__)              \
                              : run<float, 8>(__VA_ARGS__))

/// Expands entry(block, Element, attribute) for the three layouts there are; the attribute says for
/// which processors a function is compiled.
#define DLDETECT_LAYOUTS(entry)                                      \
  entry(16, float, DLDETECT_CLONES) entry(8, float, DLDETECT_CLONES) \
      entry(16, BFloat16, DLDETECT_BF16)

}  // namespace dldetect
