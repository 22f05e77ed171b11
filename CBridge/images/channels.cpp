// Pictures that are no photographs are composed three channels at a time; and what makes network
// input of planes.
#include <algorithm>

#include "clones.h"
#include "guarded.h"
#include "images/image.h"

namespace dldetect {
namespace {

DLDETECT_CLONES void normalizeClones(float *values, size_t count, cb_normalization n) {
  for (size_t i = 0; i < count; ++i) {
    const float raised = values[i] > n.low ? values[i] : n.low;
    const float clamped = raised < n.high ? raised : n.high;
    values[i] = (clamped - n.offset) * n.factor;
  }
}

template <typename Sample>
void copyTriple(const cv::Mat &from, int first, cv::Mat &to) {
  const int channels = from.channels();
  int offsets[3];
  // After the last channel it is repeated.
  for (int c = 0; c < 3; ++c) offsets[c] = std::min(first + c, channels - 1);
  const Sample *source = reinterpret_cast<const Sample *>(from.data);
  Sample *target = reinterpret_cast<Sample *>(to.data);
  for (size_t i = 0; i < from.total(); ++i, source += channels, target += 3)
    for (int c = 0; c < 3; ++c) target[c] = source[offsets[c]];
}

cv::Mat triple(const cv::Mat &pixels, int first) {
  if (first < 0 || first >= pixels.channels())
    throw Failure(CB_INVALID_ARGUMENT, "a picture of " + std::to_string(pixels.channels()) +
                                           " channels has none numbered " + std::to_string(first));
  cv::Mat result = makePixels(pixels.cols, pixels.rows, CV_MAKETYPE(pixels.depth(), 3));
  switch (pixels.depth()) {
    case CV_8U:
      copyTriple<uint8_t>(pixels, first, result);
      break;
    case CV_16U:
      copyTriple<uint16_t>(pixels, first, result);
      break;
    default:
      copyTriple<float>(pixels, first, result);
  }
  return result;
}

}  // namespace
}  // namespace dldetect

cb_status cb_image_triple(const cb_image *image, int first, cb_image **out_image, char *message,
                          size_t capacity) {
  return dldetect::guarded(message, capacity, [&] {
    const cv::Mat pixels = dldetect::triple(image->base.pixels, first);
    *out_image = dldetect::withPixels(*image, pixels).release();
  });
}

void cb_normalize(float *planes, size_t plane_size, int channel_count,
                  const cb_normalization *channels) {
  for (int channel = 0; channel < channel_count; ++channel)
    dldetect::normalizeClones(planes + channel * plane_size, plane_size, channels[channel]);
}
