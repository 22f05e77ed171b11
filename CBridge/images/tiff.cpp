// TIFF by libtiff itself: through OpenCV damage is an exception that is printed on its way.

// Its own int64 and the like clash with OpenCV's.
#define TIFF_DISABLE_DEPRECATED
#include <tiffio.h>

#include <algorithm>
#include <cstdarg>
#include <cstdio>
#include <memory>

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

/// Whether rows hold whole pixels of gray, RGB or RGBA as they are meant.
bool isPlain(TIFF *tiff) {
  const int samples = field(tiff, TIFFTAG_SAMPLESPERPIXEL);
  const int bits = field(tiff, TIFFTAG_BITSPERSAMPLE);
  const int photometric = field(tiff, TIFFTAG_PHOTOMETRIC);
  const bool gray = photometric == PHOTOMETRIC_MINISBLACK && samples == 1;
  const bool colour = photometric == PHOTOMETRIC_RGB && (samples == 3 || samples == 4);
  return (gray || colour) && (bits == 8 || bits == 16) && !TIFFIsTiled(tiff) &&
         field(tiff, TIFFTAG_PLANARCONFIG) == PLANARCONFIG_CONTIG &&
         field(tiff, TIFFTAG_SAMPLEFORMAT) == SAMPLEFORMAT_UINT;
}

cv::Mat readRows(TIFF *tiff, const Header &header, const Source &source) {
  const int depth = header.bits == 16 ? CV_16U : CV_8U;
  cv::Mat pixels = makePixels(int(header.width), int(header.height),
                              CV_MAKETYPE(depth, field(tiff, TIFFTAG_SAMPLESPERPIXEL)));
  if (TIFFScanlineSize(tiff) != tmsize_t(pixels.cols * pixels.elemSize())) fail(source);
  for (int y = 0; y < pixels.rows; ++y)
    if (TIFFReadScanline(tiff, pixels.ptr(y), uint32_t(y)) < 0) fail(source);
  return pixels;
}

/// Every other kind through libtiff's own conversion to RGBA of 8 bits.
cv::Mat readConverted(TIFF *tiff, const Header &header, Source &source) {
  if (header.bits != 8)
    throw Failure(CB_UNREADABLE, "a 16-bit TIFF other than gray, RGB or RGBA in strips");
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
  const cv::Mat stored = isPlain(file.get()) ? readRows(file.get(), header, source)
                                             : readConverted(file.get(), header, source);
  return withChannels(stored, options.force_rgb ? 3 : header.channels);
}

}  // namespace dldetect
