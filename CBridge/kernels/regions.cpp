// Region pooling: the forward pass goes by regions, the backward pass by channel blocks, each of
// which sums over its picture's regions in their order.
#include "kernels/regions.h"

#include <cstring>

#include "kernels/tiles.h"
#include "kernels/vector.h"

namespace dldetect {
namespace {

/// Channel blocks that are sampled together: their sums stay in registers.
constexpr int blocksTogether = 4;
/// Samples of a row of bins whose places are kept; further ones are computed again.
constexpr int keptSamples = 256;

/// The samples of all bins of a row of bins.
struct RowSamples {
  const BinAxis &axis;
  int kept;
  Sample samples[keptSamples];

  RowSamples(const BinAxis &axis, int bins)
      : axis(axis), kept(std::min(keptSamples, bins * axis.samples)) {
    for (int index = 0; index < kept; ++index)
      samples[index] = axis.sample(index / axis.samples, index % axis.samples);
  }

  Sample at(int bin, int index) const {
    const int place = bin * axis.samples + index;
    return place < kept ? samples[place] : axis.sample(bin, index);
  }
};

/// A region on its map, and where its bins' results lie.
struct AlignedRegion {
  const BinAxis &y;
  const RowSamples &x;
  int binsHeight, binsWidth;
  size_t plane;               // elements from one channel block of the map to the next
  size_t binStep, blockStep;  // elements of the result from one to the next
};

/// `together` channel blocks of one bin.
template <int block, int together, typename Element>
DLDETECT_INLINE void alignBin(const Element *map, const AlignedRegion &region, int row, int column,
                              Element *result) {
  using Float = typename Lanes<block>::Float;
  Float sums[together] = {};
  const int width = region.x.axis.size;
  for (int v = 0; v < region.y.samples; ++v) {
    const Sample y = region.y.sample(row, v);
    if (y.lowWeight + y.highWeight == 0) continue;
    const Element *low = map + size_t(y.low) * width * block;
    const Element *high = map + size_t(y.high) * width * block;
    for (int u = 0; u < region.x.axis.samples; ++u) {
      const Sample x = region.x.at(column, u);
      const float a = y.lowWeight * x.lowWeight, b = y.lowWeight * x.highWeight;
      const float c = y.highWeight * x.lowWeight, d = y.highWeight * x.highWeight;
      for (int index = 0; index < together; ++index) {
        const size_t left = index * region.plane + size_t(x.low) * block;
        const size_t right = index * region.plane + size_t(x.high) * block;
        sums[index] += load<block>(low + left).lanes * a + load<block>(low + right).lanes * b +
                       load<block>(high + left).lanes * c + load<block>(high + right).lanes * d;
      }
    }
  }
  const float share = 1.0f / float(std::max(1, region.y.samples * region.x.axis.samples));
  for (int index = 0; index < together; ++index)
    store<block>(result + index * region.blockStep, sums[index] * share);
}

/// `together` channel blocks of all bins.
template <int block, int together, typename Element>
DLDETECT_INLINE void alignBins(const Element *map, const AlignedRegion &region, Element *result) {
  for (int row = 0; row < region.binsHeight; ++row)
    for (int column = 0; column < region.binsWidth; ++column)
      alignBin<block, together>(map, region, row, column,
                                result + size_t(row * region.binsWidth + column) * region.binStep);
}

/// Adds what one channel block's results' gradients give to its map's gradient, in f32.
template <int block, typename Element>
DLDETECT_INLINE void spreadBins(const Element *gradient, const AlignedRegion &region, float *map) {
  using Float = typename Lanes<block>::Float;
  const int width = region.x.axis.size;
  const float share = 1.0f / float(std::max(1, region.y.samples * region.x.axis.samples));
  for (int row = 0; row < region.binsHeight; ++row) {
    for (int v = 0; v < region.y.samples; ++v) {
      const Sample y = region.y.sample(row, v);
      if (y.lowWeight + y.highWeight == 0) continue;
      float *low = map + size_t(y.low) * width * block;
      float *high = map + size_t(y.high) * width * block;
      for (int column = 0; column < region.binsWidth; ++column) {
        const Float value =
            load<block>(gradient + size_t(row * region.binsWidth + column) * region.binStep).lanes *
            share;
        const Float upper = value * y.lowWeight, lower = value * y.highWeight;
        for (int u = 0; u < region.x.axis.samples; ++u) {
          const Sample x = region.x.at(column, u);
          const size_t left = size_t(x.low) * block, right = size_t(x.high) * block;
          store<block>(low + left, load<block>(low + left).lanes + upper * x.lowWeight);
          store<block>(low + right, load<block>(low + right).lanes + upper * x.highWeight);
          store<block>(high + left, load<block>(high + left).lanes + lower * x.lowWeight);
          store<block>(high + right, load<block>(high + right).lanes + lower * x.highWeight);
        }
      }
    }
  }
}

/// One channel block of one bin; NaN wins once and for all.
template <int block, typename Element>
DLDETECT_INLINE void maxBin(const Element *map, CellSpan rows, CellSpan columns, int width,
                            Element *result, int32_t *winners) {
  using Float = typename Lanes<block>::Float;
  using Int = typename Lanes<block>::Int;
  Float best = Float{} - __builtin_inff();
  Int at = Int{} - 1;
  for (int row = rows.begin; row < rows.end; ++row)
    for (int column = columns.begin; column < columns.end; ++column) {
      const int cell = row * width + column;
      const Float value = load<block>(map + size_t(cell) * block).lanes;
      const Int wins = (~(value <= best) & (best == best)) | (at == -1);
      best = wins ? value : best;
      at = wins ? Int{} + cell : at;
    }
  store<block>(result, at == -1 ? Float{} : best);
  if (winners) *reinterpret_cast<Int *>(winners) = at;
}

template <int block, typename Element>
DLDETECT_INLINE void addWinners(const Element *gradient, const int32_t *winners, float *map) {
  for (int lane = 0; lane < block; ++lane)
    if (winners[lane] >= 0) map[size_t(winners[lane]) * block + lane] += toFloat(gradient[lane]);
}

}  // namespace

#define DLDETECT_ENTRIES(block, Element, attribute)                                               \
  attribute void alignBlocks(Block<block>, const Element *map, const AlignedRegion &region,       \
                             int blocks, Element *result) {                                       \
    int first = 0;                                                                                \
    for (; first + blocksTogether <= blocks; first += blocksTogether)                             \
      alignBins<block, blocksTogether>(map + first * region.plane, region,                        \
                                       result + first * region.blockStep);                        \
    for (; first < blocks; ++first)                                                               \
      alignBins<block, 1>(map + first * region.plane, region, result + first * region.blockStep); \
  }                                                                                               \
  attribute void spreadRegion(Block<block>, const Element *gradient, const AlignedRegion &region, \
                              float *map) {                                                       \
    spreadBins<block>(gradient, region, map);                                                     \
  }                                                                                               \
  attribute void maxRegion(Block<block>, const Element *map, CellSpan rows, CellSpan columns,     \
                           int width, Element *result, int32_t *winners) {                        \
    maxBin<block>(map, rows, columns, width, result, winners);                                    \
  }                                                                                               \
  attribute void roundPlane(Block<block>, const float *sums, size_t cells, Element *result) {     \
    for (size_t at = 0; at < cells * block; at += block)                                          \
      store<block>(result + at, load<block>(sums + at).lanes);                                    \
  }
DLDETECT_LAYOUTS(DLDETECT_ENTRIES)
#undef DLDETECT_ENTRIES

namespace {

/// The results of a region pooling: [N, bins·blocks, capacity, b].
template <typename Element, int block>
struct Results {
  const cb_regions &regions;
  cb_view view;

