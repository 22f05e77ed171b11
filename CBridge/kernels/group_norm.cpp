// Group norms: each image's groups are normalised, and differentiated, while they are in the cache.
#include <cmath>

#include "kernels/norm_tiles.h"

namespace dldetect {
namespace {

/// Channel blocks of one image that hold whole groups.
template <int block>
struct Run {
  const Tiling &tiling;
  const cb_group_norm &norm;
  size_t image, first, count;
  bool sharesTiles;  // among the team's threads, which otherwise share runs

  size_t width() const { return norm.channels / norm.groups; }
  /// Where the image's numbers begin in per-image vectors.
  size_t origin() const { return image * tiling.blocks * block; }

  /// Calls body(tile) for all tiles, or from the last to the first: what was read last is most
  /// likely still in the cache.
  template <typename Body>
  void forEachTile(bool fromLast, const Body &body) const {
    const size_t tiles = count * tiling.tilesInPlane;
    const auto visit = [&](size_t item) {
      const size_t place = fromLast ? tiles - 1 - item : item;
      body(tiling.tile(image, first + place / tiling.tilesInPlane, place % tiling.tilesInPlane));
    };
    if (sharesTiles)
      parallelFor(tiles, visit);
    else
      for (size_t item = 0; item < tiles; ++item) visit(item);
  }

  /// Calls body(channel) for the first channel of each group.
  template <typename Body>
  void forEachGroup(const Body &body) const {
    const size_t end = std::min<size_t>((first + count) * block, norm.channels);
    for (size_t channel = first * block; channel < end; channel += width()) body(channel);
  }

