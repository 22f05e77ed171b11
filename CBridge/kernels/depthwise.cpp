#include "kernels/depthwise.h"

#include <algorithm>

#include "kernels/planes.h"
#include "kernels/tiles.h"
#include "kernels/vector.h"
#include "kernels/window.h"

namespace dldetect {
namespace {

constexpr int cellsInPart = 2048;

/// How a plane's rows are cut into parts that are summed apart.
struct Parts {
  int rows, count;

  explicit Parts(const WindowAxis &height, const WindowAxis &width)
      : rows(std::max(1, cellsInPart / width.out)), count((height.out + rows - 1) / rows) {}
};

/// Σ dy·x over a run of cells, four sums at a time, since each waits for the one before.
template <int block, typename Element>
DLDETECT_INLINE Packed<block> product(const Element *dy, const Element *x, size_t step, int count) {
  using Float = typename Lanes<block>::Float;
  Float sums[4] = {};
  int cell = 0;
  for (; cell + 4 <= count; cell += 4)
    for (int i = 0; i < 4; ++i)
      sums[i] +=
          load<block>(dy + (cell + i) * block).lanes * load<block>(x + (cell + i) * step).lanes;
  for (; cell < count; ++cell)
    sums[0] += load<block>(dy + cell * block).lanes * load<block>(x + cell * step).lanes;
  return {(sums[0] + sums[1]) + (sums[2] + sums[3])};
}

/// Sums of one plane's rows: one vector a tap, and Σ dy behind them.
template <int block, typename Element>
DLDETECT_INLINE void sumPart(const ConvolutionWindow &w, const Element *x, const Element *dy,
                             Span part, float *sums) {
  using Float = typename Lanes<block>::Float;
  const int columns = w.columns.kernel;
  std::fill_n(sums, (w.taps() + 1) * block, 0.0f);
  Float total{};
  for (int row = part.begin; row < part.end; ++row) {
    const Element *gradients = dy + size_t(row) * w.columns.out * block;
    for (int cell = 0; cell < w.columns.out; ++cell)
      total += load<block>(gradients + cell * block).lanes;
    for (int tap = 0; tap < w.taps(); ++tap) {
      const int source = row * w.rows.stride + w.rows.start(tap / columns);
      if (source < 0 || source >= w.rows.in) continue;
      const Span cells = w.columns.windows(tap % columns, 0, w.columns.in);
      if (cells.begin >= cells.end) continue;
      const int first = cells.begin * w.columns.stride + w.columns.start(tap % columns);
      const Element *from = x + (size_t(source) * w.columns.in + first) * block;
      float *sum = sums + tap * block;
      store<block>(sum,
                   load<block>(sum).lanes + product<block>(gradients + cells.begin * block, from,
                                                           size_t(w.columns.stride) * block,
                                                           cells.end - cells.begin)
                                                .lanes);
    }
  }
  store<block>(sums + w.taps() * block, total);
}

constexpr int columnsInRun = 64;

/// One row of a plane's gradient.
template <int block, typename Element>
DLDETECT_INLINE void spreadRow(const ConvolutionWindow &w, const Element *dy, const float *weights,
                               int row, Element *dx) {
  using Float = typename Lanes<block>::Float;
  for (int begin = 0; begin < w.columns.in; begin += columnsInRun) {
    const int end = std::min(begin + columnsInRun, w.columns.in);
    Float sums[columnsInRun] = {};
    for (int tap = 0; tap < w.taps(); ++tap) {
      const int distance = row - w.rows.start(tap / w.columns.kernel);
      const int source = distance / w.rows.stride;
      if (distance < 0 || distance % w.rows.stride || source >= w.rows.out) continue;
      const Float weight = load<block>(weights + tap * block).lanes;
      const int column = tap % w.columns.kernel;
      const Span cells = w.columns.windows(column, begin, end);
      const Element *from = dy + size_t(source) * w.columns.out * block;
      for (int cell = cells.begin; cell < cells.end; ++cell)
        sums[cell * w.columns.stride + w.columns.start(column) - begin] +=
            load<block>(from + cell * block).lanes * weight;
    }
    for (int cell = begin; cell < end; ++cell) store<block>(dx + cell * block, sums[cell - begin]);
  }
}

}  // namespace

#define DLDETECT_ENTRIES(block, Element, attribute)                                             \
  attribute void depthwiseSums(Block<block>, const ConvolutionWindow &window, const Element *x, \
                               const Element *dy, Span part, float *sums) {                     \
    sumPart<block>(window, x, dy, part, sums);                                                  \
  }                                                                                             \
  attribute void depthwiseRow(Block<block>, const ConvolutionWindow &window, const Element *dy, \
                              const float *weights, int row, Element *dx) {                     \
    spreadRow<block>(window, dy, weights, row, dx);                                             \
  }
DLDETECT_LAYOUTS(DLDETECT_ENTRIES)
#undef DLDETECT_ENTRIES

namespace {

cb_extent extentOf(const cb_convolution_settings &s) {
  const int block = cb_channel_block();
  return {s.batch, (s.in_channels + block - 1) / block, s.in_height, s.in_width, s.type};
}

/// One channel's number of a tap, summed over all parts.
double total(const float *sums, size_t parts, size_t stride) {
  double sum = 0;
  for (size_t part = 0; part < parts; ++part) sum += sums[part * stride];
  return sum;
}

template <typename Element, int block>
void backwardWeights(const cb_convolution_settings &s, const void *x, const void *dy,
                     float *scratch, bool adds, float *weights, float *bias) {
  const ConvolutionWindow window(s);
  const Parts parts(window.rows, window.columns);
  const size_t blocks = extentOf(s).blocks, taps = window.taps(), stride = (taps + 1) * block;
  const size_t in = size_t(s.in_height) * s.in_width * block;
  const size_t out = size_t(s.out_height) * s.out_width * block;
  const size_t partsOfBlock = size_t(s.batch) * parts.count;
  parallelFor(blocks * partsOfBlock, [&](size_t item) {
    const size_t channelBlock = item / partsOfBlock, part = item % partsOfBlock;
    const size_t plane = part / parts.count * blocks + channelBlock;
    const int first = int(part % parts.count) * parts.rows;
    depthwiseSums(Block<block>{}, window, static_cast<const Element *>(x) + plane * in,
                  static_cast<const Element *>(dy) + plane * out,
                  Span{first, std::min(first + parts.rows, s.out_height)}, scratch + item * stride);
  });
  parallelFor(s.in_channels, [&](size_t channel) {
    const float *sums = scratch + channel / block * partsOfBlock * stride + channel % block;
    for (size_t tap = 0; tap < taps; ++tap) {
      float &target = weights[channel * taps + tap];
      target = float(total(sums + tap * block, partsOfBlock, stride)) + (adds ? target : 0);
    }
    if (!bias) return;
    bias[channel] =
        float(total(sums + taps * block, partsOfBlock, stride)) + (adds ? bias[channel] : 0);
  });
}

template <typename Element, int block>
void backwardSource(const cb_convolution_settings &s, const void *dy, const float *weights,
                    float *scratch, void *dx) {
  const ConvolutionWindow window(s);
  const size_t blocks = extentOf(s).blocks, taps = window.taps();
  std::fill_n(scratch, blocks * taps * block, 0.0f);
  for (size_t channel = 0; channel < size_t(s.in_channels); ++channel)
    for (size_t tap = 0; tap < taps; ++tap)
      scratch[(channel / block * taps + tap) * block + channel % block] =
          weights[channel * taps + tap];
  parallelFor(s.batch * blocks * s.in_height, [&](size_t item) {
    const size_t plane = item / s.in_height;
    const int row = int(item % s.in_height);
    depthwiseRow(Block<block>{}, window,
                 static_cast<const Element *>(dy) + plane * s.out_height * s.out_width * block,
                 scratch + plane % blocks * taps * block, row,
                 static_cast<Element *>(dx) + item * s.in_width * block);
  });
}

}  // namespace

size_t depthwiseWeightsScratch(const cb_convolution_settings &settings) {
  const ConvolutionWindow window(settings);
  return size_t(extentOf(settings).blocks) * settings.batch *
         Parts(window.rows, window.columns).count * (window.taps() + 1) * cb_channel_block();
}

size_t depthwiseSourceScratch(const cb_convolution_settings &settings) {
  return size_t(extentOf(settings).blocks) * ConvolutionWindow(settings).taps() *
         cb_channel_block();
}

void depthwiseBackwardWeights(const cb_convolution_settings &settings, const void *x,
                              const void *dy, float *scratch, bool adds, float *weights,
                              float *bias) {
  DLDETECT_FOR_LAYOUT(settings, backwardWeights, settings, x, dy, scratch, adds, weights, bias);
}

void depthwiseBackwardSource(const cb_convolution_settings &settings, const void *dy,
                             const float *weights, float *scratch, void *dx) {
  DLDETECT_FOR_LAYOUT(settings, backwardSource, settings, dy, weights, scratch, dx);
}

}  // namespace dldetect
