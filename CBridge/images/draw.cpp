// Boxes, labels and the primitives of charts.
#include <algorithm>
#include <cmath>
#include <opencv2/imgproc.hpp>
#include <string>

#include "guarded.h"
#include "images/image.h"

namespace dldetect {
namespace {

constexpr int font = cv::FONT_HERSHEY_SIMPLEX;
/// Height of a capital letter at scale 1, in pixels.
constexpr float capitalHeight = 22;
/// Fractional bits of the coordinates that OpenCV's drawing takes.
constexpr int shift = 4;

cv::Mat &canvas(cb_image *image) {
  quietOpenCV();
  const int channels = image->base.pixels.channels();
  if (image->base.pixels.depth() != CV_8U || channels == 2 || channels > 4)
    throw Failure(CB_INVALID_ARGUMENT, "drawing takes 8-bit pictures in gray, RGB or RGBA");
  image->forgetSmallerCopies();
  return image->base.pixels;
}

/// A gray picture takes the colour's luma (ITU-R BT.601).
float luma(cb_colour colour) {
  return 0.299f * colour.red + 0.587f * colour.green + 0.114f * colour.blue;
}

cv::Scalar ink(const cv::Mat &pixels, cb_colour colour) {
  if (pixels.channels() == 1) return cv::Scalar(luma(colour));
  return cv::Scalar(colour.red, colour.green, colour.blue, 255);
}

/// A coordinate of edges as OpenCV's, which lie at pixel centres. Far outside any picture it no
/// longer matters where.
int position(float edge) {
  if (!std::isfinite(edge)) throw Failure(CB_INVALID_ARGUMENT, "a coordinate is not finite");
  return int(std::lround((std::clamp(edge, -1e5f, 1e6f) - 0.5f) * (1 << shift)));
}

cv::Point point(float x, float y) { return {position(x), position(y)}; }

std::string printable(const char *text) {
  std::string result;
  for (const char *c = text; *c; ++c) {
    const auto byte = static_cast<unsigned char>(*c);
    if ((byte & 0xC0) == 0x80) continue;  // the later bytes of a UTF-8 character
    result += byte < 0x20 || byte > 0x7E ? '?' : *c;
  }
  return result;
}

int strokeWidth(float scale) { return std::max(1, int(std::lround(scale * 1.7f))); }

void drawRectangle(cv::Mat &pixels, float left, float top, float right, float bottom,
                   const cv::Scalar &colour, int thickness) {
  // The last pixel inside is the last one drawn.
  cv::rectangle(pixels, point(left + 0.5f, top + 0.5f),
                point(std::max(right - 0.5f, left + 0.5f), std::max(bottom - 0.5f, top + 0.5f)),
                colour, thickness == 0 ? 1 : thickness, cv::LINE_8, shift);
}

/// How large things are drawn in a picture of a given size.
struct Measures {
  int line;
  float textScale;

