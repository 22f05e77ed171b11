// Pictures in memory: creation, copies, and the smaller copies that compose reads.
#include "images/image.h"

#include <cstring>
#include <memory>
#include <opencv2/core/utils/logger.hpp>
#include <opencv2/imgproc.hpp>

#include "guarded.h"

namespace dldetect {

cv::Mat makePixels(int width, int height, int type) {
  return cv::Mat(height + 1, width, type).rowRange(0, height);
}

void quietOpenCV() {
  static const bool once = [] {
    cv::setNumThreads(1);
    cv::utils::logging::setLogLevel(cv::utils::logging::LOG_LEVEL_SILENT);
    return true;
  }();
  (void)once;
}

namespace {

/// Side by side along each axis, every pixel the mean of the area it covers.
Level halved(const Level &level) {
  const int width = (level.pixels.cols + 1) / 2, height = (level.pixels.rows + 1) / 2;
  const double ratioX = double(width) / level.pixels.cols;
  const double ratioY = double(height) / level.pixels.rows;
  Level result;
  result.pixels = makePixels(width, height, level.pixels.type());
  cv::resize(level.pixels, result.pixels, result.pixels.size(), 0, 0, cv::INTER_AREA);
  result.scaleX = level.scaleX * ratioX;
  result.scaleY = level.scaleY * ratioY;
  result.originX = level.originX * ratioX;
  result.originY = level.originY * ratioY;
  return result;
}

template <typename Sample>
cb_image *created(const Sample *pixels, int width, int height, int channels, int depth) {
  if (!pixels || width <= 0 || height <= 0 || channels < 1 || channels > maximumChannels ||
      int64_t{width} * height > maximumPixels ||
      int64_t{width} * height * channels * int64_t{sizeof(Sample)} > maximumBytes)
    throw Failure(CB_INVALID_ARGUMENT,
                  "a picture needs 1 to 16 channels and 1 to 2^28 pixels, at most 4 GiB in all");
  quietOpenCV();
  cv::Mat copy = makePixels(width, height, CV_MAKETYPE(depth, channels));
  std::memcpy(copy.data, pixels, sizeof(Sample) * size_t(width) * height * channels);
  return new cb_image(copy);
}

}  // namespace
}  // namespace dldetect

using namespace dldetect;

cb_image::cb_image(cv::Mat pixels) : originalWidth(pixels.cols), originalHeight(pixels.rows) {
  base.pixels = std::move(pixels);
}

Level cb_image::level(int halvings) const {
  if (halvings == 0) return base;
  std::lock_guard<std::mutex> lock(mutex);
  while (int(smaller.size()) < halvings)
    smaller.push_back(halved(smaller.empty() ? base : smaller.back()));
  return smaller[halvings - 1];
}

void cb_image::forgetSmallerCopies() {
  std::lock_guard<std::mutex> lock(mutex);
  smaller.clear();
}

size_t cb_image::byteCount() const {
  std::lock_guard<std::mutex> lock(mutex);
  size_t bytes = base.pixels.total() * base.pixels.elemSize();
  for (const Level &level : smaller) bytes += level.pixels.total() * level.pixels.elemSize();
  return bytes;
}

cb_status cb_image_create(const uint8_t *pixels, int width, int height, int channels,
                          cb_image **out_image, char *message, size_t capacity) {
  return guarded(message, capacity,
                 [&] { *out_image = created(pixels, width, height, channels, CV_8U); });
}

cb_status cb_image_create_16(const uint16_t *pixels, int width, int height, int channels,
                             cb_image **out_image, char *message, size_t capacity) {
  return guarded(message, capacity,
                 [&] { *out_image = created(pixels, width, height, channels, CV_16U); });
}

cb_status cb_image_create_float(const float *pixels, int width, int height, int channels,
                                cb_image **out_image, char *message, size_t capacity) {
  return guarded(message, capacity,
                 [&] { *out_image = created(pixels, width, height, channels, CV_32F); });
}

cb_status cb_image_copy(const cb_image *image, cb_image **out_image, char *message,
                        size_t capacity) {
  return guarded(message, capacity, [&] {
    const cv::Mat &pixels = image->base.pixels;
    cv::Mat copy = makePixels(pixels.cols, pixels.rows, pixels.type());
    pixels.copyTo(copy);
    *out_image = withPixels(*image, copy).release();
  });
}

std::unique_ptr<cb_image> dldetect::withPixels(const cb_image &image, cv::Mat pixels) {
  auto result = std::make_unique<cb_image>(pixels);
  result->base = image.base;
  result->base.pixels = pixels;
  result->originalWidth = image.originalWidth;
  result->originalHeight = image.originalHeight;
  result->reduction = image.reduction;
  return result;
}

cb_image_layout cb_image_get_layout(const cb_image *image) {
  const Level &base = image->base;
  return {.width = base.pixels.cols,
          .height = base.pixels.rows,
          .channels = base.pixels.channels(),
          .original_width = image->originalWidth,
          .original_height = image->originalHeight,
          .reduction = image->reduction,
          .scale_x = base.scaleX,
          .scale_y = base.scaleY,
          .origin_x = base.originX,
          .origin_y = base.originY};
}

cb_status cb_image_borrow(cb_image_layout layout, const uint8_t *pixels, cb_image **out_image,
                          char *message, size_t capacity) {
  return guarded(message, capacity, [&] {
    const int channels = layout.channels;
    if (!pixels || layout.width <= 0 || layout.height <= 0 || channels < 1 ||
        channels > maximumChannels || int64_t{layout.width} * layout.height > maximumPixels)
      throw Failure(CB_INVALID_ARGUMENT, "a picture needs 1 to 16 channels and 1 to 2^28 pixels");
    quietOpenCV();
    // Nothing writes to it: it is only sampled and copied.
    auto image = std::make_unique<cb_image>(
        cv::Mat(layout.height, layout.width, CV_8UC(channels), const_cast<uint8_t *>(pixels)));
    image->originalWidth = layout.original_width;
    image->originalHeight = layout.original_height;
    image->reduction = layout.reduction;
    image->base.scaleX = layout.scale_x;
    image->base.scaleY = layout.scale_y;
    image->base.originX = layout.origin_x;
    image->base.originY = layout.origin_y;
    *out_image = image.release();
  });
}

void cb_image_destroy(cb_image *image) { delete image; }

cb_image_info cb_image_get_info(const cb_image *image) {
  const cv::Mat &pixels = image->base.pixels;
  return {.width = pixels.cols,
          .height = pixels.rows,
          .channels = pixels.channels(),
          .bits = 8 * int(pixels.elemSize1()),
          .original_width = image->originalWidth,
          .original_height = image->originalHeight,
          .reduction = image->reduction};
}

const void *cb_image_pixels(const cb_image *image) { return image->base.pixels.data; }

void *cb_image_mutable_pixels(cb_image *image) {
  image->forgetSmallerCopies();
  return image->base.pixels.data;
}

size_t cb_image_byte_count(const cb_image *image) { return image->byteCount(); }
