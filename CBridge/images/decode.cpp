// From a file or bytes in memory to an upright picture.
#include "images/decode.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <memory>
#include <opencv2/imgcodecs.hpp>
#include <opencv2/imgproc.hpp>
#include <vector>

namespace dldetect {

cv::Mat withChannels(const cv::Mat &pixels, int channels) {
  if (pixels.channels() == channels) return pixels;
  cv::Mat result = makePixels(pixels.cols, pixels.rows, CV_MAKETYPE(pixels.depth(), channels));
  if (channels == 1)
    cv::extractChannel(pixels, result, 0);
  else if (pixels.channels() == 1)
    cv::cvtColor(pixels, result, channels == 3 ? cv::COLOR_GRAY2RGB : cv::COLOR_GRAY2RGBA);
  else
    cv::cvtColor(pixels, result, channels == 3 ? cv::COLOR_RGBA2RGB : cv::COLOR_RGB2RGBA);
  return result;
}

cv::Mat decodeBMP(Bytes bytes, const Header &header, const cb_decode_options &options) {
  const cv::Mat encoded(1, int(bytes.size), CV_8U, const_cast<uint8_t *>(bytes.data));
  const cv::Mat stored = cv::imdecode(encoded, cv::IMREAD_COLOR);
  if (stored.cols != header.width || stored.rows != header.height)
    throw Failure(CB_TRUNCATED, "the BMP is damaged or of a kind that is not supported");
  cv::Mat pixels = makePixels(stored.cols, stored.rows, CV_8UC3);
  cv::cvtColor(stored, pixels, cv::COLOR_BGR2RGB);
  return withChannels(pixels, options.force_rgb ? 3 : header.channels);
}

namespace {

constexpr size_t maximumFileBytes = size_t{1} << 30;
/// Enough for a header without embedded previews: one page of the file.
constexpr size_t pageBytes = 1 << 12;
/// Enough for most headers, embedded previews included.
constexpr size_t headerBytes = 1 << 16;

/// A file open for reading. Calls of the system are few: data sets have a hundred thousand files.
class File {
 public:
  explicit File(const char *path) : descriptor(open(path, O_RDONLY | O_CLOEXEC)) {
    if (descriptor >= 0) return;
    const bool missing = errno == ENOENT || errno == ENOTDIR;
    throw Failure(missing ? CB_NOT_FOUND : CB_UNREADABLE,
                  missing ? "no such file" : std::strerror(errno));
  }
  ~File() { close(descriptor); }
  File(const File &) = delete;
  File &operator=(const File &) = delete;

  size_t size() const {
    struct stat status;
    if (fstat(descriptor, &status) != 0) throw Failure(CB_UNREADABLE, std::strerror(errno));
    if (S_ISDIR(status.st_mode)) throw Failure(CB_UNREADABLE, "a folder, not a picture");
    return size_t(status.st_size);
  }

  /// Bytes from the file's beginning; fewer than asked for only where it ends.
  size_t read(uint8_t *target, size_t wanted) const {
    size_t length = 0;
    while (length < wanted) {
      const ssize_t count = pread(descriptor, target + length, wanted - length, off_t(length));
      if (count < 0 && errno == EINTR) continue;
      if (count < 0)
        throw Failure(CB_UNREADABLE,
                      errno == EISDIR ? "a folder, not a picture" : std::strerror(errno));
      if (count == 0) break;
      length += size_t(count);
    }
    return length;
  }

 private:
  int descriptor;
};

/// Bytes that are not zeroed before a file is read into them.
struct Buffer {
  std::unique_ptr<uint8_t[]> bytes;
  size_t size;

