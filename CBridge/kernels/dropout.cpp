// Random factors.
#include "include/dropout.h"

#include <cstring>

#include "kernels/random.h"
#include "kernels/tiles.h"
#include "kernels/vector.h"

namespace dldetect {
namespace {

/// What one plane of a channel block works on.
template <typename Element>
struct DropPlane {
  const Element *x;
  Element *y;
  size_t cells;
  uint32_t firstChannel;
  PictureKey key;
};

template <int block, typename Element>
DLDETECT_INLINE void dropElements(const DropPlane<Element> &p, float rate) {
  using Float = typename Lanes<block>::Float;
  using Bits = typename Lanes<block>::Bits;
  Bits place;
  for (int lane = 0; lane < block; ++lane)
    place[lane] = (p.firstChannel + lane) * uint32_t(p.cells);
  const uint32_t least = uint32_t(std::ceil(rate * 0x1p24f));
  const float kept = 1 / (1 - rate);
  for (size_t at = 0; at < p.cells * block; at += block, place += 1u) {
    typedef uint32_t Words __attribute__((vector_size(4 * block)));
    Words word = place;
    mixWords(word, p.key);
    const Float value = load<block>(p.x + at).lanes * kept;
    store<block>(p.y + at, (word >> 8) < least ? Float{} : value);
  }
}

/// By factors of the channels.
template <int block, typename Element>
DLDETECT_INLINE void scalePlane(const DropPlane<Element> &p, const float *factors) {
  const typename Lanes<block>::Float factor = load<block>(factors).lanes;
  for (size_t at = 0; at < p.cells * block; at += block)
    store<block>(p.y + at, load<block>(p.x + at).lanes * factor);
}

template <int block, typename Element>
DLDETECT_INLINE void maskPlane(const DropPlane<Element> &p, const uint8_t *mask, float scale) {
  using Float = typename Lanes<block>::Float;
  using Byte = typename Lanes<block>::Byte;
  for (size_t at = 0; at < p.cells * block; at += block) {
    const Byte kept = *reinterpret_cast<const Byte *>(mask + at);
    const Float factor = __builtin_convertvector(kept, Float) * scale;
    store<block>(p.y + at, load<block>(p.x + at).lanes * factor);
  }
}

}  // namespace

#define DLDETECT_ENTRIES(block, Element, attribute)                                             \
  attribute void dropPlane(Block<block>, const DropPlane<Element> &plane, float rate) {         \
    dropElements<block>(plane, rate);                                                           \
  }                                                                                             \
  attribute void dropByFactors(Block<block>, const DropPlane<Element> &plane,                   \
                               const float *factors) {                                          \
    scalePlane<block>(plane, factors);                                                          \
  }                                                                                             \
  attribute void dropByMask(Block<block>, const DropPlane<Element> &plane, const uint8_t *mask, \
                            float scale) {                                                      \
    maskPlane<block>(plane, mask, scale);                                                       \
  }
DLDETECT_LAYOUTS(DLDETECT_ENTRIES)
#undef DLDETECT_ENTRIES

namespace {

template <typename Element, int block>
DropPlane<Element> planeOf(cb_extent extent, size_t item, cb_view x, cb_view y, uint64_t key) {
  const size_t area = size_t(extent.height) * extent.width;
  const size_t image = item / extent.blocks, channelBlock = item % extent.blocks;
  const auto at = [&](cb_view view) {
    return static_cast<Element *>(view.data) + image * view.image_stride +
           channelBlock * area * block;
  };
  return {at(x), at(y), area, uint32_t(channelBlock * block), PictureKey(key, image)};
}

template <int block, typename Element>
void multiplyByNormals(const DropPlane<Element> &p, int channels, float rate) {
  const float deviation = std::sqrt(rate / (1 - rate));
  for (int lane = 0; lane < block; ++lane) {
    const int channel = int(p.firstChannel) + lane;
    for (size_t cell = 0; cell < p.cells; ++cell) {
      const uint32_t place = uint32_t(channel) * uint32_t(p.cells) + uint32_t(cell);
      const float factor = channel < channels ? 1 + deviation * normal(p.key, place) : 0;
      fromFloat(toFloat(p.x[cell * block + lane]) * factor, p.y[cell * block + lane]);
    }
  }
}

template <typename Element, int block>
void dropout(cb_extent extent, int channels, cb_dropout_kind kind, uint64_t key, float rate,
             cb_view x, cb_view y) {
  const float kept = 1 / (1 - rate);
  parallelFor(size_t(extent.batch) * extent.blocks, [&](size_t item) {
    const auto plane = planeOf<Element, block>(extent, item, x, y, key);
    if (kind == CB_DROP_ELEMENTS) return dropPlane(Block<block>{}, plane, rate);
    if (kind == CB_DROP_GAUSSIAN) return multiplyByNormals<block>(plane, channels, rate);
    float factors[block];
    for (int lane = 0; lane < block; ++lane) {
      const uint32_t place = kind == CB_DROP_CHANNELS ? plane.firstChannel + lane : 0;
      factors[lane] = uniform(plane.key, place) < rate ? 0 : kept;
    }
    dropByFactors(Block<block>{}, plane, factors);
  });
}

/// One channel's squares; lanes lie `block` bytes apart.
void drawSquares(const PictureKey &key, uint32_t first, cb_extent extent, int height, int width,
                 float rate, int block, uint8_t *mask) {
  for (int top = 0; top + height <= extent.height; ++top)
    for (int left = 0; left + width <= extent.width; ++left) {
      if (!(uniform(key, first + top * extent.width + left) < rate)) continue;
      for (int row = top; row < top + height; ++row)
        for (int column = left; column < left + width; ++column)
          mask[size_t(row * extent.width + column) * block] = 0;
    }
}

template <typename Element, int block>
void squares(cb_extent extent, int channels, int height, int width, uint64_t key, float rate,
             uint8_t *mask, int32_t *counts) {
  const size_t area = size_t(extent.height) * extent.width;
  parallelFor(size_t(extent.batch) * extent.blocks, [&](size_t item) {
    uint8_t *plane = mask + item * area * block;
    std::memset(plane, 1, area * block);
    const PictureKey pictureKey(key, item / extent.blocks);
    const int first = int(item % extent.blocks) * block;
    int32_t count = 0;
    for (int lane = 0; lane < block && first + lane < channels; ++lane) {
      drawSquares(pictureKey, uint32_t(first + lane) * uint32_t(area), extent, height, width, rate,
                  block, plane + lane);
      for (size_t cell = 0; cell < area; ++cell) count += plane[cell * block + lane];
    }
    counts[item] = count;
  });
}

template <typename Element, int block>
void dropSquares(cb_extent extent, int channels, const uint8_t *mask, const int32_t *counts,
                 cb_view x, cb_view y) {
  const size_t area = size_t(extent.height) * extent.width;
  parallelFor(size_t(extent.batch) * extent.blocks, [&](size_t item) {
    const int32_t *own = counts + item / extent.blocks * extent.blocks;
    int64_t ones = 0;
    for (int at = 0; at < extent.blocks; ++at) ones += own[at];
    const float scale = float(area * channels) / float(ones > 0 ? ones : 1);
    dropByMask(Block<block>{}, planeOf<Element, block>(extent, item, x, y, 0),
               mask + item * area * block, scale);
  });
}

}  // namespace
}  // namespace dldetect

void cb_dropout(cb_extent extent, int channels, cb_dropout_kind kind, uint64_t key, float rate,
                cb_view x, cb_view y) {
  DLDETECT_FOR_LAYOUT(extent, dldetect::dropout, extent, channels, kind, key, rate, x, y);
}

void cb_draw_squares(cb_extent extent, int channels, int height, int width, uint64_t key,
                     float rate, uint8_t *mask, int32_t *counts) {
  DLDETECT_FOR_LAYOUT(extent, dldetect::squares, extent, channels, height, width, key, rate, mask,
                      counts);
}

void cb_drop_squares(cb_extent extent, int channels, const uint8_t *mask, const int32_t *counts,
                     cb_view x, cb_view y) {
  DLDETECT_FOR_LAYOUT(extent, dldetect::dropSquares, extent, channels, mask, counts, x, y);
}
