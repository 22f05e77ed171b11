// TIFF by libtiff itself: through OpenCV damage is an exception that is printed on its way.

// Its own int64 and the like clash with OpenCV's.
#define TIFF_DISABLE_DEPRECATED
#include <tiffio.h>

#include <algorithm>
#include <cstdarg>
#include <cstdio>
#include <memory>
#include <vector>

#include "images/decode.h"

namespace dldetect {
namespace {

/// The file in memory, and what libtiff last complained about.
struct Source {
  Bytes bytes;
  uint64_t position = 0;
  char text[160] = "";
};

Source &source(thandle_t handle) { return *static_cast<Source *>(handle); }

tmsize_t read(thandle_t handle, void *target, tmsize_t wanted) {
  Source &s = source(handle);
  const uint64_t start = std::min<uint64_t>(s.position, s.bytes.size);
  const uint64_t count = std::min<uint64_t>(uint64_t(wanted), s.bytes.size - start);
  std::memcpy(target, s.bytes.data + start, count);
  s.position = start + count;
  return tmsize_t(count);
}

tmsize_t refuse(thandle_t, void *, tmsize_t) { return -1; }

toff_t seek(thandle_t handle, toff_t offset, int from) {
  Source &s = source(handle);
  const uint64_t base = from == SEEK_SET ? 0 : from == SEEK_CUR ? s.position : s.bytes.size;
  return s.position = base + offset;
}

toff_t size(thandle_t handle) { return source(handle).bytes.size; }
int close(thandle_t) { return 0; }

int keepText(TIFF *, void *data, const char *, const char *format, va_list arguments) {
  auto *s = static_cast<Source *>(data);
  std::vsnprintf(s->text, sizeof s->text, format, arguments);
  return 1;
}

int ignore(TIFF *, void *, const char *, const char *, va_list) { return 1; }

struct Close {
  void operator()(TIFF *tiff) const { TIFFClose(tiff); }
};
using File = std::unique_ptr<TIFF, Close>;

File open(Source &source) {
  TIFFOpenOptions *options = TIFFOpenOptionsAlloc();
  if (!options) throw std::bad_alloc();
  TIFFOpenOptionsSetErrorHandlerExtR(options, keepText, &source);
  TIFFOpenOptionsSetWarningHandlerExtR(options, ignore, nullptr);
  TIFFOpenOptionsSetMaxSingleMemAlloc(options, 4 * maximumPixels);
  // m: no memory mapping.
  File file(TIFFClientOpenExt("memory", "rm", &source, read, refuse, seek, close, size, nullptr,
                              nullptr, options));
  TIFFOpenOptionsFree(options);
  return file;
}

[[noreturn]] void fail(const Source &source) {
  throw Failure(CB_TRUNCATED, std::string("the TIFF is cut short or damaged: ") + source.text);
}

int field(TIFF *tiff, uint32_t tag) {
  uint16_t value = 0;
  TIFFGetFieldDefaulted(tiff, tag, &value);
  return value;
}

int depth(const Header &header) {
  return header.bits == 32 ? CV_32F : header.bits == 16 ? CV_16U : CV_8U;
}

/// Whether the samples are channels of gray or RGB as they are meant: unsigned, or floats.
bool isPlain(TIFF *tiff, const Header &header) {
  const int photometric = field(tiff, TIFFTAG_PHOTOMETRIC);
  const int format = header.bits == 32 ? SAMPLEFORMAT_IEEEFP : SAMPLEFORMAT_UINT;
  return (photometric == PHOTOMETRIC_MINISBLACK || photometric == PHOTOMETRIC_RGB) &&
         field(tiff, TIFFTAG_SAMPLESPERPIXEL) == header.channels &&
         field(tiff, TIFFTAG_BITSPERSAMPLE) == header.bits &&
         field(tiff, TIFFTAG_SAMPLEFORMAT) == format;
}

/// Writes `count` samples of one channel into pixels of `channels`.
void scatter(const uint8_t *from, int count, int sampleBytes, uint8_t *to, int channels) {
  const size_t step = size_t(sampleBytes) * channels;
  for (int i = 0; i < count; ++i, from += sampleBytes, to += step)
    std::memcpy(to, from, sampleBytes);
}

void readRows(TIFF *tiff, cv::Mat &pixels, const Source &source) {
  if (TIFFScanlineSize(tiff) != tmsize_t(pixels.cols * pixels.elemSize())) fail(source);
  for (int y = 0; y < pixels.rows; ++y)
    if (TIFFReadScanline(tiff, pixels.ptr(y), uint32_t(y)) < 0) fail(source);
}

/// Channel after channel, since compressed rows come in order only.
void readPlanes(TIFF *tiff, cv::Mat &pixels, const Source &source) {
  const int bytes = int(pixels.elemSize1()), channels = pixels.channels();
  if (TIFFScanlineSize(tiff) != tmsize_t(pixels.cols) * bytes) fail(source);
  std::vector<uint8_t> row(size_t(pixels.cols) * bytes);
  for (int channel = 0; channel < channels; ++channel)
    for (int y = 0; y < pixels.rows; ++y) {
      if (TIFFReadScanline(tiff, row.data(), uint32_t(y), uint16_t(channel)) < 0) fail(source);
      scatter(row.data(), pixels.cols, bytes, pixels.ptr(y) + channel * bytes, channels);
    }
}

/// A tile's part of the picture, of one channel or, where `planes` is 1, of all.
void placeTile(const std::vector<uint8_t> &tile, int tileWidth, cv::Rect part, int channel,
               int planes, cv::Mat &pixels) {
  const int bytes = int(pixels.elemSize1()), channels = pixels.channels();
  const size_t pixel = planes == 1 ? pixels.elemSize() : size_t(bytes);
  for (int row = 0; row < part.height; ++row) {
    const uint8_t *from = tile.data() + row * (tileWidth * pixel);
    uint8_t *to = pixels.ptr(part.y + row) + part.x * pixels.elemSize();
    if (planes == 1)
      std::memcpy(to, from, part.width * pixel);
    else
      scatter(from, part.width, bytes, to + channel * bytes, channels);
  }
}

void readTiles(TIFF *tiff, cv::Mat &pixels, int planes, const Source &source) {
  uint32_t width = 0, height = 0;
  TIFFGetField(tiff, TIFFTAG_TILEWIDTH, &width);
  TIFFGetField(tiff, TIFFTAG_TILELENGTH, &height);
  const uint64_t pixel = planes == 1 ? pixels.elemSize() : pixels.elemSize1();
  const uint64_t size = uint64_t{width} * height * pixel;
  if (size == 0 || width > maximumPixels || height > maximumPixels ||
      size > uint64_t{4 * maximumPixels} || TIFFTileSize(tiff) != tmsize_t(size))
    fail(source);
  std::vector<uint8_t> tile(size);
  for (int y = 0; y < pixels.rows; y += int(height))
    for (int x = 0; x < pixels.cols; x += int(width)) {
      const cv::Rect part(x, y, std::min(int(width), pixels.cols - x),
                          std::min(int(height), pixels.rows - y));
      for (int channel = 0; channel < planes; ++channel) {
        if (TIFFReadTile(tiff, tile.data(), uint32_t(x), uint32_t(y), 0, uint16_t(channel)) < 0)
          fail(source);
        placeTile(tile, int(width), part, channel, planes, pixels);
      }
    }
}

cv::Mat readStored(TIFF *tiff, const Header &header, const Source &source) {
  cv::Mat pixels = makePixels(int(header.width), int(header.height),
                              CV_MAKETYPE(depth(header), header.channels));
  const bool planar = field(tiff, TIFFTAG_PLANARCONFIG) == PLANARCONFIG_SEPARATE;
  const int planes = planar ? header.channels : 1;
  if (TIFFIsTiled(tiff))
    readTiles(tiff, pixels, planes, source);
  else if (planes > 1)
    readPlanes(tiff, pixels, source);
  else
    readRows(tiff, pixels, source);
  return pixels;
}

/// Every other kind through libtiff's own conversion to RGBA of 8 bits.
cv::Mat readConverted(TIFF *tiff, const Header &header, Source &source) {
  if (header.bits != 8)
    throw Failure(CB_UNREADABLE, "a TIFF of " + std::to_string(header.bits) +
                                     " bits that is no plain gray or RGB with or without further "
                                     "channels; 16 bits are unsigned, 32 floats");
  if (!isPhotograph(header.channels))
    throw Failure(CB_UNREADABLE, "a TIFF of " + std::to_string(header.channels) +
                                     " channels in a form that only gray and RGB may have");
  if (field(tiff, TIFFTAG_SAMPLEFORMAT) == SAMPLEFORMAT_INT)
    throw Failure(CB_UNREADABLE, "a TIFF of signed values; unsigned ones and floats are read");
  TIFFRGBAImage image;
  char reason[1024];
  if (!TIFFRGBAImageOK(tiff, reason)) throw Failure(CB_UNREADABLE, reason);
  if (!TIFFRGBAImageBegin(&image, tiff, 1, reason)) throw Failure(CB_TRUNCATED, reason);
  // As stored: the caller turns it.
  image.req_orientation = image.orientation;
  cv::Mat pixels;
  int read = 0;
  try {
    pixels = makePixels(int(header.width), int(header.height), CV_8UC4);
    read = TIFFRGBAImageGet(&image, pixels.ptr<uint32_t>(), image.width, image.height);
  } catch (...) {
    TIFFRGBAImageEnd(&image);
    throw;
  }
  TIFFRGBAImageEnd(&image);
  if (!read) fail(source);
  return pixels;
}

}  // namespace

cv::Mat decodeTIFF(Bytes bytes, const Header &header, const cb_decode_options &options) {
  Source source{bytes};
  const File file = open(source);
  if (!file) fail(source);
  uint32_t width = 0, height = 0;
  TIFFGetField(file.get(), TIFFTAG_IMAGEWIDTH, &width);
  TIFFGetField(file.get(), TIFFTAG_IMAGELENGTH, &height);
  if (int64_t{width} != header.width || int64_t{height} != header.height) fail(source);
  const cv::Mat stored = isPlain(file.get(), header) ? readStored(file.get(), header, source)
                                                     : readConverted(file.get(), header, source);
  const bool makesRGB = options.force_rgb && isPhotograph(header.channels);
  return withChannels(stored, makesRGB ? 3 : header.channels);
}

}  // namespace dldetect
