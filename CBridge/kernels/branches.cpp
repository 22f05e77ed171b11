// Shares of branches, and a filter along the channels.
#include <cstring>

#include "include/attention.h"
#include "kernels/strips.h"
#include "kernels/tiles.h"
#include "kernels/vector.h"

namespace dldetect {
namespace {

/// Channel blocks that take part in one sum, `stride` elements apart, and cells of each.
struct Shares {
  size_t count, stride, cells;
};

template <int block, typename Element>
DLDETECT_INLINE void share(const Element *x, Element *y, Shares shares) {
  using Float = typename Lanes<block>::Float;
  for (size_t at = 0; at < shares.cells * block; at += block) {
    Float largest = load<block>(x + at).lanes, sum{};
    for (size_t i = 1; i < shares.count; ++i)
      largest = __builtin_elementwise_max(largest, load<block>(x + i * shares.stride + at).lanes);
    for (size_t i = 0; i < shares.count; ++i)
      sum += exponential<block>(load<block>(x + i * shares.stride + at).lanes - largest).lanes;
    for (size_t i = 0; i < shares.count; ++i) {
      const size_t place = i * shares.stride + at;
      const Float difference = load<block>(x + place).lanes - largest;
      const Float result = exponential<block>(difference).lanes / sum;
      // The bounds of the exponential would make a number of what is none.
      store<block>(y + place, difference == difference ? result : difference);
    }
  }
}

template <int block, typename Element>
DLDETECT_INLINE void shareGradient(const Element *y, const Element *dy, Element *dx,
                                   Shares shares) {
  using Float = typename Lanes<block>::Float;
  for (size_t at = 0; at < shares.cells * block; at += block) {
    Float sum{};
    for (size_t i = 0; i < shares.count; ++i) {
      const size_t place = i * shares.stride + at;
      sum += load<block>(y + place).lanes * load<block>(dy + place).lanes;
    }
    for (size_t i = 0; i < shares.count; ++i) {
      const size_t place = i * shares.stride + at;
      store<block>(dx + place,
                   load<block>(y + place).lanes * (load<block>(dy + place).lanes - sum));
    }
  }
}

/// The lanes that hold channels in the last block.
template <int block>
DLDETECT_INLINE void lastLanes(int channels, typename Lanes<block>::Int &mask) {
  for (int lane = 0; lane < block; ++lane) mask[lane] = lane < (channels - 1) % block + 1 ? -1 : 0;
}

/// Over all channels of a cell.
template <int block, typename Element>
DLDETECT_INLINE void shareAll(const Element *x, int channels, Element *y, Shares shares) {
  using Float = typename Lanes<block>::Float;
  using Int = typename Lanes<block>::Int;
  Int last;
  lastLanes<block>(channels, last);
  for (size_t at = 0; at < shares.cells * block; at += block) {
    Float best = Float{} - __builtin_inff(), sums{};
    for (size_t i = 0; i < shares.count; ++i) {
      const Float value = load<block>(x + i * shares.stride + at).lanes;
      const Float valid = i + 1 == shares.count ? (last ? value : best) : value;
      best = __builtin_elementwise_max(best, valid);
    }
    float largest = best[0], sum = 0;
    for (int lane = 1; lane < block; ++lane) largest = best[lane] > largest ? best[lane] : largest;
    for (size_t i = 0; i < shares.count; ++i) {
      const size_t place = i * shares.stride + at;
      const Float difference = load<block>(x + place).lanes - largest;
      Float power = exponential<block>(difference).lanes;
      power = difference == difference ? power : difference;
      if (i + 1 == shares.count) power = last ? power : Float{};
      sums += power;
    }
    for (int lane = 0; lane < block; ++lane) sum += sums[lane];
    for (size_t i = 0; i < shares.count; ++i) {
      const size_t place = i * shares.stride + at;
      Float power = exponential<block>(load<block>(x + place).lanes - largest).lanes;
      if (i + 1 == shares.count) power = last ? power : Float{};
      store<block>(y + place, power * (1.0f / sum));
    }
  }
}

template <int block, typename Element>
DLDETECT_INLINE void shareAllGradient(const Element *y, const Element *dy, Element *dx,
                                      Shares shares) {
  using Float = typename Lanes<block>::Float;
  for (size_t at = 0; at < shares.cells * block; at += block) {
    Float sums{};
    for (size_t i = 0; i < shares.count; ++i) {
      const size_t place = i * shares.stride + at;
      sums += load<block>(y + place).lanes * load<block>(dy + place).lanes;
    }
    float sum = 0;
    for (int lane = 0; lane < block; ++lane) sum += sums[lane];
    for (size_t i = 0; i < shares.count; ++i) {
      const size_t place = i * shares.stride + at;
      store<block>(dx + place,
                   load<block>(y + place).lanes * (load<block>(dy + place).lanes - sum));
    }
  }
}

}  // namespace

#define DLDETECT_ENTRIES(block, Element, attribute)                                       \
  attribute void shareStrip(Block<block>, const Element *x, Element *y, Shares shares) {  \
    share<block>(x, y, shares);                                                           \
  }                                                                                       \
  attribute void shareStripGradient(Block<block>, const Element *y, const Element *dy,    \
                                    Element *dx, Shares shares) {                         \
    shareGradient<block>(y, dy, dx, shares);                                              \
  }                                                                                       \
  attribute void shareAllStrip(Block<block>, const Element *x, int channels, Element *y,  \
                               Shares shares) {                                           \
    shareAll<block>(x, channels, y, shares);                                              \
  }                                                                                       \
  attribute void shareAllStripGradient(Block<block>, const Element *y, const Element *dy, \
                                       Element *dx, Shares shares) {                      \
    shareAllGradient<block>(y, dy, dx, shares);                                           \
  }
DLDETECT_LAYOUTS(DLDETECT_ENTRIES)
#undef DLDETECT_ENTRIES

namespace {

/// Calls body(strip, offset, shares) for every strip and, with branches, every block of a branch.
template <int block, typename Body>
void forEachShare(cb_extent extent, int branches, const Body &body) {
  const size_t plane = size_t(extent.height) * extent.width * block;
  forEachStrip(extent, [&](const Strip &strip) {
    if (branches == 0)
      return body(strip, size_t(0), Shares{size_t(extent.blocks), plane, strip.cells});
    const size_t blocks = extent.blocks / branches;
    for (size_t at = 0; at < blocks; ++at)
      body(strip, at * plane, Shares{size_t(branches), blocks * plane, strip.cells});
  });
}

template <typename Element, int block>
void softmaxForward(cb_extent extent, int channels, int branches, cb_view x, cb_view y) {
  forEachShare<block>(extent, branches, [&](const Strip &strip, size_t offset, Shares shares) {
    const Element *from = at<Element, block>(x, strip) + offset;
    Element *to = at<Element, block>(y, strip) + offset;
    if (branches == 0)
      shareAllStrip(Block<block>{}, from, channels, to, shares);
    else
      shareStrip(Block<block>{}, from, to, shares);
  });
}

template <typename Element, int block>
void softmaxBackward(cb_extent extent, int branches, cb_view y, cb_view dy, cb_view dx) {
  forEachShare<block>(extent, branches, [&](const Strip &strip, size_t offset, Shares shares) {
    const Element *result = at<Element, block>(y, strip) + offset;
    const Element *gradient = at<Element, block>(dy, strip) + offset;
    Element *to = at<Element, block>(dx, strip) + offset;
    if (branches == 0)
      shareAllStripGradient(Block<block>{}, result, gradient, to, shares);
    else
      shareStripGradient(Block<block>{}, result, gradient, to, shares);
  });
}

/// A value of one cell: its channels lie side by side.
template <typename Element, int block>
Element *vectorOf(cb_view view, int image) {
  if (!view.data) return nullptr;
  return static_cast<Element *>(view.data) + image * view.image_stride;
}

template <typename Element, int block>
void filterForward(cb_extent extent, int channels, int taps, const float *weight, cb_view x,
                   cb_view y) {
  const int half = taps / 2, padded = extent.blocks * block;
  for (int image = 0; image < extent.batch; ++image) {
    const Element *from = vectorOf<Element, block>(x, image);
    Element *to = vectorOf<Element, block>(y, image);
    for (int channel = 0; channel < padded; ++channel) {
      float sum = 0;
      const int first = std::max(0, half - channel),
                last = std::min(taps, channels - channel + half);
      if (channel < channels)
        for (int tap = first; tap < last; ++tap)
          sum += weight[tap] * toFloat(from[channel + tap - half]);
      fromFloat(sum, to[channel]);
    }
  }
}

template <typename Element, int block>
void filterBackward(cb_extent extent, int channels, int taps, const float *weight, cb_view x,
                    cb_view dy, cb_view dx, float *weightGradient) {
  const int half = taps / 2, padded = extent.blocks * block;
  for (int image = 0; image < extent.batch; ++image) {
    const Element *values = vectorOf<Element, block>(x, image);
    const Element *gradient = vectorOf<Element, block>(dy, image);
    for (int tap = 0; tap < taps; ++tap) {
      double sum = 0;
      for (int channel = 0; channel < channels; ++channel) {
        const int source = channel + tap - half;
        if (source >= 0 && source < channels)
          sum += double(toFloat(gradient[channel])) * toFloat(values[source]);
      }
      weightGradient[tap] += float(sum);
    }
    Element *to = vectorOf<Element, block>(dx, image);
    if (!to) continue;
    for (int channel = 0; channel < padded; ++channel) {
      float sum = 0;
      if (channel < channels)
        for (int tap = 0; tap < taps; ++tap) {
          const int target = channel - tap + half;
          if (target >= 0 && target < channels) sum += weight[tap] * toFloat(gradient[target]);
        }
      fromFloat(sum, to[channel]);
    }
  }
}

}  // namespace
}  // namespace dldetect

void cb_softmax_forward(cb_extent extent, int channels, int branches, cb_view x, cb_view y) {
  DLDETECT_FOR_LAYOUT(extent, dldetect::softmaxForward, extent, channels, branches, x, y);
}

void cb_softmax_backward(cb_extent extent, int branches, cb_view y, cb_view dy, cb_view dx) {
  DLDETECT_FOR_LAYOUT(extent, dldetect::softmaxBackward, extent, branches, y, dy, dx);
}

void cb_channel_filter_forward(cb_extent extent, int channels, int taps, const float *weight,
                               cb_view x, cb_view y) {
  DLDETECT_FOR_LAYOUT(extent, dldetect::filterForward, extent, channels, taps, weight, x, y);
}

void cb_channel_filter_backward(cb_extent extent, int channels, int taps, const float *weight,
                                cb_view x, cb_view dy, cb_view dx, float *weight_gradient) {
  DLDETECT_FOR_LAYOUT(extent, dldetect::filterBackward, extent, channels, taps, weight, x, dy, dx,
                      weight_gradient);
}
