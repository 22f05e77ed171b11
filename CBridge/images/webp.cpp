// WebP by libwebp itself: through OpenCV damage is an exception that is printed on its way.
#include <webp/decode.h>

#include "images/decode.h"

namespace dldetect {

cv::Mat decodeWebP(Bytes bytes, const Header &header, const cb_decode_options &options) {
  const bool alpha = header.channels == 4 && !options.force_rgb;
  cv::Mat pixels = makePixels(int(header.width), int(header.height), alpha ? CV_8UC4 : CV_8UC3);
  const auto decode = alpha ? WebPDecodeRGBAInto : WebPDecodeRGBInto;
  const size_t size = pixels.total() * pixels.elemSize();
  if (!decode(bytes.data, bytes.size, pixels.data, size, int(pixels.step)))
    throw Failure(CB_TRUNCATED, "the WebP is cut short or damaged");
  return pixels;
}

}  // namespace dldetect