  explicit Measures(const cv::Mat &pixels) {
    const float side = std::sqrt(float(pixels.cols) * float(pixels.rows));
    line = std::max(1, int(std::lround(side / 300)));
    // A fiftieth of the side, but never below nine pixels, where letters cease to be legible.
    textScale = std::max(9.0f, side / 50) / capitalHeight;
  }
};

void drawLabel(cv::Mat &pixels, float left, float top, cb_colour colour, const std::string &text,
               const Measures &measures) {
  float scale = measures.textScale;
  int baseline = 0;
  cv::Size size = cv::getTextSize(text, font, scale, strokeWidth(scale), &baseline);
  if (size.width > pixels.cols - 2) {
    // Seven pixels can still be read where nine do not fit.
    scale = std::max(7 / capitalHeight, scale * float(pixels.cols - 2) / float(size.width));
    size = cv::getTextSize(text, font, scale, strokeWidth(scale), &baseline);
  }
  const int margin = std::max(1, int(std::lround(scale * 5)));
  const int descent = int(std::lround(scale * 7));
  const int width = size.width + 2 * margin, height = size.height + descent + 2 * margin;
  // Above the box; inside its top where there is no room; never beyond the picture.
  int tagTop = int(std::lround(std::clamp(top, -1e5f, 1e6f))) - height;
  if (tagTop < 0) tagTop = int(std::lround(std::clamp(top, 0.0f, 1e6f)));
  tagTop = std::clamp(tagTop, 0, std::max(0, pixels.rows - height));
  int tagLeft = int(std::lround(std::clamp(left, -1e5f, 1e6f)));
  tagLeft = std::clamp(tagLeft, 0, std::max(0, pixels.cols - width));
  cv::rectangle(pixels, cv::Rect(tagLeft, tagTop, width, height), ink(pixels, colour), cv::FILLED);
  const cb_colour contrast = luma(colour) > 140 ? cb_colour{0, 0, 0} : cb_colour{255, 255, 255};
  cv::putText(pixels, text, {tagLeft + margin, tagTop + margin + size.height}, font, scale,
              ink(pixels, contrast), strokeWidth(scale), cv::LINE_AA);
}

}  // namespace
}  // namespace dldetect

using namespace dldetect;

cb_status cb_draw_box(cb_image *image, float left, float top, float right, float bottom,
                      cb_colour colour, const char *label, char *message, size_t capacity) {
  return guarded(message, capacity, [&] {
    cv::Mat &pixels = canvas(image);
    const Measures measures(pixels);
    drawRectangle(pixels, left, top, right, bottom, ink(pixels, colour), measures.line);
    if (label && *label) drawLabel(pixels, left, top, colour, printable(label), measures);
  });
}

cb_status cb_draw_rectangle(cb_image *image, float left, float top, float right, float bottom,
                            cb_colour colour, int thickness, char *message, size_t capacity) {
  return guarded(message, capacity, [&] {
    cv::Mat &pixels = canvas(image);
    drawRectangle(pixels, left, top, right, bottom, ink(pixels, colour), thickness);
  });
}

cb_status cb_draw_line(cb_image *image, float x0, float y0, float x1, float y1, cb_colour colour,
                       int thickness, char *message, size_t capacity) {
  return guarded(message, capacity, [&] {
    cv::Mat &pixels = canvas(image);
    cv::line(pixels, point(x0, y0), point(x1, y1), ink(pixels, colour), std::max(1, thickness),
             cv::LINE_AA, shift);
  });
}

cb_status cb_draw_ellipse(cb_image *image, float x, float y, float radius_x, float radius_y,
                          float degrees, cb_colour colour, int thickness, char *message,
                          size_t capacity) {
  return guarded(message, capacity, [&] {
    cv::Mat &pixels = canvas(image);
    if (!(radius_x >= 0 && radius_y >= 0 && radius_x < 1e6f && radius_y < 1e6f) ||
        !std::isfinite(degrees))
      throw Failure(CB_INVALID_ARGUMENT, "an ellipse's radii must be 0 to 10^6, its angle finite");
    const cv::Size radii(int(std::lround(radius_x * (1 << shift))),
                         int(std::lround(radius_y * (1 << shift))));
    cv::ellipse(pixels, point(x, y), radii, degrees, 0, 360, ink(pixels, colour),
                thickness == 0 ? 1 : thickness, cv::LINE_AA, shift);
  });
}

cb_status cb_draw_text(cb_image *image, const char *text, float x, float baseline, float scale,
                       cb_colour colour, char *message, size_t capacity) {
  return guarded(message, capacity, [&] {
    cv::Mat &pixels = canvas(image);
    if (!(scale > 0 && scale < 1000))
      throw Failure(CB_INVALID_ARGUMENT, "a text's scale must lie between 0 and 1000");
    const cv::Point origin(position(x) >> shift, position(baseline) >> shift);
    cv::putText(pixels, printable(text), origin, font, scale, ink(pixels, colour),
                strokeWidth(scale), cv::LINE_AA);
  });
}
