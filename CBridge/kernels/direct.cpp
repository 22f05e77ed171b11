#include "kernels/direct.h"

#include "kernels/planes.h"
#include "kernels/tiles.h"
#include "kernels/vector.h"
#include "kernels/window.h"

namespace dldetect {
namespace {

/// Images of one channel block.
template <typename Element>
struct Images {
  Element *data;
  size_t stride;
};

/// `sums[o, i] = Σ dy[o]·x[i]` of one tap over all images.
template <int block, typename Element>
DLDETECT_INLINE void multiplyOuter(const ConvolutionWindow &w, int batch, Images<const Element> x,
                                   Images<const Element> dy, int tap, float *result) {
  using Float = typename Lanes<block>::Float;
  const int row = tap / w.columns.kernel, column = tap % w.columns.kernel;
  const Span rows = w.rows.windows(row, 0, w.rows.in);
  const Span columns = w.columns.windows(column, 0, w.columns.in);
  Float sums[block] = {};
  for (int image = 0; image < batch; ++image)
    for (int r = rows.begin; r < rows.end; ++r) {
      const int source = r * w.rows.stride + w.rows.start(row);
      const Element *from = x.data + image * x.stride + size_t(source) * w.columns.in * block;
      const Element *gradients = dy.data + image * dy.stride + size_t(r) * w.columns.out * block;
      for (int c = columns.begin; c < columns.end; ++c) {
        const int cell = c * w.columns.stride + w.columns.start(column);
        const Float value = load<block>(from + cell * block).lanes;
        for (int lane = 0; lane < block; ++lane)
          sums[lane] += value * toFloat(gradients[c * block + lane]);
      }
    }
  for (int lane = 0; lane < block; ++lane) store<block>(result + lane * block, sums[lane]);
}

template <int block, typename Element>
DLDETECT_INLINE void sumImages(int batch, size_t cells, Images<const Element> dy, float *result) {
  typename Lanes<block>::Float sum{};
  for (int image = 0; image < batch; ++image)
    for (size_t cell = 0; cell < cells; ++cell)
      sum += load<block>(dy.data + image * dy.stride + cell * block).lanes;
  store<block>(result, sum);
}

constexpr int columnsInRun = 32;

/// One row of one channel block's gradient. `dy`'s channel blocks lie `plane` elements apart;
/// `weights` are `[tap, output channel, b]`.
template <int block, typename Element>
DLDETECT_INLINE void gatherRow(const ConvolutionWindow &w, int outBlocks, const Element *dy,
                               size_t plane, const float *weights, int row, Element *dx) {
  using Float = typename Lanes<block>::Float;
  for (int begin = 0; begin < w.columns.in; begin += columnsInRun) {
    const int end = std::min(begin + columnsInRun, w.columns.in);
    Float sums[columnsInRun] = {};
    for (int tap = 0; tap < w.taps(); ++tap) {
      const int distance = row - w.rows.start(tap / w.columns.kernel);
      const int source = distance / w.rows.stride, column = tap % w.columns.kernel;
      if (distance < 0 || distance % w.rows.stride || source >= w.rows.out) continue;
      const Span cells = w.columns.windows(column, begin, end);
      for (int out = 0; out < outBlocks; ++out) {
        const Element *from = dy + out * plane + size_t(source) * w.columns.out * block;
        const float *own = weights + (size_t(tap) * outBlocks + out) * block * block;
        for (int cell = cells.begin; cell < cells.end; ++cell) {
          Float &sum = sums[cell * w.columns.stride + w.columns.start(column) - begin];
          Float added{};
          for (int lane = 0; lane < block; ++lane)
            added += load<block>(own + lane * block).lanes * toFloat(from[cell * block + lane]);
          sum += added;
        }
      }
    }
    for (int cell = begin; cell < end; ++cell) store<block>(dx + cell * block, sums[cell - begin]);
  }
}

}  // namespace

#define DLDETECT_ENTRIES(block, Element, attribute)                                         \
  attribute void directOuter(Block<block>, const ConvolutionWindow &window, int batch,      \
                             Images<const Element> x, Images<const Element> dy, int tap,    \
                             float *sums) {                                                 \
    multiplyOuter<block>(window, batch, x, dy, tap, sums);                                  \
  }                                                                                         \
  attribute void directSum(Block<block>, int batch, size_t cells, Images<const Element> dy, \
                           float *sums) {                                                   \
    sumImages<block>(batch, cells, dy, sums);                                               \
  }                                                                                         \
  attribute void directRow(Block<block>, const ConvolutionWindow &window, int outBlocks,    \
                           const Element *dy, size_t plane, const float *weights, int row,  \
                           Element *dx) {                                                   \
    gatherRow<block>(window, outBlocks, dy, plane, weights, row, dx);                       \
  }
DLDETECT_LAYOUTS(DLDETECT_ENTRIES)
#undef DLDETECT_ENTRIES

namespace {

/// Sizes in elements of blocked values.
struct Sizes {
  size_t inBlocks, outBlocks, inPlane, outPlane;

