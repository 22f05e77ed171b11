// How sources lie over each other: opacity, and borders that fade in.
#include "clones.h"
#include "images/sample.h"

namespace dldetect {
namespace {

/// cover = opacity · min(1, x · fadeX) · min(1, y · fadeY), x and y the distances of the level
/// point from the nearer of the two borders along each of the picture's axes.
DLDETECT_CLONES void coverClones(const Sampler &s, int y, Span span, float *__restrict cover) {
  const int count = span.end - span.begin;
  const float opacity = s.opacity;
  if (s.fadeX == 0) {
    for (int i = 0; i < count; ++i) cover[i] = opacity;
    return;
  }
  constexpr float unit = 0x1p-32f;
  const Fixed u = s.originX + y * s.xPerY + span.begin * s.xPerX;
  const Fixed v = s.originY + y * s.yPerY + span.begin * s.yPerX;
  // In units of the fade from here on; the differences are small numbers, exact enough in float.
  const float left = float(u - s.left) * unit * s.fadeX;
  const float right = float(s.right - u) * unit * s.fadeX;
  const float top = float(v - s.top) * unit * s.fadeY;
  const float bottom = float(s.bottom - v) * unit * s.fadeY;
  const float stepX = float(s.xPerX) * unit * s.fadeX, stepY = float(s.yPerX) * unit * s.fadeY;
  const auto smaller = [](float a, float b) { return a < b ? a : b; };
  const auto larger = [](float a, float b) { return a > b ? a : b; };
  for (int i = 0; i < count; ++i) {
    const float alongX = float(i) * stepX, alongY = float(i) * stepY;
    const float byX = smaller(smaller(left + alongX, right - alongX), 1);
    const float byY = smaller(smaller(top + alongY, bottom - alongY), 1);
    cover[i] = opacity * larger(byX, 0) * larger(byY, 0);
  }
}

DLDETECT_CLONES void blendClones(const float *__restrict above, const float *__restrict cover,
                                 int count, float *__restrict below) {
  for (int i = 0; i < count; ++i) below[i] += cover[i] * (above[i] - below[i]);
}

}  // namespace

void coverRow(const Sampler &sampler, int y, Span span, float *cover) {
  coverClones(sampler, y, span, cover);
}

void blendRow(const float *above, const float *cover, int count, float *below) {
  blendClones(above, cover, count, below);
}

}  // namespace dldetect
