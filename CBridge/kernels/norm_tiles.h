// What batch and group norms share: the loops over one tile, and how tiles' sums are put together.
#pragma once

#include "kernels/tiles.h"

namespace dldetect {

/// The elements of one tile; pointers of absent values are null.
template <typename Element>
struct NormPlane {
  const Element *x, *dy, *dySecond, *before, *after;
  Element *y, *second;
  size_t cells;
};

/// The numbers of one channel block.
struct NormChannel {
  const float *scale, *shift, *mean, *inverseDeviation, *byX, *constant, *learned;
  float number;
};

/// Each tile's two sums are `[2, block]`, of f64.
template <typename Element, int block>
struct NormTiles {
  /// Σ and Σ of squares of the differences to the tile's first cell.
  static void sum(const Element *x, size_t cells, double *sums);
  /// `y = second = f(x·scale + shift + before) + after`.
  static void forward(cb_function function, const NormPlane<Element> &plane,
                      const NormChannel &channel);
  /// Σ dz and Σ dz·x̂.
  static void reduce(cb_function function, const NormPlane<Element> &plane,
                     const NormChannel &channel, double *sums);
  /// Σ of the learned number's gradient, and 0.
  static void learned(cb_function function, const NormPlane<Element> &plane,
                      const NormChannel &channel, double *sums);
  /// `y = dz·scale + x·byX + constant` and `second = dz`.
  static void apply(cb_function function, const NormPlane<Element> &plane,
                    const NormChannel &channel);
};

/// A tile's two sums for each channel of its block.
template <int block>
double *sumsOf(float *scratch, const Tiling &tiling, const Tile &tile) {
  return reinterpret_cast<double *>(scratch) +
         (tile.channelBlock * tiling.tilesInBlock() + tile.index) * 2 * block;
}

/// What one tile's channel block finds in a norm's vectors.
template <int block>
NormChannel channelAt(const Tile &tile, const cb_norm_vectors &vectors, cb_activation activation) {
  const size_t first = tile.channelBlock * block;
  const auto offset = [&](const float *vector) {
    return vector ? vector + tile.image * vectors.stride + first : nullptr;
  };
  return {offset(vectors.scale),
          offset(vectors.shift),
          offset(vectors.mean),
          offset(vectors.inverse_deviation),
          offset(vectors.by_x),
          offset(vectors.constant),
          activation.learned ? activation.learned + first : nullptr,
          activation.number};
}

/// The values that a norm reads and writes, in the order of NormPlane.
struct NormViews {
  cb_view x, dy, dySecond, before, after, y, second;

  template <typename Element, int block>
  NormPlane<Element> plane(const Tiling &tiling, const Tile &tile) const {
    const auto start = [&](cb_view view) { return at<Element, block>(view, tiling, tile); };
    return {start(x),     start(dy), start(dySecond), start(before),
            start(after), start(y),  start(second),   tile.cells};
  }
};

/// Mean and biased variance of one channel block over `images` images from `first` on.
///
/// Tiles are merged as in Chan, Golub, LeVeque: Updating Formulae and a Pairwise Algorithm for
/// Computing Sample Variances, 1979, eq. 2.1.
template <typename Element, int block>
void mergeTiles(const Tiling &tiling, cb_view x, float *scratch, size_t channelBlock, size_t first,
                size_t images, float *mean, float *variance) {
  double count = 0, means[block] = {}, deviation[block] = {};
  for (size_t image = first; image < first + images; ++image) {
    for (size_t part = 0; part < tiling.tilesInPlane; ++part) {
      const Tile tile = tiling.tile(image, channelBlock, part);
      const double *sums = sumsOf<block>(scratch, tiling, tile);
      const Element *origins = at<Element, block>(x, tiling, tile);
      const double cells = tile.cells, share = cells / (count + cells);
      // Divisions would take longer than all else.
      const double ofTile = 1 / cells;
      for (int lane = 0; lane < block; ++lane) {
        const double tileMean = toFloat(origins[lane]) + sums[lane] * ofTile;
        const double tileDeviation = sums[block + lane] - sums[lane] * sums[lane] * ofTile;
        const double difference = tileMean - means[lane];
        deviation[lane] += tileDeviation + difference * difference * count * share;
        means[lane] += difference * share;
      }
      count += cells;
    }
  }
  const double ofAll = 1 / count;
  for (int lane = 0; lane < block; ++lane) {
    mean[lane] = float(means[lane]);
    variance[lane] = float(deviation[lane] > 0 ? deviation[lane] * ofAll : 0);
  }
}

/// The sums of one channel block's tiles of `images` images from `first` on; `second` may be null.
template <int block>
void addUp(const Tiling &tiling, float *scratch, size_t channelBlock, size_t first, size_t images,
           float *firstSum, float *secondSum) {
  double totals[2 * block] = {};
  for (size_t image = first; image < first + images; ++image)
    for (size_t part = 0; part < tiling.tilesInPlane; ++part) {
      const double *sums = sumsOf<block>(scratch, tiling, tiling.tile(image, channelBlock, part));
      for (int lane = 0; lane < 2 * block; ++lane) totals[lane] += sums[lane];
    }
  for (int lane = 0; lane < block; ++lane) {
    firstSum[lane] = float(totals[lane]);
    if (secondSum) secondSum[lane] = float(totals[block + lane]);
  }
}

}  // namespace dldetect