  Sizes(const cb_convolution_settings &s, size_t block)
      : inBlocks((s.in_channels + block - 1) / block),
        outBlocks((s.out_channels + block - 1) / block),
        inPlane(size_t(s.in_height) * s.in_width * block),
        outPlane(size_t(s.out_height) * s.out_width * block) {}
};

inline void write(float value, bool adds, float &target) { target = value + (adds ? target : 0); }

template <typename Element, int block>
void backwardWeights(const cb_convolution_settings &s, const void *x, const void *dy, bool adds,
                     float *weights, float *bias) {
  const ConvolutionWindow window(s);
  const Sizes sizes(s, block);
  const size_t taps = window.taps();
  const auto sources = [&](size_t in) {
    return Images<const Element>{static_cast<const Element *>(x) + in * sizes.inPlane,
                                 sizes.inBlocks * sizes.inPlane};
  };
  const auto gradients = [&](size_t out) {
    return Images<const Element>{static_cast<const Element *>(dy) + out * sizes.outPlane,
                                 sizes.outBlocks * sizes.outPlane};
  };
  parallelFor(sizes.outBlocks * sizes.inBlocks * taps, [&](size_t item) {
    const size_t tap = item % taps, in = item / taps % sizes.inBlocks;
    const size_t out = item / taps / sizes.inBlocks;
    float sums[block * block];
    directOuter(Block<block>{}, window, s.batch, sources(in), gradients(out), int(tap), sums);
    const size_t outEnd = std::min<size_t>(s.out_channels, (out + 1) * block);
    const size_t inEnd = std::min<size_t>(s.in_channels, (in + 1) * block);
    for (size_t o = out * block; o < outEnd; ++o)
      for (size_t i = in * block; i < inEnd; ++i)
        write(sums[o % block * block + i % block], adds,
              weights[(o * s.in_channels + i) * taps + tap]);
  });
  if (!bias) return;
  parallelFor(sizes.outBlocks, [&](size_t out) {
    float sums[block];
    directSum(Block<block>{}, s.batch, sizes.outPlane / block, gradients(out), sums);
    for (int lane = 0; lane < block && int(out) * block + lane < s.out_channels; ++lane)
      write(sums[lane], adds, bias[out * block + lane]);
  });
}

template <typename Element, int block>
void backwardSource(const cb_convolution_settings &s, const void *dy, const float *weights,
                    float *scratch, void *dx) {
  const ConvolutionWindow window(s);
  const Sizes sizes(s, block);
  const size_t taps = window.taps(), out = sizes.outBlocks * block;
  parallelFor(sizes.inBlocks * taps, [&](size_t item) {
    const size_t in = item / taps * block, tap = item % taps;
    float *own = scratch + item * out * block;
    std::fill_n(own, out * block, 0.0f);
    for (size_t o = 0; o < size_t(s.out_channels); ++o)
      for (size_t lane = 0; lane < block && in + lane < size_t(s.in_channels); ++lane)
        own[o * block + lane] = weights[(o * s.in_channels + in + lane) * taps + tap];
  });
  parallelFor(s.batch * sizes.inBlocks * s.in_height, [&](size_t item) {
    const size_t plane = item / s.in_height, image = plane / sizes.inBlocks;
    directRow(Block<block>{}, window, int(sizes.outBlocks),
              static_cast<const Element *>(dy) + image * sizes.outBlocks * sizes.outPlane,
              sizes.outPlane, scratch + plane % sizes.inBlocks * taps * out * block,
              int(item % s.in_height), static_cast<Element *>(dx) + item * s.in_width * block);
  });
}

}  // namespace

void directBackwardWeights(const cb_convolution_settings &settings, const void *x, const void *dy,
                           bool adds, float *weights, float *bias) {
  DLDETECT_FOR_LAYOUT(settings, backwardWeights, settings, x, dy, adds, weights, bias);
}

size_t directSourceScratch(const cb_convolution_settings &settings) {
  const size_t block = cb_channel_block();
  const Sizes sizes(settings, block);
  return sizes.inBlocks * sizes.outBlocks * ConvolutionWindow(settings).taps() * block * block;
}

void directBackwardSource(const cb_convolution_settings &settings, const void *dy,
                          const float *weights, float *scratch, void *dx) {
  DLDETECT_FOR_LAYOUT(settings, backwardSource, settings, dy, weights, scratch, dx);
}

}  // namespace dldetect
