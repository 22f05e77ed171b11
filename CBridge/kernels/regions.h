// Where regions lie on feature maps: what the kernels of region pooling have in common. In double,
// so that what is rounded does not depend on the kernel's precision.
#pragma once

#include <algorithm>
#include <cmath>

#include "include/regions.h"

namespace dldetect {

/// A slot that is not empty; edges in cells of its map.
struct Region {
  int map;
  double left, top, right, bottom;
};

/// Whether the slot holds a region.
inline bool readRegion(const cb_regions &regions, size_t image, int slot, Region &region) {
  const float *numbers = regions.regions + image * 5 * regions.capacity + slot;
  const float index = numbers[0];
  if (!(index >= 0 && index < float(regions.map_count))) return false;
  region.map = int(index);
  const double scale = 1.0 / regions.maps[region.map].stride;
  // A bound far outside any picture keeps whole numbers whole.
  const double limit = 1 << 15;
  double edges[4];
  for (int edge = 0; edge < 4; ++edge) {
    const float number = numbers[size_t(edge + 1) * regions.capacity];
    if (!std::isfinite(number)) return false;
    edges[edge] = std::min(std::max(number * scale, -limit), limit);
  }
  region.left = edges[0];
  region.top = edges[1];
  region.right = edges[2];
  region.bottom = edges[3];
  return true;
}

/// The two cells around a sample; weights of zero more than a cell outside.
struct Sample {
  int low, high;
  float lowWeight, highWeight;
};

/// The bins of a region along one axis.
struct BinAxis {
  double start, step;
  int samples;  // in a bin
  int size;     // cells of the map

  BinAxis(double low, double high, int bins, int samples, bool aligned, int size) : size(size) {
    const double length = aligned ? high - low : std::max(high - low, 1.0);
    start = aligned ? low - 0.5 : low;
    step = length / bins;
    this->samples = samples > 0 ? samples : std::max(0, int(std::ceil(step)));
  }

  Sample sample(int bin, int index) const {
    const double at = start + bin * step + (index + 0.5) * step / samples;
    if (at < -1 || at > size) return {0, 0, 0, 0};
    const double inside = std::max(at, 0.0);
    const int low = int(inside);
    if (low >= size - 1) return {size - 1, size - 1, 1, 0};
    const float share = float(inside - low);
    return {low, low + 1, 1 - share, share};
  }
};

struct CellSpan {
  int begin, end;
};

/// The cells of one bin of a region that is rounded to cells.
inline CellSpan roundedCells(double low, double high, int bin, int bins, int size) {
  const double first = std::round(low), last = std::round(high);
  const double step = std::max(last - first + 1, 1.0) / bins;
  const auto cell = [=](double place) {
    return int(std::min(std::max(place + first, 0.0), double(size)));
  };
  return {cell(std::floor(bin * step)), cell(std::ceil((bin + 1) * step))};
}

}  // namespace dldetect