  int blocks() const { return regions.maps[0].extent.blocks; }
  int bins() const { return regions.bins_height * regions.bins_width; }
  size_t blockStride() const { return size_t(regions.capacity) * block; }
  size_t binStride() const { return blocks() * blockStride(); }

  Element *at(size_t image, int slot) const {
    return static_cast<Element *>(view.data) + image * view.image_stride + size_t(slot) * block;
  }
};

/// A picture's first channel block in a map.
template <typename Element>
Element *picture(const cb_region_map &map, size_t image) {
  return static_cast<Element *>(map.view.data) + image * map.view.image_stride;
}

template <int block>
size_t planeOf(const cb_extent &extent) {
  return size_t(extent.height) * extent.width * block;
}

/// Calls body(image, slot) for every slot on the team. Slots are dealt out in turn: the empty ones
/// are a picture's last.
template <typename Body>
void forEachSlot(const cb_regions &regions, const Body &body) {
  const size_t together = 4;
  const size_t count = size_t(regions.maps[0].extent.batch) * regions.capacity;
  const size_t pieces = (count + together - 1) / together;
  onTeam([&](int part, int parts) {
    for (size_t piece = part; piece < pieces; piece += parts)
      for (size_t index = piece * together; index < std::min(count, (piece + 1) * together);
           ++index)
        body(index / regions.capacity, int(index % regions.capacity));
  });
}

/// Calls body(region on its map) with what both passes of aligning need.
template <typename Element, int block, typename Body>
void withAligned(const cb_regions &regions, const Region &region, int samples, bool aligned,
                 const Results<Element, block> &results, const Body &body) {
  const cb_extent extent = regions.maps[region.map].extent;
  const BinAxis y(region.top, region.bottom, regions.bins_height, samples, aligned, extent.height);
  const BinAxis x(region.left, region.right, regions.bins_width, samples, aligned, extent.width);
  const RowSamples row(x, regions.bins_width);
  body(AlignedRegion{y, row, regions.bins_height, regions.bins_width, planeOf<block>(extent),
                     results.binStride(), results.blockStride()});
}

template <typename Element, int block>
void clearSlot(const Results<Element, block> &results, size_t image, int slot, int32_t *winners) {
  for (int index = 0; index < results.bins() * results.blocks(); ++index) {
    memset(results.at(image, slot) + index * results.blockStride(), 0, block * sizeof(Element));
    if (winners) memset(winners + index * results.blockStride(), 0xff, block * sizeof(int32_t));
  }
}

template <typename Element, int block>
void alignForward(const cb_regions &regions, int samples, bool aligned, cb_view y) {
  const Results<Element, block> results{regions, y};
  forEachSlot(regions, [&](size_t image, int slot) {
    Region region;
    if (!readRegion(regions, image, slot, region)) return clearSlot(results, image, slot, nullptr);
    const Element *map = picture<Element>(regions.maps[region.map], image);
    withAligned(regions, region, samples, aligned, results, [&](const AlignedRegion &bins) {
      alignBlocks(Block<block>{}, map, bins, results.blocks(), results.at(image, slot));
    });
  });
}

template <typename Element, int block>
void maxForward(const cb_regions &regions, cb_view y, int32_t *winners) {
  const Results<Element, block> results{regions, y};
  const size_t imageWinners = results.bins() * results.binStride();
  forEachSlot(regions, [&](size_t image, int slot) {
    int32_t *ours = winners ? winners + image * imageWinners + size_t(slot) * block : nullptr;
    Region region;
    if (!readRegion(regions, image, slot, region)) return clearSlot(results, image, slot, ours);
    const cb_extent extent = regions.maps[region.map].extent;
    const Element *map = picture<Element>(regions.maps[region.map], image);
    for (int bin = 0; bin < results.bins(); ++bin) {
      const CellSpan rows = roundedCells(region.top, region.bottom, bin / regions.bins_width,
                                         regions.bins_height, extent.height);
      const CellSpan columns = roundedCells(region.left, region.right, bin % regions.bins_width,
                                            regions.bins_width, extent.width);
      for (int index = 0; index < results.blocks(); ++index) {
        const size_t at = bin * results.binStride() + index * results.blockStride();
        maxRegion(Block<block>{}, map + index * planeOf<block>(extent), rows, columns, extent.width,
                  results.at(image, slot) + at, ours ? ours + at : nullptr);
      }
    }
  });
}

/// Fills one channel block's gradients: add(image, block index, slot, region, map's plane) for each
/// region. Sums are taken in f32: in the gradient itself, or in scratch.
template <typename Element, int block, typename Add>
void forEachGradient(const cb_regions &regions, float *scratch, const Add &add) {
  const cb_extent first = regions.maps[0].extent;
  size_t largest = 0;
  for (int index = 0; index < regions.map_count; ++index)
    largest = std::max(largest, planeOf<block>(regions.maps[index].extent));
  parallelFor(size_t(first.batch) * first.blocks, [&](size_t item) {
    const size_t image = item / first.blocks, index = item % first.blocks;
    for (int level = 0; level < regions.map_count; ++level) {
      const cb_region_map &map = regions.maps[level];
      if (!map.view.data) continue;
      const size_t plane = planeOf<block>(map.extent);
      Element *result = picture<Element>(map, image) + index * plane;
      constexpr bool isFloat = sizeof(Element) == sizeof(float);
      float *sums = isFloat ? reinterpret_cast<float *>(result) : scratch + item * largest;
      memset(sums, 0, plane * sizeof(float));
      for (int slot = 0; slot < regions.capacity; ++slot) {
        Region region;
        if (readRegion(regions, image, slot, region) && region.map == level)
          add(image, index, slot, region, sums);
      }
      if (!isFloat) roundPlane(Block<block>{}, sums, plane / block, result);
    }
  });
}

template <typename Element, int block>
void alignBackward(const cb_regions &regions, int samples, bool aligned, cb_view dy,
                   float *scratch) {
  const Results<Element, block> results{regions, dy};
  forEachGradient<Element, block>(
      regions, scratch,
      [&](size_t image, size_t index, int slot, const Region &region, float *sums) {
        const Element *gradient = results.at(image, slot) + index * results.blockStride();
        withAligned(regions, region, samples, aligned, results, [&](const AlignedRegion &bins) {
          spreadRegion(Block<block>{}, gradient, bins, sums);
        });
      });
}

template <typename Element, int block>
void maxBackward(const cb_regions &regions, const int32_t *winners, cb_view dy, float *scratch) {
  const Results<Element, block> results{regions, dy};
  const size_t imageWinners = results.bins() * results.binStride();
  forEachGradient<Element, block>(
      regions, scratch, [&](size_t image, size_t index, int slot, const Region &, float *sums) {
        const size_t first = index * results.blockStride();
        const Element *gradient = results.at(image, slot) + first;
        const int32_t *ours = winners + image * imageWinners + size_t(slot) * block + first;
        for (int bin = 0; bin < results.bins(); ++bin)
          addWinners<block>(gradient + bin * results.binStride(), ours + bin * results.binStride(),
                            sums);
      });
}

}  // namespace
}  // namespace dldetect

