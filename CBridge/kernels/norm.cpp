// The normalisation family: statistics; normalise, activate and add; and the two backward passes.
#include <cmath>

#include "kernels/activation.h"
#include "kernels/tiles.h"
#include "kernels/vector.h"

namespace dldetect {
namespace {

template <typename Element>
struct Plane {
  const Element *x, *dy, *dySecond, *before, *after;
  Element *y, *second;
  size_t cells;
};

struct Channel {
  const float *scale, *shift, *mean, *inverseDeviation, *byX, *constant, *learned;
  float number;
};

/// The activation's own number of each channel.
template <int block>
DLDETECT_INLINE Packed<block> numberOf(const Channel &c) {
  if (c.learned) return load<block>(c.learned);
  return {typename Lanes<block>::Float{} + c.number};
}

// Cells that are summed in f32 before the sum joins one in f64.
constexpr size_t cellsInRun = 64;

/// Adds a run's two sums to a tile's totals.
template <int block>
DLDETECT_INLINE void flush(typename Lanes<block>::Float &first,
                           typename Lanes<block>::Float &second,
                           typename Lanes<block>::Double &firstTotal,
                           typename Lanes<block>::Double &secondTotal) {
  using Double = typename Lanes<block>::Double;
  firstTotal += __builtin_convertvector(first, Double);
  secondTotal += __builtin_convertvector(second, Double);
  first = {};
  second = {};
}

template <int block>
DLDETECT_INLINE void storeSums(double *sums, const typename Lanes<block>::Double &first,
                               const typename Lanes<block>::Double &second) {
  __builtin_memcpy(sums, &first, sizeof first);
  __builtin_memcpy(sums + block, &second, sizeof second);
}

template <int block, typename Element>
DLDETECT_INLINE void sumTile(const Element *x, size_t cells, double *sums) {
  using Float = typename Lanes<block>::Float;
  typename Lanes<block>::Double total{}, squares{};
  // Sums are taken around the tile's first cell: squares then lose nothing to a large mean. Four at
  // a time, since each addition waits for the one before.
  const Float origin = load<block>(x).lanes;
  for (size_t begin = 0; begin < cells; begin += cellsInRun) {
    const size_t end = begin + cellsInRun < cells ? begin + cellsInRun : cells;
    Float first[4] = {}, second[4] = {};
    size_t cell = begin;
    for (; cell + 4 <= end; cell += 4)
      for (int i = 0; i < 4; ++i) {
        const Float value = load<block>(x + (cell + i) * block).lanes - origin;
        first[i] += value;
        second[i] += value * value;
      }
    for (; cell < end; ++cell) {
      const Float value = load<block>(x + cell * block).lanes - origin;
      first[0] += value;
      second[0] += value * value;
    }
    Float sum = (first[0] + first[1]) + (first[2] + first[3]);
    Float sumOfSquares = (second[0] + second[1]) + (second[2] + second[3]);
    flush<block>(sum, sumOfSquares, total, squares);
  }
  storeSums<block>(sums, total, squares);
}

template <int block, cb_function function, typename Element>
DLDETECT_INLINE void forwardTile(const Plane<Element> &p, const Channel &c) {
  using Float = typename Lanes<block>::Float;
  const Float number = numberOf<block>(c).lanes;
  const Float scale = load<block>(c.scale).lanes, shift = load<block>(c.shift).lanes;
  for (size_t cell = 0; cell < p.cells; ++cell) {
    const size_t at = cell * block;
    Float z = load<block>(p.x + at).lanes * scale + shift;
    if (p.before) z += load<block>(p.before + at).lanes;
    Float y = activate<block, function, Element>(z, number).lanes;
    if (p.after) y += load<block>(p.after + at).lanes;
    store<block>(p.y + at, y);
    if (p.second) store<block>(p.second + at, y);
  }
}

/// z of one cell; dy of it is left in `dy`.
template <int block, typename Element>
DLDETECT_INLINE Packed<block> argument(const Plane<Element> &p, size_t at,
                                       const typename Lanes<block>::Float &x,
                                       const typename Lanes<block>::Float &scale,
                                       const typename Lanes<block>::Float &shift,
                                       typename Lanes<block>::Float &dy) {
  using Float = typename Lanes<block>::Float;
  dy = load<block>(p.dy + at).lanes;
  if (p.dySecond) dy += load<block>(p.dySecond + at).lanes;
  Float z = x * scale + shift;
  if (p.before) z += load<block>(p.before + at).lanes;
  return {z};
}

/// dz = f'(z)·dy of one cell.
template <int block, cb_function function, typename Element>
DLDETECT_INLINE Packed<block> innerGradient(const Plane<Element> &p, size_t at,
                                            const typename Lanes<block>::Float &x,
                                            const typename Lanes<block>::Float &scale,
                                            const typename Lanes<block>::Float &shift,
                                            const typename Lanes<block>::Float &number) {
  using Float = typename Lanes<block>::Float;
  Float dy;
  const Float z = argument<block>(p, at, x, scale, shift, dy).lanes;
  return derive<block, function, Element>(z, dy, number);
}

template <int block, cb_function function, typename Element>
DLDETECT_INLINE void reduceTile(const Plane<Element> &p, const Channel &c, double *sums) {
  using Float = typename Lanes<block>::Float;
  const Float number = numberOf<block>(c).lanes;
  const Float scale = load<block>(c.scale).lanes, shift = load<block>(c.shift).lanes;
  const Float mean = load<block>(c.mean).lanes, inverse = load<block>(c.inverseDeviation).lanes;
  typename Lanes<block>::Double total{}, products{};
  Float first{}, second{};
  for (size_t begin = 0; begin < p.cells; begin += cellsInRun) {
    const size_t end = begin + cellsInRun < p.cells ? begin + cellsInRun : p.cells;
    for (size_t cell = begin; cell < end; ++cell) {
      const Float x = load<block>(p.x + cell * block).lanes;
      const Float dz =
          innerGradient<block, function>(p, cell * block, x, scale, shift, number).lanes;
      first += dz;
      second += dz * ((x - mean) * inverse);
    }
    flush<block>(first, second, total, products);
  }
  storeSums<block>(sums, total, products);
}

/// Sums of what learned numbers change.
template <int block, cb_function function, typename Element>
DLDETECT_INLINE void learnedTile(const Plane<Element> &p, const Channel &c, double *sums) {
  using Float = typename Lanes<block>::Float;
  const Float number = numberOf<block>(c).lanes;
  const Float scale = load<block>(c.scale).lanes, shift = load<block>(c.shift).lanes;
  typename Lanes<block>::Double total{}, none{};
  Float sum{}, zero{};
  for (size_t begin = 0; begin < p.cells; begin += cellsInRun) {
    const size_t end = begin + cellsInRun < p.cells ? begin + cellsInRun : p.cells;
    for (size_t cell = begin; cell < end; ++cell) {
      const size_t at = cell * block;
      Float dy;
      const Float x = load<block>(p.x + at).lanes;
      const Float z = argument<block>(p, at, x, scale, shift, dy).lanes;
      sum += deriveByNumber<block, function, Element>(z, dy, number).lanes;
    }
    flush<block>(sum, zero, total, none);
  }
  storeSums<block>(sums, total, none);
}

template <int block, cb_function function, typename Element>
DLDETECT_INLINE void applyTile(const Plane<Element> &p, const Channel &c) {
  using Float = typename Lanes<block>::Float;
  const Float number = numberOf<block>(c).lanes;
  const Float scale = load<block>(c.scale).lanes, shift = load<block>(c.shift).lanes;
  const Float byX = load<block>(c.byX).lanes, constant = load<block>(c.constant).lanes;
  for (size_t cell = 0; cell < p.cells; ++cell) {
    const size_t at = cell * block;
    const Float x = load<block>(p.x + at).lanes;
    const Float dz = innerGradient<block, function>(p, at, x, scale, shift, number).lanes;
    if (p.second) store<block>(p.second + at, dz);
    store<block>(p.y + at, dz * scale + x * byX + constant);
  }
}

}  // namespace

// Entry points of one tile, compiled for each instruction set.

// clang-format off
#define DLDETECT_ENTRIES(block, Element, attribute)                                          \
  attribute void normSum(Block<block>, const Element *x, size_t cells, double *sums) {       \
    sumTile<block>(x, cells, sums);                                                          \
  }                                                                                          \
  attribute void normForward(Block<block>, cb_function function, const Plane<Element> &plane, \
                             const Channel &channel) {                                       \
    DLDETECT_FOR_FUNCTION(function, forwardTile, block, plane, channel)                      \
  }                                                                                          \
  attribute void normReduce(Block<block>, cb_function function, const Plane<Element> &plane, \
                            const Channel &channel, double *sums) {                          \
    DLDETECT_FOR_FUNCTION(function, reduceTile, block, plane, channel, sums)                 \
  }                                                                                          \
  attribute void normLearned(Block<block>, cb_function function, const Plane<Element> &plane, \
                             const Channel &channel, double *sums) {                         \
    if (function == CB_SWISH)                                                                \
      learnedTile<block, CB_SWISH>(plane, channel, sums);                                    \
    else                                                                                     \
      learnedTile<block, CB_LEAKY_RELU>(plane, channel, sums);                               \
  }                                                                                          \
  attribute void normApply(Block<block>, cb_function function, const Plane<Element> &plane,  \
                           const Channel &channel) {                                         \
    DLDETECT_FOR_FUNCTION(function, applyTile, block, plane, channel)                        \
  }
// clang-format on
DLDETECT_LAYOUTS(DLDETECT_ENTRIES)
#undef DLDETECT_ENTRIES

namespace {

/// A tile's two sums for each channel of its block.
template <int block>
double *sumsOf(float *scratch, const Tiling &tiling, const Tile &tile) {
  return reinterpret_cast<double *>(scratch) +
         (tile.channelBlock * tiling.tilesInBlock() + tile.index) * 2 * block;
}

/// Of one channel block over `images` images from `first` on.
///
/// Tiles are merged as in Chan, Golub, LeVeque: Updating Formulae and a Pairwise Algorithm for
/// Computing Sample Variances, 1979, eq. 2.1.
template <typename Element, int block>
void mergeTiles(const Tiling &tiling, cb_view x, float *scratch, size_t channelBlock, size_t first,
                size_t images, float *mean, float *variance) {
  for (int lane = 0; lane < block; ++lane) {
    double count = 0, total = 0, deviation = 0;
    for (size_t image = first; image < first + images; ++image) {
      for (size_t part = 0; part < tiling.tilesInPlane; ++part) {
        const Tile tile = tiling.tile(image, channelBlock, part);
        const double *sums = sumsOf<block>(scratch, tiling, tile);
        const double cells = tile.cells;
        const double origin = toFloat(at<Element, block>(x, tiling, tile)[lane]);
        const double tileMean = origin + sums[lane] / cells;
        const double tileDeviation = sums[block + lane] - sums[lane] * sums[lane] / cells;
        const double difference = count > 0 ? tileMean - total / count : 0;
        deviation += tileDeviation + difference * difference * count * cells / (count + cells);
        total += tileMean * cells;
        count += cells;
      }
    }
    mean[lane] = float(total / count);
    variance[lane] = float(deviation > 0 ? deviation / count : 0);
  }
}

template <typename Element, int block>
void statistics(cb_extent extent, size_t stride, cb_view x, float *scratch, float *mean,
                float *variance) {
  const Tiling tiling(extent);
  tiling.forEach([&](const Tile &tile) {
    normSum(Block<block>{}, at<Element, block>(x, tiling, tile), tile.cells,
            sumsOf<block>(scratch, tiling, tile));
  });
  const size_t runs = stride ? tiling.batch : 1, images = tiling.batch / runs;
  for (size_t run = 0; run < runs; ++run) {
    for (size_t channelBlock = 0; channelBlock < tiling.blocks; ++channelBlock) {
      const size_t target = run * stride + channelBlock * block;
      mergeTiles<Element, block>(tiling, x, scratch, channelBlock, run * images, images,
                                 mean + target, variance + target);
    }
  }
}

template <int block>
Channel channelAt(const Tile &tile, size_t stride, cb_activation activation, const float *scale,
                  const float *shift, const float *mean = nullptr, const float *inverse = nullptr,
                  const float *byX = nullptr, const float *constant = nullptr) {
  const size_t first = tile.channelBlock * block;
  const auto offset = [&](const float *vector) {
    return vector ? vector + tile.image * stride + first : nullptr;
  };
  return {offset(scale),
          offset(shift),
          offset(mean),
          offset(inverse),
          offset(byX),
          offset(constant),
          activation.learned ? activation.learned + first : nullptr,
          activation.number};
}

/// What a norm's result is made of besides its vectors.
struct Forward {
  cb_view x;
  cb_activation activation;
  cb_view before, after, y, second;
};

template <typename Element, int block>
void forwardAt(const Tiling &tiling, const Tile &tile, const Forward &f, size_t stride,
               const float *scale, const float *shift) {
  const Plane<Element> plane{at<Element, block>(f.x, tiling, tile),
                             nullptr,
                             nullptr,
                             at<Element, block>(f.before, tiling, tile),
                             at<Element, block>(f.after, tiling, tile),
                             at<Element, block>(f.y, tiling, tile),
                             at<Element, block>(f.second, tiling, tile),
                             tile.cells};
  const auto channel = channelAt<block>(tile, stride, f.activation, scale, shift);
  normForward(Block<block>{}, f.activation.function, plane, channel);
}

template <typename Element, int block>
void forward(cb_extent extent, size_t stride, const Forward &f, const float *scale,
             const float *shift) {
  const Tiling tiling(extent);
  tiling.forEach(
      [&](const Tile &tile) { forwardAt<Element, block>(tiling, tile, f, stride, scale, shift); });
}

/// The group norm of one image's `count` channel blocks from `first` on, which hold whole groups.
template <typename Element, int block>
void groupsForward(const Tiling &tiling, size_t image, size_t first, size_t count,
                   const cb_group_norm &norm, const Forward &f, float *scratch, float *mean,
                   float *inverse, float *scale, float *shift) {
  const size_t stride = tiling.blocks * block, origin = image * stride;
  const auto forEachTile = [&](const auto &body) {
    for (size_t at = first; at < first + count; ++at)
      for (size_t part = 0; part < tiling.tilesInPlane; ++part) body(tiling.tile(image, at, part));
  };
  forEachTile([&](const Tile &tile) {
    normSum(Block<block>{}, at<Element, block>(f.x, tiling, tile), tile.cells,
            sumsOf<block>(scratch, tiling, tile));
  });
  for (size_t at = first; at < first + count; ++at) {
    const size_t place = origin + at * block;
    mergeTiles<Element, block>(tiling, f.x, scratch, at, image, 1, mean + place, inverse + place);
  }
  const size_t width = norm.channels / norm.groups, end = (first + count) * block;
  for (size_t channel = first * block; channel < end; ++channel) {
    const size_t place = origin + channel;
    if (channel >= size_t(norm.channels)) {
      mean[place] = inverse[place] = scale[place] = shift[place] = 0;
      continue;
    }
    if (channel % width == 0) {
      // Channels have as many cells each.
      double centre = 0, variance = 0;
      for (size_t i = 0; i < width; ++i) centre += mean[place + i];
      centre /= width;
      for (size_t i = 0; i < width; ++i) {
        const double difference = mean[place + i] - centre;
        variance += inverse[place + i] + difference * difference;
      }
      const float deviation = 1 / std::sqrt(float(variance / width) + norm.epsilon);
      for (size_t i = 0; i < width; ++i) {
        mean[place + i] = float(centre);
        inverse[place + i] = deviation;
      }
    }
    scale[place] = norm.weight[channel] * inverse[place];
    shift[place] = norm.bias[channel] - mean[place] * scale[place];
  }
  forEachTile(
      [&](const Tile &tile) { forwardAt<Element, block>(tiling, tile, f, stride, scale, shift); });
}

/// Blocks whose groups are their own are normalised while they are still in the cache.
template <typename Element, int block>
void groupForward(cb_extent extent, const cb_group_norm &norm, const Forward &f, float *scratch,
                  float *mean, float *inverse, float *scale, float *shift) {
  const Tiling tiling(extent);
  const size_t width = norm.channels / norm.groups;
  const size_t run = width % block == 0 ? width / block : block % width == 0 ? 1 : tiling.blocks;
  const size_t runs = (tiling.blocks + run - 1) / run;
  parallelFor(tiling.batch * runs, [&](size_t item) {
    groupsForward<Element, block>(tiling, item / runs, item % runs * run, run, norm, f, scratch,
                                  mean, inverse, scale, shift);
  });
}

/// The sums of all tiles, for each channel; with a stride, of each image.
template <int block>
void addUp(const Tiling &tiling, size_t stride, const float *scratch, float *first, float *second) {
  const double *sums = reinterpret_cast<const double *>(scratch);
  const size_t runs = stride ? tiling.batch : 1, tiles = tiling.tilesInBlock() / runs;
  for (size_t channelBlock = 0; channelBlock < tiling.blocks; ++channelBlock) {
    for (size_t run = 0; run < runs; ++run) {
      double totals[2 * block] = {};
      for (size_t tile = 0; tile < tiles; ++tile, sums += 2 * block)
        for (int lane = 0; lane < 2 * block; ++lane) totals[lane] += sums[lane];
      const size_t target = run * stride + channelBlock * block;
      for (int lane = 0; lane < block; ++lane) {
        first[target + lane] = float(totals[lane]);
        if (second) second[target + lane] = float(totals[block + lane]);
      }
    }
  }
}

template <typename Element, int block>
void backwardReduce(cb_extent extent, size_t stride, cb_view x, cb_view dy, cb_view dySecond,
                    cb_view before, const float *scale, const float *shift, const float *mean,
                    const float *inverse, cb_activation activation, float *scratch, float *sumDz,
                    float *sumDzx) {
  const Tiling tiling(extent);
  tiling.forEach([&](const Tile &tile) {
    const Plane<Element> plane{at<Element, block>(x, tiling, tile),
                               at<Element, block>(dy, tiling, tile),
                               at<Element, block>(dySecond, tiling, tile),
                               at<Element, block>(before, tiling, tile),
                               nullptr,
                               nullptr,
                               nullptr,
                               tile.cells};
    const auto channel = channelAt<block>(tile, stride, activation, scale, shift, mean, inverse);
    normReduce(Block<block>{}, activation.function, plane, channel,
               sumsOf<block>(scratch, tiling, tile));
  });
  addUp<block>(tiling, stride, scratch, sumDz, sumDzx);
}

template <typename Element, int block>
void backwardLearned(cb_extent extent, size_t stride, cb_view x, cb_view dy, cb_view dySecond,
                     cb_view before, const float *scale, const float *shift,
                     cb_activation activation, float *scratch, float *sum) {
  const Tiling tiling(extent);
  tiling.forEach([&](const Tile &tile) {
    const Plane<Element> plane{at<Element, block>(x, tiling, tile),
                               at<Element, block>(dy, tiling, tile),
                               at<Element, block>(dySecond, tiling, tile),
                               at<Element, block>(before, tiling, tile),
                               nullptr,
                               nullptr,
                               nullptr,
                               tile.cells};
    const auto channel = channelAt<block>(tile, stride, activation, scale, shift);
    normLearned(Block<block>{}, activation.function, plane, channel,
                sumsOf<block>(scratch, tiling, tile));
  });
  addUp<block>(tiling, 0, scratch, sum, nullptr);
}

template <typename Element, int block>
void backwardApply(cb_extent extent, size_t stride, cb_view x, cb_view dy, cb_view dySecond,
                   cb_view before, const float *scale, const float *shift, const float *byX,
                   const float *constant, cb_activation activation, cb_view dx,
                   cb_view beforeGradient) {
  const Tiling tiling(extent);
  tiling.forEach([&](const Tile &tile) {
    const Plane<Element> plane{at<Element, block>(x, tiling, tile),
                               at<Element, block>(dy, tiling, tile),
                               at<Element, block>(dySecond, tiling, tile),
                               at<Element, block>(before, tiling, tile),
                               nullptr,
                               at<Element, block>(dx, tiling, tile),
                               at<Element, block>(beforeGradient, tiling, tile),
                               tile.cells};
    const auto channel =
        channelAt<block>(tile, stride, activation, scale, shift, nullptr, nullptr, byX, constant);
    normApply(Block<block>{}, activation.function, plane, channel);
  });
}

}  // namespace
}  // namespace dldetect