  /// The channels that fill the last block up and do not exist.
  void clearTail(float *vector) const {
    for (size_t channel = norm.channels; channel < (first + count) * block; ++channel)
      vector[origin() + channel] = 0;
  }
};

/// Calls body(run) for all runs, over the team where there are enough of them.
template <int block, typename Body>
void forEachRun(const Tiling &tiling, const cb_group_norm &norm, const Body &body) {
  const size_t width = norm.channels / norm.groups;
  const size_t count = width % block == 0 ? width / block : block % width == 0 ? 1 : tiling.blocks;
  const size_t runs = (tiling.blocks + count - 1) / count;
  const bool sharesTiles = tiling.batch * runs < size_t(omp_get_max_threads());
  const auto visit = [&](size_t item) {
    body(Run<block>{tiling, norm, item / runs, item % runs * count, count, sharesTiles});
  };
  if (sharesTiles)
    for (size_t item = 0; item < tiling.batch * runs; ++item) visit(item);
  else
    parallelFor(tiling.batch * runs, visit);
}

/// From each channel's mean and variance (in `inverse_deviation`) to its group's, and the affine.
template <int block>
void fillVectors(const Run<block> &run, const cb_norm_vectors &vectors) {
  const cb_group_norm &norm = run.norm;
  const size_t width = run.width();
  run.forEachGroup([&](size_t channel) {
    float *mean = vectors.mean + run.origin() + channel;
    float *inverse = vectors.inverse_deviation + run.origin() + channel;
    // Channels have as many cells each.
    double centre = 0, variance = 0;
    for (size_t i = 0; i < width; ++i) centre += mean[i];
    centre /= width;
    for (size_t i = 0; i < width; ++i) {
      const double difference = mean[i] - centre;
      variance += inverse[i] + difference * difference;
    }
    const float deviation = 1 / std::sqrt(float(variance / width) + norm.epsilon);
    for (size_t i = 0; i < width; ++i) {
      const size_t place = run.origin() + channel + i;
      mean[i] = float(centre);
      inverse[i] = deviation;
      vectors.scale[place] = norm.weight[channel + i] * deviation;
      vectors.shift[place] = norm.bias[channel + i] - mean[i] * vectors.scale[place];
    }
  });
  for (float *each : {vectors.mean, vectors.inverse_deviation, vectors.scale, vectors.shift})
    run.clearTail(each);
}

template <typename Element, int block>
void groupForward(cb_extent extent, const cb_group_norm &norm, const cb_norm_vectors &vectors,
                  cb_activation activation, const NormViews &views, float *scratch) {
  using Tiles = NormTiles<Element, block>;
  const Tiling tiling(extent);
  forEachRun<block>(tiling, norm, [&](const Run<block> &run) {
    run.forEachTile(false, [&](const Tile &tile) {
      Tiles::sum(at<Element, block>(views.x, tiling, tile), tile.cells,
                 sumsOf<block>(scratch, tiling, tile));
    });
    for (size_t each = run.first; each < run.first + run.count; ++each) {
      const size_t place = run.origin() + each * block;
      mergeTiles<Element, block>(tiling, views.x, scratch, each, run.image, 1, vectors.mean + place,
                                 vectors.inverse_deviation + place);
    }
    fillVectors(run, vectors);
    run.forEachTile(true, [&](const Tile &tile) {
      Tiles::forward(activation.function, views.plane<Element, block>(tiling, tile),
                     channelAt<block>(tile, vectors, activation));
    });
  });
}

/// `by_x` and `constant` of each group from the sums of its channels.
template <int block>
void fillGradientVectors(const Run<block> &run, const cb_norm_vectors &vectors, const float *sumDz,
                         const float *sumDzx) {
  const size_t width = run.width();
  const double cells = double(width) * run.tiling.area;
  run.forEachGroup([&](size_t channel) {
    const size_t origin = run.origin() + channel;
    double sum = 0, product = 0;
    for (size_t i = 0; i < width; ++i) {
      sum += run.norm.weight[channel + i] * sumDz[origin + i];
      product += run.norm.weight[channel + i] * sumDzx[origin + i];
    }
    const double inverse = vectors.inverse_deviation[origin];
    const double slope = -inverse * inverse * product / cells;
    const double rest = -inverse * sum / cells - slope * vectors.mean[origin];
    for (size_t i = 0; i < width; ++i) {
      vectors.by_x[origin + i] = float(slope);
      vectors.constant[origin + i] = float(rest);
    }
  });
  run.clearTail(vectors.by_x);
  run.clearTail(vectors.constant);
}

template <typename Element, int block>
void groupBackward(cb_extent extent, const cb_group_norm &norm, const cb_norm_vectors &vectors,
                   cb_activation activation, const NormViews &views, float *sumDz, float *sumDzx,
                   float *scratch) {
  using Tiles = NormTiles<Element, block>;
  const Tiling tiling(extent);
  const bool applies = views.y.data || views.second.data;
  forEachRun<block>(tiling, norm, [&](const Run<block> &run) {
    run.forEachTile(false, [&](const Tile &tile) {
      Tiles::reduce(activation.function, views.plane<Element, block>(tiling, tile),
                    channelAt<block>(tile, vectors, activation),
                    sumsOf<block>(scratch, tiling, tile));
    });
    for (size_t each = run.first; each < run.first + run.count; ++each) {
      const size_t place = run.origin() + each * block;
      addUp<block>(tiling, scratch, each, run.image, 1, sumDz + place, sumDzx + place);
    }
    fillGradientVectors(run, vectors, sumDz, sumDzx);
    if (!applies) return;
    run.forEachTile(true, [&](const Tile &tile) {
      Tiles::apply(activation.function, views.plane<Element, block>(tiling, tile),
                   channelAt<block>(tile, vectors, activation));
    });
  });
}

}  // namespace
}  // namespace dldetect

void cb_group_norm_forward(cb_extent extent, cb_group_norm norm, cb_norm_vectors vectors,
                           cb_activation activation, cb_view x, cb_view before, cb_view after,
                           cb_view y, cb_view second, float *scratch) {
  const dldetect::NormViews views{x, {}, {}, before, after, y, second};
  DLDETECT_FOR_LAYOUT(extent, dldetect::groupForward, extent, norm, vectors, activation, views,
                      scratch);
}

void cb_group_norm_backward(cb_extent extent, cb_group_norm norm, cb_norm_vectors vectors,
                            cb_activation activation, cb_view x, cb_view dy, cb_view dy_second,
                            cb_view before, cb_view dx, cb_view before_gradient, float *sum_dz,
                            float *sum_dzx, float *scratch) {
  const dldetect::NormViews views{x, dy, dy_second, before, {}, dx, before_gradient};
  DLDETECT_FOR_LAYOUT(extent, dldetect::groupBackward, extent, norm, vectors, activation, views,
                      sum_dz, sum_dzx, scratch);
}
