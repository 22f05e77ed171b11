// Headers of BMP (Windows' BITMAPFILEHEADER and the info headers behind it) and WebP (RFC 9649).
#include <cstdlib>

#include "images/header.h"

namespace dldetect {
namespace {

/// One chunk of a WebP file, without its eight bytes of name and size.
struct Chunk {
  size_t offset, size;
};

/// The first chunk with the given name; of size 0 where there is none.
Chunk findChunk(Bytes bytes, std::string_view wanted) {
  for (size_t at = 12; bytes.contains(at, 8);) {
    const size_t size = bytes.little32(at + 4);
    if (bytes.startsWith(wanted, at)) return {at + 8, size};
    at += 8 + size + size % 2;
  }
  return {0, 0};
}

/// Whether a BMP has a palette and every entry of it is gray.
bool hasGrayPalette(Bytes bytes) {
  const uint32_t headerSize = bytes.little32(14);
  const bool core = headerSize == 12;
  const uint32_t bits = bytes.little16(core ? 24 : 28);
  if (bits > 8) return false;
  uint32_t count = core ? 0 : bytes.little32(46);
  if (count == 0 || count > 256) count = 1u << bits;
  const int entry = core ? 3 : 4;
  const Bytes palette = bytes.part(14 + headerSize, size_t(count) * entry);
  for (const uint8_t *p = palette.data; p < palette.data + palette.size; p += entry)
    if (p[0] != p[1] || p[0] != p[2]) return false;
  return true;
}

/// Throws for what OpenCV would refuse with an exception that it prints on its way.
void checkBMPKind(Bytes bytes) {
  const uint32_t headerSize = bytes.little32(14);
  const bool core = headerSize == 12;
  const uint32_t bits = bytes.little16(core ? 24 : 28);
  const bool knownBits =
      bits == 1 || bits == 4 || bits == 8 || bits == 16 || bits == 24 || bits == 32;
  const uint32_t compression = core ? 0 : bytes.little32(30);
  if (compression == 1 || compression == 2)
    throw Failure(CB_UNREADABLE, "a run-length coded BMP, which is not supported");
  const bool knownCompression = compression == 0 || (compression == 3 && bits >= 16);
  if ((!core && (headerSize < 36 || headerSize > 1024)) || !knownBits || !knownCompression ||
      (!core && bytes.little32(46) > 256))
    throw Failure(CB_UNREADABLE, "a BMP whose header is damaged or of a kind not supported");
}

}  // namespace

Header readBMPHeader(Bytes bytes) {
  checkBMPKind(bytes);
  Header header{.format = Format::bmp};
  header.channels = hasGrayPalette(bytes) ? 1 : 3;
  if (bytes.little32(14) == 12) {  // BITMAPCOREHEADER, of OS/2
    header.width = bytes.little16(18);
    header.height = bytes.little16(20);
  } else {
    header.width = int32_t(bytes.little32(18));
    // Negative where rows are stored from the top.
    header.height = std::abs(int64_t(int32_t(bytes.little32(22))));
  }
  return header;
}

void checkBMPComplete(Bytes bytes) {
  const Header header = readBMPHeader(bytes);
  const bool core = bytes.little32(14) == 12;
  const uint64_t bitsPerPixel = bytes.little16(core ? 24 : 28);
  // Rows are padded to four bytes.
  const uint64_t size = (header.width * bitsPerPixel + 31) / 32 * 4 * header.height;
  bytes.part(bytes.little32(10), size);
}

Header readWebPHeader(Bytes bytes) {
  Header header{.format = Format::webp};
  const Bytes first = bytes.part(20, 10);
  if (bytes.startsWith("VP8X", 12)) {
    const uint8_t flags = first.data[0];
    if (flags & 0x02) throw Failure(CB_UNREADABLE, "an animated WebP");
    header.channels = flags & 0x10 ? 4 : 3;
    header.width = 1 + int64_t(first.number(4, 3, false));
    header.height = 1 + int64_t(first.number(7, 3, false));
    if (flags & 0x08) {
      checkWebPComplete(bytes);
      const Chunk exif = findChunk(bytes, "EXIF");
      Bytes block = bytes.part(exif.offset, exif.size);
      // Some writers keep the prefix that JPEG wants.
      if (block.startsWith({"Exif\0\0", 6})) block = block.part(6, block.size - 6);
      header.orientation = exifOrientation(block);
    }
  } else if (bytes.startsWith("VP8L", 12)) {
    const uint32_t packed = first.little32(1);
    header.width = 1 + (packed & 0x3FFF);
    header.height = 1 + (packed >> 14 & 0x3FFF);
    header.channels = packed >> 28 & 1 ? 4 : 3;
  } else if (bytes.startsWith("VP8 ", 12)) {
    header.width = first.little16(6) & 0x3FFF;
    header.height = first.little16(8) & 0x3FFF;
  } else {
    throw Failure(CB_TRUNCATED, "the WebP's header is damaged");
  }
  return header;
}

void checkWebPComplete(Bytes bytes) { bytes.part(8, bytes.little32(4)); }

}  // namespace dldetect
