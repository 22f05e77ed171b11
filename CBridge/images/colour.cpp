// Colour change and the way from sampled pixels to planes.
#include "clones.h"
#include "images/sample.h"

namespace dldetect {
namespace {

#define DLDETECT_INLINE __attribute__((always_inline)) inline

DLDETECT_INLINE float smaller(float a, float b) { return a < b ? a : b; }
DLDETECT_INLINE float larger(float a, float b) { return a > b ? a : b; }

/// One channel of a colour from hue (sixths of the circle, in [0, 6)), value and chroma.
///
/// f(n) = v − c · max(0, min(k, 4 − k, 1)), k = (n + h) mod 6, with n = 5, 3, 1 for red, green and
/// blue: the hexcone of A. R. Smith, *Color Gamut Transform Pairs*, SIGGRAPH 1978, without its six
/// cases.
DLDETECT_INLINE float channel(float n, float hue, float value, float chroma) {
  float k = n + hue;
  k -= k >= 6 ? 6.0f : 0.0f;
  return value - chroma * larger(0, smaller(smaller(k, 4 - k), 1));
}

template <bool turnsHue>
DLDETECT_INLINE void changeRow(const float *__restrict row, int count, const PixelChange &change,
                               float *__restrict red, float *__restrict green,
                               float *__restrict blue) {
  const float shift = change.hue, saturation = change.saturation, gain = change.value;
  const float scale = change.scale, offset = change.offset;
  for (int i = 0; i < count; ++i) {
    const float r = row[4 * i], g = row[4 * i + 1], b = row[4 * i + 2];
    const float value = larger(larger(r, g), b);
    const float chroma = value - smaller(smaller(r, g), b);
    const float perChroma = 1 / (chroma > 0 ? chroma : 1.0f);
    const float newValue = smaller(value * gain, 255);
    // Saturation is chroma / value; it may grow up to 1.
    const float share = chroma * saturation / (value > 0 ? value : 1.0f);
    const float newChroma = newValue * smaller(share, 1);
    float newRed, newGreen, newBlue;
    if (turnsHue) {
      const float ofGreen = 2 + (b - r) * perChroma, ofBlue = 4 + (r - g) * perChroma;
      float hue = (g - b) * perChroma;
      hue = value == r ? hue : (value == g ? ofGreen : ofBlue);
      hue += shift;
      hue += hue < 0 ? 6.0f : 0.0f;
      hue -= hue >= 6 ? 6.0f : 0.0f;
      newRed = channel(5, hue, newValue, newChroma);
      newGreen = channel(3, hue, newValue, newChroma);
      newBlue = channel(1, hue, newValue, newChroma);
    } else {
      // With the hue unchanged every channel keeps its place between the largest and the smallest.
      const float ratio = newChroma * perChroma;
      newRed = newValue - (value - r) * ratio;
      newGreen = newValue - (value - g) * ratio;
      newBlue = newValue - (value - b) * ratio;
    }
    red[i] = newRed * scale + offset;
    green[i] = newGreen * scale + offset;
    blue[i] = newBlue * scale + offset;
  }
}

DLDETECT_INLINE void keepRow(const float *__restrict row, int count, float scale, float offset,
                             float *__restrict red, float *__restrict green,
                             float *__restrict blue) {
  for (int i = 0; i < count; ++i) {
    red[i] = row[4 * i] * scale + offset;
    green[i] = row[4 * i + 1] * scale + offset;
    blue[i] = row[4 * i + 2] * scale + offset;
  }
}

DLDETECT_CLONES void finishClones(const float *row, int count, const PixelChange &change,
                                  float *red, float *green, float *blue) {
  if (change.keepsColour())
    keepRow(row, count, change.scale, change.offset, red, green, blue);
  else if (change.hue == 0)
    changeRow<false>(row, count, change, red, green, blue);
  else
    changeRow<true>(row, count, change, red, green, blue);
}

}  // namespace

void finishRow(const float *row, int count, const PixelChange &change, float *red, float *green,
               float *blue) {
  finishClones(row, count, change, red, green, blue);
  if (change.tone.changes) toneRow(change.tone, count, red, green, blue);
}

}  // namespace dldetect
