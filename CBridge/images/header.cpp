// Recognises a file by its first bytes.
#include "images/header.h"

#include "images/image.h"

namespace dldetect {
namespace {

Header readByFormat(Bytes bytes) {
  if (bytes.startsWith("\xFF\xD8\xFF")) return readJPEGHeader(bytes);
  if (bytes.startsWith("\x89PNG\r\n\x1A\n")) return readPNGHeader(bytes);
  if (bytes.startsWith("BM")) return readBMPHeader(bytes);
  if (bytes.startsWith({"II*\0", 4}) || bytes.startsWith({"MM\0*", 4}))
    return readTIFFHeader(bytes);
  if (bytes.startsWith("RIFF") && bytes.startsWith("WEBP", 8)) return readWebPHeader(bytes);
  if (bytes.size == 0) throw Failure(CB_TRUNCATED, "the file is empty");
  throw Failure(CB_UNREADABLE, "not a JPEG, PNG, BMP, TIFF or WebP picture");
}

}  // namespace

const char *name(Format format) {
  switch (format) {
    case Format::jpeg:
      return "JPEG";
    case Format::png:
      return "PNG";
    case Format::bmp:
      return "BMP";
    case Format::tiff:
      return "TIFF";
    case Format::webp:
      return "WebP";
  }
}

Header readHeader(Bytes bytes) {
  const Header header = readByFormat(bytes);
  if (header.width <= 0 || header.height <= 0)
    throw Failure(CB_UNREADABLE, "the header states a picture without pixels");
  // The sides first: their product must not overflow.
  if (header.width > maximumPixels || header.height > maximumPixels ||
      header.width * header.height > maximumPixels)
    throw Failure(CB_UNREADABLE, "the header states " + std::to_string(header.width) + " x " +
                                     std::to_string(header.height) +
                                     " pixels; at most 2^28 are taken");
  if (header.width * header.height * header.channels * (header.bits / 8) > maximumBytes)
    throw Failure(CB_UNREADABLE, "the header states a picture of more than 4 GiB");
  return header;
}

void checkComplete(Bytes bytes, Format format) {
  switch (format) {
    // Their codecs judge all of the data.
    case Format::jpeg:
    case Format::png:
      return;
    case Format::bmp:
      return checkBMPComplete(bytes);
    case Format::tiff:
      return checkTIFFComplete(bytes);
    case Format::webp:
      return checkWebPComplete(bytes);
  }
}

}  // namespace dldetect
