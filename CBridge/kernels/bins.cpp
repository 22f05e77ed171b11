// Pools into a fixed number of bins, which may share cells at their ends.
#include "include/pooling.h"
#include "kernels/planes.h"
#include "kernels/tiles.h"
#include "kernels/vector.h"

namespace dldetect {
namespace {

/// The cells of one axis in a bin.
inline Span cellsOf(int bin, int bins, int size) {
  return {int(int64_t(bin) * size / bins), int((int64_t(bin + 1) * size + bins - 1) / bins)};
}

/// The bins of one axis that a cell is in: bins and cells divide the same length.
inline Span binsOf(int cell, int bins, int size) { return cellsOf(cell, size, bins); }

inline int countOf(Span span) { return span.end - span.begin; }

template <int block, typename Element>
DLDETECT_INLINE void meanOfBins(const Element *x, Size in, Element *y, Size bins) {
  for (int i = 0; i < bins.height; ++i) {
    const Span rows = cellsOf(i, bins.height, in.height);
    for (int j = 0; j < bins.width; ++j, y += block) {
      const Span columns = cellsOf(j, bins.width, in.width);
      typename Lanes<block>::Float sum{};
      for (int r = rows.begin; r < rows.end; ++r)
        for (int c = columns.begin; c < columns.end; ++c)
          sum += load<block>(x + (size_t(r) * in.width + c) * block).lanes;
      store<block>(y, sum / float(countOf(rows) * countOf(columns)));
    }
  }
}

template <int block, typename Element>
DLDETECT_INLINE void spreadMeans(const Element *dy, Size bins, Element *dx, Size in) {
  for (int r = 0; r < in.height; ++r) {
    const Span rows = binsOf(r, bins.height, in.height);
    for (int c = 0; c < in.width; ++c, dx += block) {
      const Span columns = binsOf(c, bins.width, in.width);
      typename Lanes<block>::Float sum{};
      for (int i = rows.begin; i < rows.end; ++i)
        for (int j = columns.begin; j < columns.end; ++j)
          sum += load<block>(dy + (size_t(i) * bins.width + j) * block).lanes /
                 float(countOf(cellsOf(i, bins.height, in.height)) *
                       countOf(cellsOf(j, bins.width, in.width)));
      store<block>(dx, sum);
    }
  }
}

template <int block, typename Element>
DLDETECT_INLINE void maximumOfBins(const Element *x, Size in, Element *y, int32_t *index,
                                   Size bins) {
  using Float = typename Lanes<block>::Float;
  using Int = typename Lanes<block>::Int;
  for (int i = 0; i < bins.height; ++i) {
    const Span rows = cellsOf(i, bins.height, in.height);
    for (int j = 0; j < bins.width; ++j, y += block) {
      const Span columns = cellsOf(j, bins.width, in.width);
      Float best = Float{} - __builtin_inff();
      Int at = Int{} + (rows.begin * in.width + columns.begin);
      for (int r = rows.begin; r < rows.end; ++r)
        for (int c = columns.begin; c < columns.end; ++c) {
          const int cell = r * in.width + c;
          const Float value = load<block>(x + size_t(cell) * block).lanes;
          // What is no number wins once and for all: it must not get lost here.
          const Int wins = ~(value <= best) & (best == best);
          best = wins ? value : best;
          at = wins ? Int{} + cell : at;
        }
      store<block>(y, best);
      if (!index) continue;
      *reinterpret_cast<Int *>(index) = at;
      index += block;
    }
  }
}

template <int block, typename Element>
DLDETECT_INLINE void spreadMaxima(const int32_t *index, const Element *dy, Size bins, Element *dx,
                                  Size in) {
  using Float = typename Lanes<block>::Float;
  using Int = typename Lanes<block>::Int;
  for (int r = 0; r < in.height; ++r) {
    const Span rows = binsOf(r, bins.height, in.height);
    for (int c = 0; c < in.width; ++c, dx += block) {
      const Span columns = binsOf(c, bins.width, in.width);
      Float sum{};
      for (int i = rows.begin; i < rows.end; ++i)
        for (int j = columns.begin; j < columns.end; ++j) {
          const size_t at = (size_t(i) * bins.width + j) * block;
          const Int chosen = *reinterpret_cast<const Int *>(index + at) == r * in.width + c;
          sum += chosen ? load<block>(dy + at).lanes : Float{};
        }
      store<block>(dx, sum);
    }
  }
}

}  // namespace

#define DLDETECT_ENTRIES(block, Element, attribute)                                             \
  attribute void binMeans(Block<block>, const Element *x, Size in, Element *y, Size bins) {     \
    meanOfBins<block>(x, in, y, bins);                                                          \
  }                                                                                             \
  attribute void binMeansGradient(Block<block>, const Element *dy, Size bins, Element *dx,      \
                                  Size in) {                                                    \
    spreadMeans<block>(dy, bins, dx, in);                                                       \
  }                                                                                             \
  attribute void binMaxima(Block<block>, const Element *x, Size in, Element *y, int32_t *index, \
                           Size bins) {                                                         \
    maximumOfBins<block>(x, in, y, index, bins);                                                \
  }                                                                                             \
  attribute void binMaximaGradient(Block<block>, const int32_t *index, const Element *dy,       \
                                   Size bins, Element *dx, Size in) {                           \
    spreadMaxima<block>(index, dy, bins, dx, in);                                               \
  }
DLDETECT_LAYOUTS(DLDETECT_ENTRIES)
#undef DLDETECT_ENTRIES

namespace {

template <typename Element, int block>
void meansForward(cb_extent extent, Size bins, cb_view x, cb_view y) {
  const Size in{extent.height, extent.width};
  forEachPlane<Element, block>(extent, [&](const auto &start, size_t) {
    binMeans(Block<block>{}, start(x, in), in, start(y, bins), bins);
  });
}

template <typename Element, int block>
void meansBackward(cb_extent extent, Size bins, cb_view dy, cb_view dx) {
  const Size in{extent.height, extent.width};
  forEachPlane<Element, block>(extent, [&](const auto &start, size_t) {
    binMeansGradient(Block<block>{}, start(dy, bins), bins, start(dx, in), in);
  });
}

template <typename Element, int block>
void maximaForward(cb_extent extent, Size bins, cb_view x, cb_view y, int32_t *index) {
  const Size in{extent.height, extent.width};
  const size_t plane = size_t(bins.height) * bins.width * block;
  forEachPlane<Element, block>(extent, [&](const auto &start, size_t item) {
    binMaxima(Block<block>{}, start(x, in), in, start(y, bins),
              index ? index + item * plane : nullptr, bins);
  });
}

template <typename Element, int block>
void maximaBackward(cb_extent extent, Size bins, const int32_t *index, cb_view dy, cb_view dx) {
  const Size in{extent.height, extent.width};
  const size_t plane = size_t(bins.height) * bins.width * block;
  forEachPlane<Element, block>(extent, [&](const auto &start, size_t item) {
    binMaximaGradient(Block<block>{}, index + item * plane, start(dy, bins), bins, start(dx, in),
                      in);
  });
}

}  // namespace
}  // namespace dldetect

using dldetect::Size;

void cb_bin_means_forward(cb_extent extent, int rows, int columns, cb_view x, cb_view y) {
  DLDETECT_FOR_LAYOUT(extent, dldetect::meansForward, extent, (Size{rows, columns}), x, y);
}

void cb_bin_means_backward(cb_extent extent, int rows, int columns, cb_view dy, cb_view dx) {
  DLDETECT_FOR_LAYOUT(extent, dldetect::meansBackward, extent, (Size{rows, columns}), dy, dx);
}

void cb_bin_maxima_forward(cb_extent extent, int rows, int columns, cb_view x, cb_view y,
                           int32_t *index) {
  DLDETECT_FOR_LAYOUT(extent, dldetect::maximaForward, extent, (Size{rows, columns}), x, y, index);
}

void cb_bin_maxima_backward(cb_extent extent, int rows, int columns, const int32_t *index,
                            cb_view dy, cb_view dx) {
  DLDETECT_FOR_LAYOUT(extent, dldetect::maximaBackward, extent, (Size{rows, columns}), index, dy,
                      dx);
}
