// Cuts values into runs of cells that one piece of work takes with all their channels.
#pragma once

#include "engine/team.h"
#include "include/kernels.h"

namespace dldetect {

constexpr size_t cellsInStrip = 256;

struct Strip {
  size_t image, firstCell, cells;
};

/// Calls body(strip) for every strip of an extent.
template <typename Body>
void forEachStrip(cb_extent extent, const Body &body) {
  const size_t area = size_t(extent.height) * extent.width;
  const size_t strips = (area + cellsInStrip - 1) / cellsInStrip;
  parallelFor(extent.batch * strips, [&](size_t item) {
    const size_t first = item % strips * cellsInStrip;
    body(Strip{item / strips, first, std::min(cellsInStrip, area - first)});
  });
}

/// A strip's first element in the first channel block of a view; nullptr of an absent view.
template <typename Element, int block>
Element *at(cb_view view, const Strip &strip) {
  if (!view.data) return nullptr;
  return static_cast<Element *>(view.data) + strip.image * view.image_stride +
         strip.firstCell * block;
}

}  // namespace dldetect
