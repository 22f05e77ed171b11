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

/// Whether a source's map is more than affine.
bool isProjective(const cb_source &source) {
  return source.perspective[0] != 0 || source.perspective[1] != 0;
}

double denominator(const cb_source &source, double x, double y) {
  return source.perspective[0] * x + source.perspective[1] * y + 1;
}

/// Throws where the rectangle reaches the line that lies at infinity in the picture. Positive at
/// the corners the denominator is positive between them.
void checkHorizon(const cb_source &source) {
  constexpr double least = 1e-3;
  for (int x : {source.left, source.right})
    for (int y : {source.top, source.bottom})
      if (!(denominator(source, x, y) >= least))
        throw Failure(CB_INVALID_ARGUMENT,
                      "a source's perspective must stay positive within its rectangle");
}

/// The larger shrinkage of a source's map in the middle of its rectangle. In perspective it is
/// another one elsewhere: what lies farther away is sampled more thinly there, what is nearer more
/// softly.
double shrinkage(const cb_source &source, double scaleX, double scaleY) {
  const double *m = source.matrix, *p = source.perspective;
  const double x = (source.left + source.right) / 2.0, y = (source.top + source.bottom) / 2.0;
  const double w = denominator(source, x, y);
  const double u = (m[0] * x + m[1] * y + m[2]) / w, v = (m[3] * x + m[4] * y + m[5]) / w;
  return shrinkage((m[0] - u * p[0]) / w * scaleX, (m[1] - u * p[1]) / w * scaleX,
                   (m[3] - v * p[0]) / w * scaleY, (m[4] - v * p[1]) / w * scaleY);
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
  const double *region = source.region;
  const double width = source.image->originalWidth, height = source.image->originalHeight;
  s.left = fixed(std::clamp(region[0], 0.0, width) * level.scaleX + level.originX);
  s.top = fixed(std::clamp(region[1], 0.0, height) * level.scaleY + level.originY);
  s.right = fixed(std::clamp(region[2], 0.0, width) * level.scaleX + level.originX);
  s.bottom = fixed(std::clamp(region[3], 0.0, height) * level.scaleY + level.originY);
  s.canvasLeft = source.left;
  s.canvasTop = source.top;
  s.canvasRight = source.right;
  s.canvasBottom = source.bottom;
}

/// The map in perspective from the indices of canvas pixels onto the sampler's level.
void project(Sampler &s, const cb_source &source) {
  const double *m = source.matrix, *p = source.perspective;
  const Level &level = s.level;
  double *map = s.projection;
  map[6] = p[0];
  map[7] = p[1];
  map[8] = denominator(source, 0.5, 0.5);
  for (int i = 0; i < 2; ++i) {
    map[i] = m[i] * level.scaleX + p[i] * level.originX;
    map[3 + i] = m[3 + i] * level.scaleY + p[i] * level.originY;
  }
  map[2] = ((m[0] + m[1]) / 2 + m[2]) * level.scaleX + map[8] * level.originX;
  map[5] = ((m[3] + m[4]) / 2 + m[5]) * level.scaleY + map[8] * level.originY;
  s.isProjective = true;
}

/// The fade, from canvas pixels to pixels of the level.
void fade(Sampler &s, const cb_source &source) {
  s.opacity = source.opacity;
  if (source.feather == 0) return;
  // The level point moves so far, perpendicular to the border, for a step of one canvas pixel.
  const double *m = source.matrix;
  const double perX = std::hypot(m[0], m[1]) * s.level.scaleX;
  const double perY = std::hypot(m[3], m[4]) * s.level.scaleY;
  // A map that squashes the picture has no distances; there the source is whole.
  constexpr double steepest = 1e6;
  s.fadeX = float(1 / std::max(source.feather * perX, 1 / steepest));
  s.fadeY = float(1 / std::max(source.feather * perY, 1 / steepest));
}

/// Throws unless region, opacity and feather mean something.
void checkBlending(const cb_source &source) {
  const double *r = source.region;
  if (!std::isfinite(r[0] + r[1] + r[2] + r[3]) || r[0] > r[2] || r[1] > r[3])
    throw Failure(CB_INVALID_ARGUMENT,
                  "a source's region must be finite, left to right, top to bottom");
  if (!(source.opacity >= 0 && source.opacity <= 1) ||
      !(source.feather >= 0 && source.feather < 1e6f))
    throw Failure(CB_INVALID_ARGUMENT,
                  "a source's opacity must be 0 to 1, its feather 0 to 10^6 pixels");
}

Sampler prepared(const cb_source &source, const cb_recipe &recipe) {
  if (!source.image) throw Failure(CB_INVALID_ARGUMENT, "a source has no picture");
  if (source.left < 0 || source.top < 0 || source.right > recipe.width ||
      source.bottom > recipe.height || source.left > source.right || source.top > source.bottom)
    throw Failure(CB_INVALID_ARGUMENT, "a source's rectangle must lie inside the canvas");
  checkRange(source.matrix, source);
  checkBlending(source);
  const Level &base = source.image->base;
  const double *m = source.matrix;
  const bool projective = isProjective(source);
  if (projective) checkHorizon(source);
  double shrink = projective ? shrinkage(source, base.scaleX, base.scaleY)
                             : shrinkage(m[0] * base.scaleX, m[1] * base.scaleX, m[3] * base.scaleY,
                                         m[4] * base.scaleY);
  int halvings = 0;
  for (int side = std::max(base.pixels.cols, base.pixels.rows); shrink > 2 && side > 1;
       side = (side + 1) / 2, shrink /= 2)
    ++halvings;
  Sampler sampler{.level = source.image->level(halvings)};
  place(sampler, source);
  if (projective) project(sampler, source);
  fade(sampler, source);
  if (sampler.axisAligned()) tabulateColumns(sampler);
  return sampler;
}

