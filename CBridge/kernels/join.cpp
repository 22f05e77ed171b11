// Runs of channels that need not start at a block.
#include "include/join.h"

#include <cstring>

#include "engine/team.h"

namespace dldetect {
namespace {

constexpr size_t cellsInChunk = 256;

/// `bytes` at a time, `step` bytes apart.
template <size_t bytes>
void copyCells(const char *x, char *y, size_t cells, size_t step) {
  for (size_t cell = 0; cell < cells; ++cell) std::memcpy(y + cell * step, x + cell * step, bytes);
}

void copyCells(size_t bytes, const char *x, char *y, size_t cells, size_t step) {
  switch (bytes) {
    case 32:
      return copyCells<32>(x, y, cells, step);
    case 16:
      return copyCells<16>(x, y, cells, step);
    case 8:
      return copyCells<8>(x, y, cells, step);
    case 4:
      return copyCells<4>(x, y, cells, step);
    default:
      return copyCells<2>(x, y, cells, step);
  }
}

/// The largest power of two, up to half a block, that divides all three.
size_t granuleOf(size_t a, size_t b, size_t c, size_t block) {
  size_t granule = block / 2;
  while ((a | b | c) % granule) granule /= 2;
  return granule;
}

}  // namespace
}  // namespace dldetect

void cb_copy_channels(cb_extent extent, int count, cb_view x, int first_x, cb_view y, int first_y,
                      bool ends) {
  const size_t block = cb_channel_block(), element = extent.type == CB_BF16 ? 2 : 4;
  const size_t area = size_t(extent.height) * extent.width, step = block * element;
  const size_t granule = dldetect::granuleOf(count, first_x, first_y, block);
  const size_t end = first_y + count, firstBlock = first_y / block;
  const size_t blocks = (end + block - 1) / block - firstBlock;
  const size_t chunks = (area + dldetect::cellsInChunk - 1) / dldetect::cellsInChunk;
  dldetect::parallelFor(extent.batch * blocks * chunks, [&](size_t item) {
    const size_t image = item / chunks / blocks, own = firstBlock + item / chunks % blocks;
    const size_t cell = item % chunks * dldetect::cellsInChunk;
    const size_t cells = std::min(dldetect::cellsInChunk, area - cell);
    // A channel's first cell of this chunk.
    const auto at = [=](cb_view view, size_t channel) {
      const size_t offset = image * view.image_stride + (channel / block * area + cell) * block;
      return static_cast<char *>(view.data) + (offset + channel % block) * element;
    };
    const size_t last = std::min(end, (own + 1) * block);
    for (size_t to = std::max<size_t>(first_y, own * block); to < last; to += granule)
      dldetect::copyCells(granule * element, at(x, to - first_y + first_x), at(y, to), cells, step);
    if (!ends || last % block == 0) return;
    char *tail = at(y, last);
    for (size_t i = 0; i < cells; ++i)
      std::memset(tail + i * step, 0, (block - last % block) * element);
  });
}