size_t cb_reduction_scratch(cb_extent extent) {
  const dldetect::Tiling tiling(extent);
  return tiling.blocks * tiling.tilesInBlock() * 2 * cb_channel_block() * sizeof(double) /
         sizeof(float);
}

void cb_norm_statistics(cb_extent extent, size_t stride, cb_view x, float *scratch, float *mean,
                        float *variance) {
  DLDETECT_FOR_LAYOUT(extent, dldetect::statistics, extent, stride, x, scratch, mean, variance);
}

void cb_norm_forward(cb_extent extent, size_t stride, cb_view x, const float *scale,
                     const float *shift, cb_activation activation, cb_view before, cb_view after,
                     cb_view y, cb_view second) {
  const dldetect::Forward all{x, activation, before, after, y, second};
  DLDETECT_FOR_LAYOUT(extent, dldetect::forward, extent, stride, all, scale, shift);
}

void cb_group_norm_forward(cb_extent extent, cb_group_norm norm, cb_view x, float *scratch,
                           float *mean, float *inverse_deviation, float *scale, float *shift,
                           cb_activation activation, cb_view before, cb_view after, cb_view y,
                           cb_view second) {
  const dldetect::Forward all{x, activation, before, after, y, second};
  DLDETECT_FOR_LAYOUT(extent, dldetect::groupForward, extent, norm, all, scratch, mean,
                      inverse_deviation, scale, shift);
}