Tone tone(const cb_recipe &recipe) {
  const float black = recipe.offset, white = 255 * recipe.scale + recipe.offset;
  const float middle = (black + white) / 2;
  Tone tone;
  tone.changes = recipe.gray || recipe.contrast != 1 || recipe.brightness != 0;
  tone.gray = recipe.gray;
  tone.gain = recipe.contrast;
  tone.shift = middle * (1 - recipe.contrast) + recipe.brightness * (white - black);
  tone.low = std::min(black, white);
  tone.high = std::max(black, white);
  return tone;
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
  if (!std::isfinite(recipe.brightness) || !(recipe.contrast >= 0 && recipe.contrast < 1e6f))
    throw Failure(CB_INVALID_ARGUMENT, "the brightness must be finite, the contrast at least 0");
  const float hue = (turns - std::floor(turns)) * 6;
  return {hue < 6 ? hue : 0, recipe.saturation_gain, recipe.value_gain,
          recipe.scale,      recipe.offset,          tone(recipe)};
}

/// Room for one row of a source that is blended: its planes, and how strongly it covers.
class BlendedRow {
 public:
  explicit BlendedRow(int width) : width(width), room(4 * size_t(width)) {}

  /// Lays the row over what the planes hold.
  void add(const float *row, const Sampler &sampler, int y, Span span, const PixelChange &change,
           float *const planes[3]) {
    const int count = span.end - span.begin;
    float *above[3] = {room.data(), room.data() + width, room.data() + 2 * width};
    float *cover = room.data() + 3 * width;
    finishRow(row, count, change, above[0], above[1], above[2]);
    coverRow(sampler, y, span, cover);
    for (int i = 0; i < 3; ++i) blendRow(above[i], cover, count, planes[i] + span.begin);
  }

 private:
  size_t width;
  std::vector<float> room;
};

/// Fills what no source is going to overwrite in a row; `covered` is room for the sorting.
void fillGaps(const cb_recipe &recipe, const std::vector<Sampler> &samplers,
              const std::vector<Span> &spans, std::vector<Span> &covered, float *const rows[3]) {
  covered.clear();
  for (size_t i = 0; i < spans.size(); ++i)
    if (!samplers[i].blends() && spans[i].begin < spans[i].end) covered.push_back(spans[i]);
  std::sort(covered.begin(), covered.end(), [](Span a, Span b) { return a.begin < b.begin; });
  covered.push_back({recipe.width, recipe.width});
  int filled = 0;
  for (const Span &span : covered) {
    for (int c = 0; c < 3 && filled < span.begin; ++c)
      std::fill(rows[c] + filled, rows[c] + span.begin,
                recipe.fill[c] * recipe.scale + recipe.offset);
    filled = std::max(filled, span.end);
  }
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
  bool blends = false;
  for (size_t i = 0; i < recipe.source_count; ++i) {
    checkKind(recipe.sources[i]);
    samplers.push_back(prepared(recipe.sources[i], recipe));
    const Sampler &s = samplers.back();
    blendedCount = std::max(blendedCount, size_t(s.columnCount) * s.level.pixels.channels());
    blends = blends || s.blends();
  }
  std::vector<float> blended(blendedCount + 4), row(4 * size_t(recipe.width));
  BlendedRow blendedRow(blends ? recipe.width : 0);
  std::vector<Span> spans(recipe.source_count), covered;
  covered.reserve(recipe.source_count + 1);
  const size_t planeSize = size_t(recipe.width) * recipe.height;
  for (int y = 0; y < recipe.height; ++y) {
    float *const rows[3] = {planes + size_t(y) * recipe.width,
                            planes + planeSize + size_t(y) * recipe.width,
                            planes + 2 * planeSize + size_t(y) * recipe.width};
    for (size_t i = 0; i < samplers.size(); ++i) spans[i] = coveredSpan(samplers[i], y);
    fillGaps(recipe, samplers, spans, covered, rows);
    for (size_t i = 0; i < samplers.size(); ++i) {
      const Sampler &sampler = samplers[i];
      const Span span = spans[i];
      if (span.begin == span.end) continue;
      sampleRow(sampler, y, span, blended.data(), row.data());
      if (sampler.blends())
        blendedRow.add(row.data(), sampler, y, span, change, rows);
      else
        finishRow(row.data(), span.end - span.begin, change, rows[0] + span.begin,
                  rows[1] + span.begin, rows[2] + span.begin);
    }
  }
}

}  // namespace
}  // namespace dldetect

cb_status cb_compose(const cb_recipe *recipe, float *out_planes, char *message, size_t capacity) {
  return dldetect::guarded(message, capacity, [&] { dldetect::compose(*recipe, out_planes); });
}
