// What happens to a whole canvas after its pictures were composed.
#include <algorithm>
#include <cmath>
#include <opencv2/imgcodecs.hpp>
#include <vector>

#include "clones.h"
#include "guarded.h"
#include "images/image.h"

namespace dldetect {
namespace {

/// The three planes of a canvas and what their values mean.
struct Canvas {
  float *planes;
  int width, height;
  float scale, offset;

  float *row(int plane, int y) const { return planes + (size_t(plane) * height + y) * width; }
  float black() const { return offset; }
  float low() const { return std::min(offset, 255 * scale + offset); }
  float high() const { return std::max(offset, 255 * scale + offset); }
};

void blacken(const Canvas &canvas, int left, int top, int right, int bottom) {
  left = std::clamp(left, 0, canvas.width);
  right = std::clamp(right, left, canvas.width);
  top = std::clamp(top, 0, canvas.height);
  bottom = std::clamp(bottom, top, canvas.height);
  for (int plane = 0; plane < 3; ++plane)
    for (int y = top; y < bottom; ++y)
      std::fill_n(canvas.row(plane, y) + left, right - left, canvas.black());
}

/// What is left when `value` is divided by `period`, in 0 ..< period also for negative ones.
int remainder(int value, int period) { return (value % period + period) % period; }

void hideGrid(const Canvas &canvas, const cb_finish &finish) {
  const int period = finish.grid_period, side = finish.grid_side;
  // The last squares that begin before the canvas does, and all that follow.
  const int left = remainder(finish.grid_x, period) - period;
  for (int top = remainder(finish.grid_y, period) - period; top < canvas.height; top += period)
    for (int x = left; x < canvas.width; x += period) blacken(canvas, x, top, x + side, top + side);
}

void hide(const Canvas &canvas, const cb_finish &finish) {
  for (size_t i = 0; i < finish.hidden_count; ++i) {
    const int *r = finish.hidden + 4 * i;
    blacken(canvas, r[0], r[1], r[2], r[3]);
  }
  if (finish.grid_period > 0) hideGrid(canvas, finish);
}

/// out[x] = Σ taps[t] · padded[x + t].
DLDETECT_CLONES void blurAlong(const float *__restrict padded, const float *taps, int tapCount,
                               int width, float *__restrict out) {
  std::fill_n(out, width, 0.0f);
  for (int t = 0; t < tapCount; ++t)
    for (int x = 0; x < width; ++x) out[x] += taps[t] * padded[x + t];
}

/// out[x] = Σ taps[t] · rows[t][x].
DLDETECT_CLONES void blurAcross(const float *const *rows, const float *taps, int tapCount,
                                int width, float *__restrict out) {
  std::fill_n(out, width, 0.0f);
  for (int t = 0; t < tapCount; ++t) {
    const float *__restrict row = rows[t];
    for (int x = 0; x < width; ++x) out[x] += taps[t] * row[x];
  }
}

/// A Gaussian with a standard deviation of half the radius, up to the radius, adding up to 1.
std::vector<float> gaussian(float radius) {
  const int reach = std::max(1, int(std::ceil(radius)));
  const double deviation = radius / 2.0;
  std::vector<double> weights;
  double sum = 0;
  for (int i = -reach; i <= reach; ++i) {
    weights.push_back(std::exp(-0.5 * i * i / (deviation * deviation)));
    sum += weights.back();
  }
  std::vector<float> taps;
  for (double weight : weights) taps.push_back(float(weight / sum));
  return taps;
}

/// Blurs planes in place, one after the other: rows are blurred along as far ahead as the sum
/// across rows needs them, each once. Border pixels reach outwards.
class Blur {
 public:
  Blur(const Canvas &canvas, float radius)
      : canvas(canvas),
        taps(gaussian(radius)),
        reach(int(taps.size()) / 2),
        padded(size_t(canvas.width) + 2 * reach),
        ring(taps.size() * size_t(canvas.width)),
        rows(taps.size()) {}

  void apply(int plane) {
    const int count = int(taps.size()), last = canvas.height - 1;
    for (int y = 0; y <= std::min(reach, last); ++y) blurRow(plane, y);
    for (int y = 0; y <= last; ++y) {
      for (int t = 0; t < count; ++t) rows[t] = blurred(std::clamp(y + t - reach, 0, last));
      blurAcross(rows.data(), taps.data(), count, canvas.width, canvas.row(plane, y));
      if (y + reach + 1 <= last) blurRow(plane, y + reach + 1);
    }
  }

 private:
  float *blurred(int y) { return ring.data() + size_t(y % int(taps.size())) * canvas.width; }

  void blurRow(int plane, int y) {
    const float *row = canvas.row(plane, y);
    std::fill_n(padded.data(), reach, row[0]);
    std::copy_n(row, canvas.width, padded.data() + reach);
    std::fill_n(padded.data() + reach + canvas.width, reach, row[canvas.width - 1]);
    blurAlong(padded.data(), taps.data(), int(taps.size()), canvas.width, blurred(y));
  }

