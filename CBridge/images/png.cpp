// PNG by libpng itself: through OpenCV it prints its complaints to standard error.
#include <png.h>

#include <bit>
#include <cstdio>
#include <vector>

#include "images/decode.h"

namespace dldetect {
namespace {

/// What libpng's callbacks share.
struct Reader {
  Bytes rest;
  char text[128];
};

[[noreturn]] void escape(png_structp png, png_const_charp text) {
  auto *reader = static_cast<Reader *>(png_get_error_ptr(png));
  std::snprintf(reader->text, sizeof reader->text, "%s", text);
  png_longjmp(png, 1);
}

void ignore(png_structp, png_const_charp) {}

void read(png_structp png, png_bytep target, size_t count) {
  Bytes &rest = static_cast<Reader *>(png_get_io_ptr(png))->rest;
  if (rest.size < count) png_error(png, "the data ends early");
  std::memcpy(target, rest.data, count);
  rest = {rest.data + count, rest.size - count};
}

/// Asks libpng for 8 or 16 bits, and for gray, RGB or RGBA.
void setTransforms(png_structp png, png_infop info, bool forceRGB) {
  const int kind = png_get_color_type(png, info);
  const bool keyed = png_get_valid(png, info, PNG_INFO_tRNS) != 0;
  const bool transparent = (kind & PNG_COLOR_MASK_ALPHA) || keyed;
  if (kind == PNG_COLOR_TYPE_PALETTE) png_set_palette_to_rgb(png);
  if (kind == PNG_COLOR_TYPE_GRAY) png_set_expand_gray_1_2_4_to_8(png);
  if (keyed) png_set_tRNS_to_alpha(png);
  if (!(kind & PNG_COLOR_MASK_COLOR) && (forceRGB || transparent)) png_set_gray_to_rgb(png);
  if (transparent && forceRGB) png_set_strip_alpha(png);
  if (png_get_bit_depth(png, info) == 16 && std::endian::native == std::endian::little)
    png_set_swap(png);
  png_set_interlace_handling(png);
  png_read_update_info(png, info);
}

/// The decoding, with nothing on the stack that a long jump would leave undestroyed. False with the
/// reader's text set on damage.
bool decode(png_structp png, png_infop info, bool forceRGB, cv::Mat &pixels,
            std::vector<png_bytep> &rows) {
  if (setjmp(png_jmpbuf(png))) return false;
  png_set_user_limits(png, PNG_UINT_31_MAX, PNG_UINT_31_MAX);  // readHeader has judged the size
  png_read_info(png, info);
  setTransforms(png, info, forceRGB);
  const int depth = png_get_bit_depth(png, info) == 16 ? CV_16U : CV_8U;
  pixels = makePixels(png_get_image_width(png, info), png_get_image_height(png, info),
                      CV_MAKETYPE(depth, png_get_channels(png, info)));
  rows.resize(pixels.rows);
  for (int y = 0; y < pixels.rows; ++y) rows[y] = pixels.ptr(y);
  png_read_image(png, rows.data());
  // Reads on to the end chunk.
  png_read_end(png, info);
  return true;
}

}  // namespace

cv::Mat decodePNG(Bytes bytes, const cb_decode_options &options) {
  Reader reader{bytes, {}};
  png_structp png = png_create_read_struct(PNG_LIBPNG_VER_STRING, &reader, escape, ignore);
  png_infop info = png ? png_create_info_struct(png) : nullptr;
  if (!info) {
    png_destroy_read_struct(&png, nullptr, nullptr);
    throw std::bad_alloc();
  }
  png_set_read_fn(png, &reader, read);
  cv::Mat pixels;
  std::vector<png_bytep> rows;
  bool whole = false;
  try {
    whole = decode(png, info, options.force_rgb, pixels, rows);
  } catch (...) {
    png_destroy_read_struct(&png, &info, nullptr);
    throw;
  }
  png_destroy_read_struct(&png, &info, nullptr);
  if (!whole)
    throw Failure(CB_TRUNCATED, std::string("the PNG is cut short or damaged: ") + reader.text);
  return pixels;
}

}  // namespace dldetect
