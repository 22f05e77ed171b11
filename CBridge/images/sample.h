// The kernels under cb_compose: one canvas row of one source at a time.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "images/image.h"

namespace dldetect {

/// Coordinates in 32.32 fixed point: exact for the half-integers that pixel centres lie on, and
/// linear without drift, so that the run of canvas pixels inside a picture follows by division.
using Fixed = int64_t;
constexpr Fixed fixedOne = Fixed{1} << 32;
constexpr Fixed fixedHalf = fixedOne / 2;

/// A source, ready to be read: one level of its picture and the map onto it.
struct Sampler {
  Level level;
  // The level point under the centre of canvas pixel (0, 0), and its change per canvas pixel.
  Fixed originX, originY;
  Fixed xPerX, xPerY, yPerX, yPerY;
  // The part of the level that the source shows.
  Fixed left, top, right, bottom;
  // The canvas rectangle it may write.
  int canvasLeft, canvasTop, canvasRight, canvasBottom;
  // For maps without rotation or shear, per pixel of canvasLeft ..< canvasRight that lies inside:
  // where its two neighbours' samples start in a row, counted from `firstColumn`, and the weight of
  // the second.
  std::vector<int32_t> neighbours;
  std::vector<float> weights;
  int firstColumn = 0, columnCount = 0;
  // How strongly it covers what lies below it, and how much it fades in for each level pixel of
  // distance from the left and right, and from the upper and lower border of what it shows; 0: at
  // once.
  float opacity = 1, fadeX = 0, fadeY = 0;

  // For maps in perspective: the level point under the centre of canvas pixel (x, y) is
  // ((p[0]·x + p[1]·y + p[2]) / w, (p[3]·x + p[4]·y + p[5]) / w), w = p[6]·x + p[7]·y + p[8].
  bool isProjective = false;
  double projection[9] = {};

  bool blends() const { return opacity < 1 || fadeX > 0; }
  bool axisAligned() const { return !isProjective && xPerY == 0 && yPerX == 0; }
};

/// A run of canvas pixels in one row, half-open.
struct Span {
  int begin, end;
};

/// The pixels of canvas row `y` that the source writes.
Span coveredSpan(const Sampler &sampler, int y);

/// A linear change of the planes' values: `v ↦ gain · v + shift`, kept within low … high, of the
/// luma where the pixel turns gray.
struct Tone {
  bool changes = false, gray = false;
  float gain = 1, shift = 0, low = 0, high = 0;
};

/// What happens to a pixel between sampling and the planes.
struct PixelChange {
  float hue;  // added, in sixths of the circle, in [0, 6)
  float saturation, value;
  float scale, offset;
  Tone tone;

  bool keepsColour() const { return hue == 0 && saturation == 1 && value == 1; }
};

/// Samples `span` of canvas row `y` into `row`: red, green, blue and an unused float per pixel, in
/// 0–255. `blended` has room for `sampler.columnCount` × channels + 4 floats.
void sampleRow(const Sampler &sampler, int y, Span span, float *blended, float *row);

/// Changes the colour of `count` pixels of `row` and writes them to the three planes.
void finishRow(const float *row, int count, const PixelChange &change, float *red, float *green,
               float *blue);

/// Changes the tone of `count` pixels of the three planes.
void toneRow(const Tone &tone, int count, float *red, float *green, float *blue);

/// How strongly the source covers the pixels of `span` in canvas row `y`, in [0, 1].
void coverRow(const Sampler &sampler, int y, Span span, float *cover);

/// below += cover · (above − below), `count` times.
void blendRow(const float *above, const float *cover, int count, float *below);

/// Fills in `neighbours`, `weights`, `firstColumn` and `columnCount` of an axis-aligned sampler.
void tabulateColumns(Sampler &sampler);

}  // namespace dldetect