void cb_region_align_forward(cb_regions regions, int samples, bool aligned, cb_view y) {
  DLDETECT_FOR_LAYOUT(regions.maps[0].extent, dldetect::alignForward, regions, samples, aligned, y);
}

size_t cb_region_scratch(cb_regions regions) {
  const cb_extent first = regions.maps[0].extent;
  if (first.type == CB_F32) return 0;
  size_t largest = 0;
  for (int index = 0; index < regions.map_count; ++index) {
    const cb_extent extent = regions.maps[index].extent;
    largest = std::max(largest, size_t(extent.height) * extent.width * 16);
  }
  return size_t(first.batch) * first.blocks * largest;
}

void cb_region_align_backward(cb_regions regions, int samples, bool aligned, cb_view dy,
                              float *scratch) {
  DLDETECT_FOR_LAYOUT(regions.maps[0].extent, dldetect::alignBackward, regions, samples, aligned,
                      dy, scratch);
}

void cb_region_max_forward(cb_regions regions, cb_view y, int32_t *winners) {
  DLDETECT_FOR_LAYOUT(regions.maps[0].extent, dldetect::maxForward, regions, y, winners);
}

void cb_region_max_backward(cb_regions regions, const int32_t *winners, cb_view dy,
                            float *scratch) {
  DLDETECT_FOR_LAYOUT(regions.maps[0].extent, dldetect::maxBackward, regions, winners, dy, scratch);
}
