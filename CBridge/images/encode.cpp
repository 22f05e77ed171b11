// Pictures into files and buffers.
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <opencv2/imgcodecs.hpp>
#include <opencv2/imgproc.hpp>
#include <string>
#include <vector>

#include "guarded.h"
#include "images/image.h"

namespace dldetect {
namespace {

std::string lowercased(std::string text) {
  std::transform(text.begin(), text.end(), text.begin(),
                 [](unsigned char c) { return char(c >= 'A' && c <= 'Z' ? c + 32 : c); });
  return text;
}

std::vector<uint8_t> encode(const cb_image &image, const std::string &extension, int quality) {
  constexpr const char *known[] = {"jpg", "jpeg", "png", "bmp", "tif", "tiff", "webp"};
  if (std::find(std::begin(known), std::end(known), extension) == std::end(known))
    throw Failure(CB_INVALID_ARGUMENT, "no picture format is called \"" + extension +
                                           "\"; jpg, png, bmp, tiff and webp are");
  const cv::Mat &pixels = image.base.pixels;
  if (pixels.depth() == CV_32F || pixels.channels() == 2 || pixels.channels() > 4)
    throw Failure(CB_INVALID_ARGUMENT,
                  "gray, RGB and RGBA pictures of 8 or 16 bits are written, no others");
  const bool takes16Bits = extension == "png" || extension == "tif" || extension == "tiff";
  if (pixels.depth() == CV_16U && !takes16Bits)
    throw Failure(CB_INVALID_ARGUMENT, "16-bit pictures are written as png or tiff only");
  if (quality < 0 || quality > 100)
    throw Failure(CB_INVALID_ARGUMENT, "the JPEG quality must be 0 to 100");
  quietOpenCV();
  cv::Mat stored;
  switch (pixels.channels()) {
    case 3:
      cv::cvtColor(pixels, stored, cv::COLOR_RGB2BGR);
      break;
    case 4:
      cv::cvtColor(pixels, stored, cv::COLOR_RGBA2BGRA);
      break;
    default:
      stored = pixels;
  }
  std::vector<uint8_t> bytes;
  const std::vector<int> parameters = {cv::IMWRITE_JPEG_QUALITY, quality, cv::IMWRITE_WEBP_QUALITY,
                                       std::max(quality, 1)};
  if (!cv::imencode("." + extension, stored, bytes, parameters))
    throw Failure(CB_WRITE_FAILED, "the picture could not be encoded as " + extension);
  return bytes;
}

std::string extensionOf(const std::string &path) {
  const size_t dot = path.rfind('.');
  if (dot == std::string::npos || path.find('/', dot) != std::string::npos) return "";
  return lowercased(path.substr(dot + 1));
}

/// What is left of a picture that could not be written whole goes; a device does not.
void removeIfRegular(const char *path) {
  struct stat status;
  if (stat(path, &status) == 0 && S_ISREG(status.st_mode)) unlink(path);
}

void writeFile(const char *path, const std::vector<uint8_t> &bytes) {
  FILE *file = std::fopen(path, "wb");
  if (!file) throw Failure(CB_WRITE_FAILED, std::strerror(errno));
  const bool written = std::fwrite(bytes.data(), 1, bytes.size(), file) == bytes.size();
  const int error = errno;
  const bool closed = std::fclose(file) == 0;
  if (written && closed) return;
  const std::string reason = std::strerror(written ? errno : error);
  removeIfRegular(path);
  throw Failure(CB_WRITE_FAILED, reason);
}

}  // namespace
}  // namespace dldetect

using namespace dldetect;

cb_status cb_image_encode_file(const cb_image *image, const char *path, int jpeg_quality,
                               char *message, size_t capacity) {
  return guarded(message, capacity,
                 [&] { writeFile(path, encode(*image, extensionOf(path), jpeg_quality)); });
}

cb_status cb_image_encode_bytes(const cb_image *image, const char *extension, int jpeg_quality,
                                uint8_t **out_data, size_t *out_size, char *message,
                                size_t capacity) {
  return guarded(message, capacity, [&] {
    const std::vector<uint8_t> bytes = encode(*image, lowercased(extension), jpeg_quality);
    auto *data = static_cast<uint8_t *>(std::malloc(bytes.size()));
    if (!data) throw std::bad_alloc();
    std::memcpy(data, bytes.data(), bytes.size());
    *out_data = data;
    *out_size = bytes.size();
  });
}

void cb_bytes_destroy(uint8_t *data) { std::free(data); }
