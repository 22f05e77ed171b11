// The picture behind a cb_image handle.
#pragma once

#include <memory>
#include <mutex>
#include <opencv2/core.hpp>
#include <vector>

#include "include/images.h"

namespace dldetect {

/// Pixels, and where the full-size picture lies in them: full-size point (x, y) is
/// (x · scaleX + originX, y · scaleY + originY) here.
struct Level {
  cv::Mat pixels;
  double scaleX = 1, scaleY = 1;
  double originX = 0, originY = 0;
};

/// Most pixels a picture may have: 0.8 GB as 8-bit RGB.
constexpr int64_t maximumPixels = int64_t{1} << 28;
/// Most bytes they may take.
constexpr int64_t maximumBytes = int64_t{1} << 32;
constexpr int maximumChannels = 16;

/// Uninitialised continuous pixels with readable memory behind the last one, so that a kernel may
/// load four samples where a pixel has fewer.
cv::Mat makePixels(int width, int height, int type);

/// Keeps OpenCV to the calling thread and off standard error.
void quietOpenCV();

}  // namespace dldetect

struct cb_image {
  dldetect::Level base;
  int originalWidth = 0, originalHeight = 0;
  int reduction = 1;

  /// A whole picture at full size.
  explicit cb_image(cv::Mat pixels);

  /// The picture halved `halvings` times by averaging areas; made once and kept.
  dldetect::Level level(int halvings) const;
  /// To be called before the pixels change.
  void forgetSmallerCopies();
  size_t byteCount() const;

 private:
  mutable std::mutex mutex;
  mutable std::vector<dldetect::Level> smaller;
};

namespace dldetect {

/// Another picture of the same size: other pixels, the rest as in `image`.
std::unique_ptr<cb_image> withPixels(const cb_image &image, cv::Mat pixels);

}  // namespace dldetect
