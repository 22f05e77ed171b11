// The codecs behind cb_image_decode_*. Each returns pixels as stored, RGB order, before
// orientation.
#pragma once

#include "images/header.h"
#include "images/image.h"

namespace dldetect {

/// `reduction` is 1, 2, 4 or 8. Any damage that the decoder notices is CB_TRUNCATED.
cv::Mat decodeJPEG(Bytes bytes, const cb_decode_options &options, int reduction);
cv::Mat decodePNG(Bytes bytes, const cb_decode_options &options);
/// BMP, TIFF and WebP.
cv::Mat decodeWithOpenCV(Bytes bytes, const Header &header, const cb_decode_options &options);

}  // namespace dldetect