  Bytes view() const { return {bytes.get(), size}; }
};

Buffer readWhole(const File &file) {
  const size_t size = file.size();
  if (size > maximumFileBytes) throw Failure(CB_UNREADABLE, "the file is larger than 1 GiB");
  Buffer buffer{std::unique_ptr<uint8_t[]>(new uint8_t[size]), 0};
  buffer.size = file.read(buffer.bytes.get(), size);
  return buffer;
}

/// The largest reduction that leaves both sides at least `minimum`.
int reduction(const Header &header, int minimum) {
  int result = 1;
  while (minimum > 0 && header.format == Format::jpeg && result < 8 &&
         std::min(header.width, header.height) >= int64_t{minimum} * result * 2)
    result *= 2;
  return result;
}

/// Turns and flips a picture as its EXIF orientation asks (EXIF 2.32, tag 0x0112).
void setUpright(cb_image &image, int orientation) {
  if (orientation < 2 || orientation > 8) return;
  const bool swapsSides = orientation >= 5;
  if (image.base.pixels.channels() > 4 || image.base.pixels.channels() == 2)
    throw Failure(CB_UNREADABLE, "a picture of " + std::to_string(image.base.pixels.channels()) +
                                     " channels with an EXIF orientation other than upright");
  cv::Mat turned;
  if (swapsSides)
    cv::transpose(image.base.pixels, turned);
  else
    turned = image.base.pixels;
  // Flips that remain after the transposition, along x and along y.
  const bool flipsX = orientation == 2 || orientation == 3 || orientation == 6 || orientation == 7;
  const bool flipsY = orientation == 3 || orientation == 4 || orientation == 7 || orientation == 8;
  cv::Mat pixels = makePixels(turned.cols, turned.rows, turned.type());
  if (flipsX || flipsY)
    cv::flip(turned, pixels, flipsX && flipsY ? -1 : flipsX ? 1 : 0);
  else
    turned.copyTo(pixels);
  image.base.pixels = pixels;
  if (swapsSides) std::swap(image.originalWidth, image.originalHeight);
  // The last pixels of a reduced picture may reach over its edge; a flip brings them to the front.
  if (flipsX) image.base.originX = pixels.cols - image.originalWidth * image.base.scaleX;
  if (flipsY) image.base.originY = pixels.rows - image.originalHeight * image.base.scaleY;
}

cb_image *decode(Bytes bytes, const cb_decode_options &options) {
  quietOpenCV();
  const Header header = readHeader(bytes);
  if (header.bits == 16 && !options.keep_16_bits)
    throw Failure(CB_UNSUPPORTED, "a 16-bit picture where 8 bits were asked for");
  if (header.bits == 32 && !options.keep_floats)
    throw Failure(CB_UNREADABLE, "its samples are 32-bit floats where integers are wanted");
  checkComplete(bytes, header.format);
  const int reduced = reduction(header, options.minimum_side);
  cv::Mat pixels;
  switch (header.format) {
    case Format::jpeg:
      pixels = decodeJPEG(bytes, options, reduced);
      break;
    case Format::png:
      pixels = decodePNG(bytes, options);
      break;
    case Format::bmp:
      pixels = decodeBMP(bytes, header, options);
      break;
    case Format::tiff:
      pixels = decodeTIFF(bytes, header, options);
      break;
    case Format::webp:
      pixels = decodeWebP(bytes, header, options);
      break;
  }
  auto image = std::make_unique<cb_image>(pixels);
  if (reduced > 1) {
    image->originalWidth = int(header.width);
    image->originalHeight = int(header.height);
    image->reduction = reduced;
    image->base.scaleX = image->base.scaleY = 1.0 / reduced;
  }
  setUpright(*image, header.orientation);
  return image.release();
}

cb_image_info info(const Header &header) {
  int width = int(header.width), height = int(header.height);
  if (header.orientation >= 5) std::swap(width, height);
  return {.width = width,
          .height = height,
          .channels = header.channels,
          .bits = header.bits,
          .original_width = width,
          .original_height = height,
          .reduction = 1};
}

cb_format bridged(Format format) {
  switch (format) {
    case Format::jpeg:
      return CB_FORMAT_JPEG;
    case Format::png:
      return CB_FORMAT_PNG;
    case Format::bmp:
      return CB_FORMAT_BMP;
    case Format::tiff:
      return CB_FORMAT_TIFF;
    case Format::webp:
      return CB_FORMAT_WEBP;
  }
}

/// The header from the file's first page, or from as much more as it takes.
Header probe(const char *path) {
  const File file(path);
  const auto readable = [](Bytes start, size_t asked, Header &header) {
    try {
      header = readHeader(start);
      return true;
    } catch (const Failure &failure) {
      // Where the file itself ends there is no more to be had.
      if (failure.status != CB_TRUNCATED || start.size < asked) throw;
      return false;
    }
  };
  Header header{};
  uint8_t page[pageBytes];
  if (readable({page, file.read(page, sizeof page)}, sizeof page, header)) return header;
  std::vector<uint8_t> start(headerBytes);
  start.resize(file.read(start.data(), start.size()));
  if (readable({start.data(), start.size()}, headerBytes, header)) return header;
  return readHeader(readWhole(file).view());
}

}  // namespace
}  // namespace dldetect

using namespace dldetect;

cb_status cb_image_decode_file(const char *path, cb_decode_options options, cb_image **out_image,
                               char *message, size_t capacity) {
  return guarded(message, capacity,
                 [&] { *out_image = decode(readWhole(File(path)).view(), options); });
}

cb_status cb_image_decode_bytes(const void *data, size_t size, cb_decode_options options,
                                cb_image **out_image, char *message, size_t capacity) {
  return guarded(message, capacity, [&] {
    if (size > maximumFileBytes) throw Failure(CB_UNREADABLE, "the data is larger than 1 GiB");
    *out_image = decode({static_cast<const uint8_t *>(data), size}, options);
  });
}

cb_status cb_image_probe_file(const char *path, cb_image_info *out_info, char *message,
                              size_t capacity) {
  return guarded(message, capacity, [&] { *out_info = info(probe(path)); });
}

cb_status cb_image_read_header(const void *data, size_t size, cb_header *out_header, char *message,
                               size_t capacity) {
  return guarded(message, capacity, [&] {
    const Header header = readHeader({static_cast<const uint8_t *>(data), size});
    *out_header = {.format = bridged(header.format),
                   .stored_width = int(header.width),
                   .stored_height = int(header.height),
                   .orientation = header.orientation};
  });
}
