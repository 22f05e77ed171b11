// What a picture's channels hold, values that are no numbers, and a picture to be looked at.
#include <algorithm>
#include <cmath>
#include <memory>
#include <vector>

#include "clones.h"
#include "guarded.h"
#include "images/image.h"

namespace dldetect {
namespace {

/// Whole numbers: 2^64 holds the squares of all the 16-bit pixels that a picture can have.
struct WholeSums {
  uint64_t sum = 0, squareSum = 0;
  uint64_t minimum = UINT64_MAX, maximum = 0;
};

template <typename Sample>
void measureWhole(const cv::Mat &pixels, cb_channel_sums *sums, uint64_t *histogram) {
  const int channels = pixels.channels(), bits = 8 * int(sizeof(Sample));
  const size_t count = pixels.total();
  for (int channel = 0; channel < channels; ++channel) {
    const Sample *samples = reinterpret_cast<const Sample *>(pixels.data) + channel;
    uint64_t *counts = histogram ? histogram + (size_t(channel) << bits) : nullptr;
    WholeSums all;
    for (size_t i = 0; i < count; ++i) {
      const uint64_t value = samples[i * channels];
      all.sum += value;
      all.squareSum += value * value;
      all.minimum = std::min(all.minimum, value);
      all.maximum = std::max(all.maximum, value);
      if (counts) ++counts[value];
    }
    sums[channel] = {count, double(all.sum), double(all.squareSum), double(all.minimum),
                     double(all.maximum)};
  }
}

void measureFloats(const cv::Mat &pixels, cb_channel_sums *sums) {
  const int channels = pixels.channels();
  for (int channel = 0; channel < channels; ++channel) {
    const float *samples = reinterpret_cast<const float *>(pixels.data) + channel;
    cb_channel_sums all = {0, 0, 0, INFINITY, -INFINITY};
    for (size_t i = 0; i < pixels.total(); ++i) {
      const double value = samples[i * channels];
      if (!std::isfinite(value)) continue;
      ++all.count;
      all.sum += value;
      all.square_sum += value * value;
      all.minimum = std::min(all.minimum, value);
      all.maximum = std::max(all.maximum, value);
    }
    if (all.count == 0) all.minimum = all.maximum = 0;
    sums[channel] = all;
  }
}

/// Where the channels' values lie on the way from 0 to 255.
template <typename Sample>
void windowInto(const cv::Mat &pixels, const float *low, const float *high, cv::Mat &shown) {
  const Sample *samples = reinterpret_cast<const Sample *>(pixels.data);
  const int channels = pixels.channels(), step = channels >= 3 ? 1 : 0;
  float scales[3];
  for (int c = 0; c < 3; ++c) {
    const float range = high[c * step] - low[c * step];
    scales[c] = range > 0 ? 255 / range : 0;
  }
  uint8_t *target = shown.data;
  for (size_t i = 0; i < pixels.total(); ++i, samples += channels, target += 3)
    for (int c = 0; c < 3; ++c) {
      const float value = (float(samples[c * step]) - low[c * step]) * scales[c];
      // NaN is not more than 0.
      target[c] = value > 0 ? uint8_t(std::min(value, 255.0f) + 0.5f) : 0;
    }
}

cv::Mat windowed(const cv::Mat &pixels, const float *low, const float *high) {
  cv::Mat shown = makePixels(pixels.cols, pixels.rows, CV_8UC3);
  switch (pixels.depth()) {
    case CV_8U:
      windowInto<uint8_t>(pixels, low, high, shown);
      break;
    case CV_16U:
      windowInto<uint16_t>(pixels, low, high, shown);
      break;
    default:
      windowInto<float>(pixels, low, high, shown);
  }
  return shown;
}

/// Calls `body` with each value that is not finite and its channel.
template <typename Body>
void forEachNonFinite(cv::Mat &pixels, Body body) {
  if (pixels.depth() != CV_32F) return;
  const size_t channels = size_t(pixels.channels()), count = pixels.total() * channels;
  float *samples = reinterpret_cast<float *>(pixels.data);
  for (size_t i = 0; i < count; ++i)
    if (!std::isfinite(samples[i])) body(samples[i], i % channels);
}

}  // namespace
}  // namespace dldetect

using namespace dldetect;

cb_status cb_image_measure(const cb_image *image, cb_channel_sums *out_sums, uint64_t *histogram,
                           char *message, size_t capacity) {
  return guarded(message, capacity, [&] {
    const cv::Mat &pixels = image->base.pixels;
    switch (pixels.depth()) {
      case CV_8U:
        return measureWhole<uint8_t>(pixels, out_sums, histogram);
      case CV_16U:
        return measureWhole<uint16_t>(pixels, out_sums, histogram);
      default:
        return measureFloats(pixels, out_sums);
    }
  });
}

size_t cb_image_nonfinite_count(const cb_image *image) {
  size_t count = 0;
  cv::Mat pixels = image->base.pixels;
  forEachNonFinite(pixels, [&](float &, size_t) { ++count; });
  return count;
}

void cb_image_replace_nonfinite(cb_image *image, const float *replacements) {
  image->forgetSmallerCopies();
  forEachNonFinite(image->base.pixels,
                   [&](float &value, size_t channel) { value = replacements[channel]; });
}

cb_status cb_image_window(const cb_image *image, const float *low, const float *high,
                          cb_image **out_image, char *message, size_t capacity) {
  return guarded(message, capacity, [&] {
    quietOpenCV();
    const cv::Mat shown = windowed(image->base.pixels, low, high);
    *out_image = withPixels(*image, shown).release();
  });
}