void cb_norm_backward_reduce(cb_extent extent, size_t stride, cb_view x, cb_view dy,
                             cb_view dy_second, cb_view before, const float *scale,
                             const float *shift, const float *mean, const float *inverse_deviation,
                             cb_activation activation, float *scratch, float *sum_dz,
                             float *sum_dzx) {
  DLDETECT_FOR_LAYOUT(extent, dldetect::backwardReduce, extent, stride, x, dy, dy_second, before,
                      scale, shift, mean, inverse_deviation, activation, scratch, sum_dz, sum_dzx);
}

void cb_norm_backward_apply(cb_extent extent, size_t stride, cb_view x, cb_view dy,
                            cb_view dy_second, cb_view before, const float *scale,
                            const float *shift, const float *by_x, const float *constant,
                            cb_activation activation, cb_view dx, cb_view before_gradient) {
  DLDETECT_FOR_LAYOUT(extent, dldetect::backwardApply, extent, stride, x, dy, dy_second, before,
                      scale, shift, by_x, constant, activation, dx, before_gradient);
}

void cb_norm_backward_learned(cb_extent extent, size_t stride, cb_view x, cb_view dy,
                              cb_view dy_second, cb_view before, const float *scale,
                              const float *shift, cb_activation activation, float *scratch,
                              float *sum) {
  DLDETECT_FOR_LAYOUT(extent, dldetect::backwardLearned, extent, stride, x, dy, dy_second, before,
                      scale, shift, activation, scratch, sum);
}
