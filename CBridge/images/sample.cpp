// Bilinear sampling, compiled for each generation of vector units.
#include "images/sample.h"

#include <algorithm>
#include <cmath>
#include <cstring>

#include "clones.h"

namespace dldetect {
namespace {

using Float4 __attribute__((vector_size(16), aligned(4))) = float;

#define DLDETECT_INLINE __attribute__((always_inline)) inline

/// A pixel's samples as red, green, blue and something to ignore, in 0–255.
template <typename Sample, int channels>
DLDETECT_INLINE Float4 load(const Sample *samples) {
  Float4 result;
  if constexpr (channels == 1) {
    const float gray = float(samples[0]);
    result = Float4{gray, gray, gray, gray};
  } else {
    typedef Sample Sample4 __attribute__((vector_size(4 * sizeof(Sample))));
    Sample4 four;
    std::memcpy(&four, samples, sizeof four);
    result = __builtin_convertvector(four, Float4);
  }
  if constexpr (sizeof(Sample) == 2) result *= Float4{} + 1.0f / 257;
  return result;
}

/// Through 32 bits, which convert at once.
DLDETECT_INLINE float widened(uint8_t sample) { return float(int32_t(sample)); }
DLDETECT_INLINE float widened(uint16_t sample) { return float(int32_t(sample)); }
DLDETECT_INLINE float widened(float sample) { return sample; }

DLDETECT_INLINE float fraction(Fixed value) {
  return float(int32_t(uint32_t(value) >> 8)) * 0x1p-24f;
}

/// One row under any affine map: four loads a pixel.
template <typename Sample, int channels>
DLDETECT_INLINE void sampleAffine(const Sampler &s, int y, Span span, float *row) {
  const Sample *pixels = reinterpret_cast<const Sample *>(s.level.pixels.data);
  const int lastX = s.level.pixels.cols - 1, lastY = s.level.pixels.rows - 1;
  const ptrdiff_t stride = ptrdiff_t(s.level.pixels.cols) * channels;
  Fixed u = s.originX + y * s.xPerY + span.begin * s.xPerX - fixedHalf;
  Fixed v = s.originY + y * s.yPerY + span.begin * s.yPerX - fixedHalf;
  const Fixed du = s.xPerX, dv = s.yPerX;
  const int count = span.end - span.begin;
  for (int i = 0; i < count; ++i, u += du, v += dv) {
    const int x = int(u >> 32), below = int(v >> 32);
    const ptrdiff_t x0 = ptrdiff_t(std::max(x, 0)) * channels;
    const ptrdiff_t x1 = ptrdiff_t(std::min(x + 1, lastX)) * channels;
    const Sample *upper = pixels + std::max(below, 0) * stride;
    const Sample *lower = pixels + std::min(below + 1, lastY) * stride;
    const float fx = fraction(u), fy = fraction(v);
    const Float4 a = load<Sample, channels>(upper + x0), b = load<Sample, channels>(upper + x1);
    const Float4 c = load<Sample, channels>(lower + x0), d = load<Sample, channels>(lower + x1);
    const Float4 top = a + (b - a) * fx, bottom = c + (d - c) * fx;
    *reinterpret_cast<Float4 *>(row + 4 * i) = top + (bottom - top) * fy;
  }
}

/// One row under a map in perspective: a division and four loads a pixel.
template <typename Sample, int channels>
DLDETECT_INLINE void sampleProjective(const Sampler &s, int y, Span span, float *row) {
  const Sample *pixels = reinterpret_cast<const Sample *>(s.level.pixels.data);
  const int lastX = s.level.pixels.cols - 1, lastY = s.level.pixels.rows - 1;
  const ptrdiff_t stride = ptrdiff_t(s.level.pixels.cols) * channels;
  const double *p = s.projection;
  const double rowX = p[1] * y + p[2], rowY = p[4] * y + p[5], rowW = p[7] * y + p[8];
  for (int i = 0; i < span.end - span.begin; ++i) {
    const double column = span.begin + i;
    const double perW = 1 / (p[6] * column + rowW);
    // Between the first and the last centre; beyond them the border pixel reaches to the edge.
    const double u = std::clamp((p[0] * column + rowX) * perW - 0.5, 0.0, double(lastX));
    const double v = std::clamp((p[3] * column + rowY) * perW - 0.5, 0.0, double(lastY));
    const int x = int(u), above = int(v);
    const float fx = float(u - x), fy = float(v - above);
    const ptrdiff_t x0 = ptrdiff_t(x) * channels;
    const ptrdiff_t x1 = ptrdiff_t(std::min(x + 1, lastX)) * channels;
    const Sample *upper = pixels + above * stride;
    const Sample *lower = pixels + std::min(above + 1, lastY) * stride;
    const Float4 a = load<Sample, channels>(upper + x0), b = load<Sample, channels>(upper + x1);
    const Float4 c = load<Sample, channels>(lower + x0), d = load<Sample, channels>(lower + x1);
    const Float4 top = a + (b - a) * fx, bottom = c + (d - c) * fx;
    *reinterpret_cast<Float4 *>(row + 4 * i) = top + (bottom - top) * fy;
  }
}

/// One row of a map without rotation or shear: the two source rows are blended first, all at once,
/// then every canvas pixel takes two loads.
template <typename Sample, int channels>
DLDETECT_INLINE void sampleAligned(const Sampler &s, int y, Span span, float *__restrict blended,
                                   float *__restrict row) {
  const Sample *pixels = reinterpret_cast<const Sample *>(s.level.pixels.data);
  const ptrdiff_t stride = ptrdiff_t(s.level.pixels.cols) * channels;
  const Fixed v = s.originY + y * s.yPerY - fixedHalf;
  const int below = int(v >> 32);
  const ptrdiff_t column = ptrdiff_t(s.firstColumn) * channels;
  const Sample *upper = pixels + std::max(below, 0) * stride + column;
  const Sample *lower = pixels + std::min(below + 1, s.level.pixels.rows - 1) * stride + column;
  const float fy = fraction(v);
  const float unit = sizeof(Sample) == 2 ? 1.0f / 257 : 1.0f;
  const int samples = s.columnCount * channels;
  for (int i = 0; i < samples; ++i) {
    const float a = widened(upper[i]), b = widened(lower[i]);
    blended[i] = (a + (b - a) * fy) * unit;
  }
  const int32_t *neighbours = s.neighbours.data() + 2 * (span.begin - s.canvasLeft);
  const float *weights = s.weights.data() + (span.begin - s.canvasLeft);
  const int count = span.end - span.begin;
  for (int i = 0; i < count; ++i) {
    const Float4 a = load<float, channels>(blended + neighbours[2 * i]);
    const Float4 b = load<float, channels>(blended + neighbours[2 * i + 1]);
    *reinterpret_cast<Float4 *>(row + 4 * i) = a + (b - a) * weights[i];
  }
}

template <typename Sample, int channels>
DLDETECT_INLINE void sample(const Sampler &s, int y, Span span, float *blended, float *row) {
  if (s.isProjective)
    sampleProjective<Sample, channels>(s, y, span, row);
  else if (s.axisAligned())
    sampleAligned<Sample, channels>(s, y, span, blended, row);
  else
    sampleAffine<Sample, channels>(s, y, span, row);
}

DLDETECT_CLONES void sampleClones(const Sampler &s, int y, Span span, float *blended, float *row) {
  switch (s.level.pixels.type()) {
    case CV_8UC1:
      return sample<uint8_t, 1>(s, y, span, blended, row);
    case CV_8UC3:
      return sample<uint8_t, 3>(s, y, span, blended, row);
    case CV_8UC4:
      return sample<uint8_t, 4>(s, y, span, blended, row);
    case CV_16UC1:
      return sample<uint16_t, 1>(s, y, span, blended, row);
    case CV_16UC3:
      return sample<uint16_t, 3>(s, y, span, blended, row);
    case CV_16UC4:
      return sample<uint16_t, 4>(s, y, span, blended, row);
    case CV_32FC3:
      return sample<float, 3>(s, y, span, blended, row);
  }
}

Fixed floorDivide(Fixed a, Fixed b) { return a / b - ((a % b != 0) && ((a < 0) != (b < 0))); }
Fixed ceilDivide(Fixed a, Fixed b) { return -floorDivide(-a, b); }

/// The part of `span` where low ≤ origin + step · x < high.
Span inside(Span span, Fixed origin, Fixed step, Fixed low, Fixed high) {
  Fixed begin = span.begin, end = span.end;
  if (step == 0) {
    if (origin < low || origin >= high) end = begin;
  } else if (step > 0) {
    begin = std::max(begin, ceilDivide(low - origin, step));
    end = std::min(end, ceilDivide(high - origin, step));
  } else {
    begin = std::max(begin, floorDivide(origin - high, -step) + 1);
    end = std::min(end, floorDivide(origin - low, -step) + 1);
  }
  return {int(begin), int(std::max(begin, end))};
}

/// The part of `span` where slope · x + start ≥ 0.
Span notNegative(Span span, double slope, double start) {
  if (slope == 0) return start >= 0 ? span : Span{span.begin, span.begin};
  const double root = std::clamp(-start / slope, double(span.begin) - 1, double(span.end) + 1);
  if (slope > 0)
    span.begin = std::max(span.begin, int(std::ceil(root)));
  else
    span.end = std::min(span.end, int(std::floor(root)) + 1);
  return {span.begin, std::max(span.begin, span.end)};
}

/// The pixels of a row whose point in perspective lies inside the level's part. With a positive
/// denominator each border is where a linear function changes its sign.
Span insideProjection(const Sampler &s, int y, Span span) {
  const double *p = s.projection;
  for (int axis = 0; axis < 2; ++axis) {
    const double slope = p[3 * axis], start = p[3 * axis + 1] * y + p[3 * axis + 2];
    const double slopeW = p[6], startW = p[7] * y + p[8];
    const double low = double(axis ? s.top : s.left) / double(fixedOne);
    const double high = double(axis ? s.bottom : s.right) / double(fixedOne);
    span = notNegative(span, slope - low * slopeW, start - low * startW);
    span = notNegative(span, high * slopeW - slope, high * startW - start);
  }
  return span;
}

}  // namespace

Span coveredSpan(const Sampler &s, int y) {
  Span span{s.canvasLeft, s.canvasRight};
  if (y < s.canvasTop || y >= s.canvasBottom) return {span.begin, span.begin};
  if (s.isProjective) return insideProjection(s, y, span);
  span = inside(span, s.originX + y * s.xPerY, s.xPerX, s.left, s.right);
  if (span.begin == span.end) return span;
  return inside(span, s.originY + y * s.yPerY, s.yPerX, s.top, s.bottom);
}

void sampleRow(const Sampler &sampler, int y, Span span, float *blended, float *row) {
  sampleClones(sampler, y, span, blended, row);
}

void tabulateColumns(Sampler &s) {
  const Span span = inside({s.canvasLeft, s.canvasRight}, s.originX, s.xPerX, s.left, s.right);
  const int channels = s.level.pixels.channels(), last = s.level.pixels.cols - 1;
  s.neighbours.assign(2 * size_t(s.canvasRight - s.canvasLeft), 0);
  s.weights.assign(size_t(s.canvasRight - s.canvasLeft), 0);
  if (span.begin == span.end) return;
  const auto column = [&](int x) { return s.originX + x * s.xPerX - fixedHalf; };
  const Fixed first = column(span.begin), final = column(span.end - 1);
  s.firstColumn = std::max(0, int(std::min(first, final) >> 32));
  s.columnCount = std::min(last, int(std::max(first, final) >> 32) + 1) - s.firstColumn + 1;
  for (int x = span.begin; x < span.end; ++x) {
    const Fixed u = column(x);
    const int left = int(u >> 32);
    const size_t i = size_t(x - s.canvasLeft);
    s.neighbours[2 * i] = (std::max(left, 0) - s.firstColumn) * channels;
    s.neighbours[2 * i + 1] = (std::min(left + 1, last) - s.firstColumn) * channels;
    s.weights[i] = fraction(u);
  }
}

}  // namespace dldetect
