// Contrast, brightness and gray, on planes.
#include "clones.h"
#include "images/sample.h"

namespace dldetect {
namespace {

inline float within(float value, float low, float high) {
  value = value > low ? value : low;
  return value < high ? value : high;
}

DLDETECT_CLONES void toneClones(float gain, float shift, float low, float high, int count,
                                float *plane) {
  for (int i = 0; i < count; ++i) plane[i] = within(plane[i] * gain + shift, low, high);
}

/// Luma by ITU-R BT.601; its weights add up to 1, so that it may be taken of scaled values.
DLDETECT_CLONES void grayClones(int count, float *__restrict red, float *__restrict green,
                                float *__restrict blue) {
  for (int i = 0; i < count; ++i)
    red[i] = green[i] = blue[i] = 0.299f * red[i] + 0.587f * green[i] + 0.114f * blue[i];
}

}  // namespace

void toneRow(const Tone &tone, int count, float *red, float *green, float *blue) {
  if (tone.gray) grayClones(count, red, green, blue);
  for (float *plane : {red, green, blue})
    toneClones(tone.gain, tone.shift, tone.low, tone.high, count, plane);
}

}  // namespace dldetect
