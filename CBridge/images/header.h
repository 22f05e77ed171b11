// What a picture file says about itself, read without any codec.
#pragma once

#include "images/bytes.h"

namespace dldetect {

enum class Format { jpeg, png, bmp, tiff, webp };

const char *name(Format format);

struct Header {
  Format format;
  // As stored, before `orientation` is applied.
  int64_t width = 0, height = 0;
  // 1, 3 or 4 once decoded: palettes are colour, gray with alpha is RGBA; of TIFF also 2 to 16.
  int channels = 3;
  int bits = 8;         // 8, 16 or, floats, 32 once decoded
  int orientation = 1;  // EXIF: 1 upright; 5 to 8 swap width and height
};

/// Reads the header; throws CB_UNREADABLE for anything but the five formats, kinds of them that are
/// not supported and sizes beyond `maximumPixels`, and CB_TRUNCATED where `bytes` end too early.
Header readHeader(Bytes bytes);

/// Throws CB_TRUNCATED where the file's own sizes and offsets lead beyond its end. What is
/// compressed is left to the codecs to judge.
void checkComplete(Bytes bytes, Format format);

// One of each per format.
Header readJPEGHeader(Bytes bytes);
Header readPNGHeader(Bytes bytes);
Header readBMPHeader(Bytes bytes);
Header readTIFFHeader(Bytes bytes);
Header readWebPHeader(Bytes bytes);
void checkBMPComplete(Bytes bytes);
void checkTIFFComplete(Bytes bytes);
void checkWebPComplete(Bytes bytes);

/// The orientation in a TIFF block, as EXIF embeds one; 1 where there is none or it is damaged.
int exifOrientation(Bytes block);

}  // namespace dldetect
