// Executes a recipe, canvas row by canvas row, so that what is written twice is written in cache.
#include <algorithm>
#include <cmath>

#include "guarded.h"
#include "images/sample.h"

namespace dldetect {
namespace {

/// How many picture pixels one canvas pixel spans along the direction that shrinks most: the larger
/// singular value of the matrix [a b; d e].
double shrinkage(double a, double b, double d, double e) {
  const double sum = a * a + b * b + d * d + e * e, determinant = a * e - b * d;
  const double root = std::sqrt(std::max(0.0, sum * sum - 4 * determinant * determinant));
  return std::sqrt((sum + root) / 2);
}

/// Throws unless the map keeps the whole rectangle within what 32.32 fixed point can hold.
void checkRange(const double m[6], const cb_source &source) {
  constexpr double limit = 1 << 29;
  for (int x : {0, source.left, source.right})
    for (int y : {0, source.top, source.bottom})
      if (!(std::abs(m[0] * x) + std::abs(m[1] * y) + std::abs(m[2]) < limit) ||
          !(std::abs(m[3] * x) + std::abs(m[4] * y) + std::abs(m[5]) < limit))
        throw Failure(CB_INVALID_ARGUMENT,
                      "a source's matrix must be finite and stay within 2^29 pixels");
}

Fixed fixed(double value) { return Fixed(std::llround(value * double(fixedOne))); }

/// The map from the canvas onto `level`, and the level's extent.
void place(Sampler &s, const cb_source &source) {
  const Level &level = s.level;
  const double *m = source.matrix;
  // The level point under the canvas point (x + ½, y + ½).
  const double x = (m[0] + m[1]) / 2 + m[2], y = (m[3] + m[4]) / 2 + m[5];
  s.originX = fixed(x * level.scaleX + level.originX);
  s.originY = fixed(y * level.scaleY + level.originY);
  s.xPerX = fixed(m[0] * level.scaleX);
  s.xPerY = fixed(m[1] * level.scaleX);
  s.yPerX = fixed(m[3] * level.scaleY);
  s.yPerY = fixed(m[4] * level.scaleY);
  s.left = fixed(level.originX);
  s.top = fixed(level.originY);
  s.right = fixed(source.image->originalWidth * level.scaleX + level.originX);
  s.bottom = fixed(source.image->originalHeight * level.scaleY + level.originY);
  s.canvasLeft = source.left;
  s.canvasTop = source.top;
  s.canvasRight = source.right;
  s.canvasBottom = source.bottom;
}

Sampler prepared(const cb_source &source, const cb_recipe &recipe) {
  if (!source.image) throw Failure(CB_INVALID_ARGUMENT, "a source has no picture");
  if (source.left < 0 || source.top < 0 || source.right > recipe.width ||
      source.bottom > recipe.height || source.left > source.right || source.top > source.bottom)
    throw Failure(CB_INVALID_ARGUMENT, "a source's rectangle must lie inside the canvas");
  checkRange(source.matrix, source);
  const Level &base = source.image->base;
  const double *m = source.matrix;
  double shrink =
      shrinkage(m[0] * base.scaleX, m[1] * base.scaleX, m[3] * base.scaleY, m[4] * base.scaleY);
  int halvings = 0;
  for (int side = std::max(base.pixels.cols, base.pixels.rows); shrink > 2 && side > 1;
       side = (side + 1) / 2, shrink /= 2)
    ++halvings;
  Sampler sampler{.level = source.image->level(halvings)};
  place(sampler, source);
  if (sampler.axisAligned()) tabulateColumns(sampler);
  return sampler;
}

void checkKind(const cb_source &source) {
  if (!source.image) throw Failure(CB_INVALID_ARGUMENT, "a source has no picture");
  const cv::Mat &pixels = source.image->base.pixels;
  const int channels = pixels.channels();
  const bool isPhotograph = channels == 1 || channels == 3 || channels == 4;
  if (pixels.depth() == CV_32F ? channels != 3 : !isPhotograph)
    throw Failure(CB_INVALID_ARGUMENT,
                  "a source is no gray, RGB or RGBA picture of 8 or 16 bits, nor three floats");
}

PixelChange pixelChange(const cb_recipe &recipe) {
  const float turns = recipe.hue_shift / 360;
  if (!std::isfinite(turns) || !(recipe.saturation_gain >= 0) || !(recipe.value_gain >= 0))
    throw Failure(CB_INVALID_ARGUMENT,
                  "the hue shift must be finite, saturation and value gains at least 0");
  const float hue = (turns - std::floor(turns)) * 6;
  return {hue < 6 ? hue : 0, recipe.saturation_gain, recipe.value_gain, recipe.scale,
          recipe.offset};
}

void compose(const cb_recipe &recipe, float *planes) {
  if (recipe.width <= 0 || recipe.height <= 0 ||
      int64_t{recipe.width} * recipe.height > maximumPixels)
    throw Failure(CB_INVALID_ARGUMENT, "a canvas needs 1 to 2^28 pixels");
  quietOpenCV();
  const PixelChange change = pixelChange(recipe);
  std::vector<Sampler> samplers;
  samplers.reserve(recipe.source_count);
  size_t blendedCount = 0;
  for (size_t i = 0; i < recipe.source_count; ++i) {
    checkKind(recipe.sources[i]);
    samplers.push_back(prepared(recipe.sources[i], recipe));
    const Sampler &s = samplers.back();
    blendedCount = std::max(blendedCount, size_t(s.columnCount) * s.level.pixels.channels());
  }
  std::vector<float> blended(blendedCount + 4), row(4 * size_t(recipe.width));
  const size_t planeSize = size_t(recipe.width) * recipe.height;
  for (int y = 0; y < recipe.height; ++y) {
    float *red = planes + size_t(y) * recipe.width;
    float *green = red + planeSize, *blue = green + planeSize;
    std::fill_n(red, recipe.width, recipe.fill[0] * recipe.scale + recipe.offset);
    std::fill_n(green, recipe.width, recipe.fill[1] * recipe.scale + recipe.offset);
    std::fill_n(blue, recipe.width, recipe.fill[2] * recipe.scale + recipe.offset);
    for (const Sampler &sampler : samplers) {
      const Span span = coveredSpan(sampler, y);
      if (span.begin == span.end) continue;
      sampleRow(sampler, y, span, blended.data(), row.data());
      finishRow(row.data(), span.end - span.begin, change, red + span.begin, green + span.begin,
                blue + span.begin);
    }
  }
}

}  // namespace
}  // namespace dldetect

cb_status cb_compose(const cb_recipe *recipe, float *out_planes, char *message, size_t capacity) {
  return dldetect::guarded(message, capacity, [&] { dldetect::compose(*recipe, out_planes); });
}