  const Canvas &canvas;
  const std::vector<float> taps;
  const int reach;
  std::vector<float> padded, ring;
  std::vector<const float *> rows;
};

/// SplitMix64's finaliser: Steele, Lea, Flood: *Fast Splittable Pseudorandom Number Generators*,
/// OOPSLA 2014, figure 16.
__attribute__((always_inline)) inline uint64_t mix(uint64_t z) {
  z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9u;
  z = (z ^ (z >> 27)) * 0x94D049BB133111EBu;
  return z ^ (z >> 31);
}

/// Standard deviation of the sum of eight uniform bytes: √(8 · (256² − 1) / 12).
constexpr float byteSumDeviation = 209.0215f;

/// Adds to value i a normal deviate that depends on `key` and `first + i` alone: the sum of a
/// hash's eight bytes, whose excess kurtosis is −0.15, in integers and hence the same on every
/// processor.
DLDETECT_CLONES void addNoise(float *values, size_t count, uint64_t key, uint64_t first,
                              float deviation, float low, float high) {
  const float unit = deviation / byteSumDeviation;
  constexpr uint64_t bytes = 0x00FF00FF00FF00FFu;
  for (size_t i = 0; i < count; ++i) {
    const uint64_t hash = mix(key + (first + i + 1) * 0x9E3779B97F4A7C15u);
    const uint64_t pairs = (hash & bytes) + ((hash >> 8) & bytes);
    const int sum = int((pairs * 0x0001000100010001u) >> 48) - 1020;
    float value = values[i] + float(sum) * unit;
    value = value > low ? value : low;
    values[i] = value < high ? value : high;
  }
}

/// Into a JPEG and out of it again.
void compress(const Canvas &canvas, int quality) {
  quietOpenCV();
  cv::Mat pixels(canvas.height, canvas.width, CV_8UC3);
  const float perScale = 1 / canvas.scale;
  // OpenCV's order: blue, green, red.
  for (int y = 0; y < canvas.height; ++y)
    for (int plane = 0; plane < 3; ++plane) {
      const float *row = canvas.row(plane, y);
      uint8_t *target = pixels.ptr(y) + 2 - plane;
      for (int x = 0; x < canvas.width; ++x) {
        const float value = (row[x] - canvas.offset) * perScale + 0.5f;
        target[3 * x] = uint8_t(std::clamp(value, 0.0f, 255.0f));
      }
    }
  std::vector<uint8_t> bytes;
  cv::Mat decoded;
  if (cv::imencode(".jpg", pixels, bytes, {cv::IMWRITE_JPEG_QUALITY, quality}))
    decoded = cv::imdecode(bytes, cv::IMREAD_COLOR);
  if (decoded.rows != canvas.height || decoded.cols != canvas.width)
    throw Failure(CB_INTERNAL, "the canvas could not be encoded as a JPEG");
  for (int y = 0; y < canvas.height; ++y)
    for (int plane = 0; plane < 3; ++plane) {
      float *row = canvas.row(plane, y);
      const uint8_t *from = decoded.ptr(y) + 2 - plane;
      for (int x = 0; x < canvas.width; ++x) row[x] = from[3 * x] * canvas.scale + canvas.offset;
    }
}

void check(const cb_finish &finish) {
  if (finish.width <= 0 || finish.height <= 0 ||
      int64_t{finish.width} * finish.height > maximumPixels)
    throw Failure(CB_INVALID_ARGUMENT, "a canvas needs 1 to 2^28 pixels");
  if (!std::isfinite(finish.scale) || finish.scale == 0 || !std::isfinite(finish.offset))
    throw Failure(CB_INVALID_ARGUMENT,
                  "a canvas's scale and offset must be finite, the scale not 0");
  if (finish.grid_period < 0 || finish.grid_side < 0 || finish.grid_side > finish.grid_period)
    throw Failure(CB_INVALID_ARGUMENT, "a grid's squares must have sides of 0 to its period");
  constexpr float largestRadius = 1000;
  if (!(finish.blur_radius >= 0 && finish.blur_radius <= largestRadius))
    throw Failure(CB_INVALID_ARGUMENT, "the radius of a blur must be 0 to 1000 pixels");
  if (!(finish.noise_deviation >= 0 && finish.noise_deviation <= 255))
    throw Failure(CB_INVALID_ARGUMENT, "the deviation of noise must be 0 to 255");
  if (finish.jpeg_quality < 0 || finish.jpeg_quality > 100)
    throw Failure(CB_INVALID_ARGUMENT, "the JPEG quality must be 1 to 100, or 0 for none");
}

void finishCanvas(const cb_finish &finish, float *planes) {
  check(finish);
  const Canvas canvas{planes, finish.width, finish.height, finish.scale, finish.offset};
  hide(canvas, finish);
  if (finish.blur_radius > 0) {
    Blur blur(canvas, finish.blur_radius);
    for (int plane = 0; plane < 3; ++plane) blur.apply(plane);
  }
  if (finish.noise_deviation > 0)
    addNoise(planes, 3 * size_t(canvas.width) * canvas.height, finish.noise_key, 0,
             finish.noise_deviation * std::abs(canvas.scale), canvas.low(), canvas.high());
  if (finish.jpeg_quality > 0) compress(canvas, finish.jpeg_quality);
}

}  // namespace
}  // namespace dldetect

cb_status cb_finish_canvas(const cb_finish *finish, float *planes, char *message, size_t capacity) {
  return dldetect::guarded(message, capacity, [&] { dldetect::finishCanvas(*finish, planes); });
}
