// The codecs behind cb_image_decode_*. Each returns pixels as stored, RGB order, before
// orientation.
#pragma once

#include "images/header.h"
#include "images/image.h"

namespace dldetect {

/// `reduction` is 1, 2, 4 or 8. Any damage that the decoder notices is CB_TRUNCATED.
cv::Mat decodeJPEG(Bytes bytes, const cb_decode_options &options, int reduction);
cv::Mat decodePNG(Bytes bytes, const cb_decode_options &options);
cv::Mat decodeBMP(Bytes bytes, const Header &header, const cb_decode_options &options);
cv::Mat decodeTIFF(Bytes bytes, const Header &header, const cb_decode_options &options);
cv::Mat decodeWebP(Bytes bytes, const Header &header, const cb_decode_options &options);

/// Whether pixels of so many channels are a picture in gray, RGB or RGBA.
inline bool isPhotograph(int channels) { return channels == 1 || channels == 3 || channels == 4; }

/// RGB or gray pixels with 1, 3 or 4 channels: gray repeated, alpha left out, the first of equal
/// channels taken.
cv::Mat withChannels(const cv::Mat &pixels, int channels);

}  // namespace dldetect
