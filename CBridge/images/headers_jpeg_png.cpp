// Headers of JPEG (ITU-T T.81, annex B; EXIF in APP1) and PNG (W3C PNG, third edition, §11).
#include "images/header.h"

namespace dldetect {

Header readJPEGHeader(Bytes bytes) {
  Header header{.format = Format::jpeg};
  for (size_t at = 2;;) {
    // Any number of 0xFF may stand before a marker's code.
    if (bytes.part(at, 1).data[0] != 0xFF) throw Failure(CB_TRUNCATED, "a JPEG marker is damaged");
    while (bytes.part(at, 1).data[0] == 0xFF) ++at;
    const int code = bytes.data[at++];
    if (code == 0x01 || (code >= 0xD0 && code <= 0xD7)) continue;  // these have no content
    if (code == 0xD9 || code == 0xDA)
      throw Failure(CB_TRUNCATED, "the JPEG has no frame header before its data");
    const size_t length = bytes.big16(at);
    if (length < 2) throw Failure(CB_TRUNCATED, "a JPEG marker is damaged");
    const bool isFrame =
        code >= 0xC0 && code <= 0xCF && code != 0xC4 && code != 0xC8 && code != 0xCC;
    if (isFrame) {
      if (bytes.part(at + 2, 1).data[0] != 8)
        throw Failure(CB_UNREADABLE, "a JPEG with other than 8 bits a channel");
      header.height = bytes.big16(at + 3);
      header.width = bytes.big16(at + 5);
      header.channels = bytes.part(at + 7, 1).data[0] == 1 ? 1 : 3;
      return header;
    }
    if (code == 0xE1 && length >= 8 && bytes.startsWith({"Exif\0\0", 6}, at + 2))
      header.orientation = exifOrientation(bytes.part(at + 8, length - 8));
    at += length;
  }
}

Header readPNGHeader(Bytes bytes) {
  enum { gray = 0, palette = 3, grayAlpha = 4, colourAlpha = 6 };
  if (bytes.part(8, 8).big32(0) != 13 || !bytes.startsWith("IHDR", 12))
    throw Failure(CB_TRUNCATED, "the PNG's header is damaged");
  Header header{.format = Format::png, .width = bytes.big32(16), .height = bytes.big32(20)};
  header.bits = bytes.part(24, 1).data[0] == 16 ? 16 : 8;
  const int kind = bytes.part(25, 1).data[0];
  bool transparent = kind == grayAlpha || kind == colourAlpha;
  for (size_t at = 33; !bytes.startsWith("IDAT", at + 4);) {
    const size_t length = bytes.big32(at);
    if (bytes.startsWith("tRNS", at + 4)) transparent = true;
    if (bytes.startsWith("eXIf", at + 4))
      header.orientation = exifOrientation(bytes.part(at + 8, length));
    if (bytes.startsWith("IEND", at + 4)) throw Failure(CB_TRUNCATED, "the PNG holds no pixels");
    at += length + 12;
  }
  header.channels = transparent ? 4 : kind == gray ? 1 : 3;
  return header;
}

}  // namespace dldetect
