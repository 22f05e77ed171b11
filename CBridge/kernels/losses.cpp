#include "include/losses.h"

#include <cstring>

#include "kernels/vector.h"

namespace dldetect {
namespace {

constexpr int lanes = 16;
using Float = Lanes<lanes>::Float;
using Int = Lanes<lanes>::Int;

/// log(1 + u) for 0 ≤ u ≤ 1: twice the series of artanh(u / (2 + u)), whose terms fall by 9 each.
DLDETECT_INLINE Packed<lanes> logarithmOnePlus(const Float &u) {
  const Float s = u / (2.0f + u), q = s * s;
  Float p = Float{} + 1.0f / 13;
  p = p * q + 1.0f / 11;
  p = p * q + 1.0f / 9;
  p = p * q + 1.0f / 7;
  p = p * q + 1.0f / 5;
  p = p * q + 1.0f / 3;
  p = p * q + 1.0f;
  return {2.0f * s * p};
}

struct Terms {
  Float loss, gradient;
};

/// Loss and derivative of one vector of logits.
DLDETECT_INLINE void background(const Float &x, float gamma, float weight, float target,
                                Terms &terms) {
  const Float small = exponential<lanes>(-__builtin_elementwise_abs(x)).lanes;
  const Float p = (x >= 0 ? Float{} + 1.0f : small) / (1.0f + small);
  // x − x is 0, and what is no number stays so; maxima would lose it.
  const Float cost =
      __builtin_elementwise_max(x, Float{}) + logarithmOnePlus(small).lanes + (x - x);
  if (gamma == 0) {
    terms.loss = weight * (cost - target * x);
    terms.gradient = weight * (p - target) + (x - x);
    return;
  }
  // log p = x − log(1 + eˣ)
  const Float modulation =
      weight * (gamma == 2 ? p * p : exponential<lanes>(gamma * (x - cost)).lanes);
  terms.loss = modulation * cost;
  terms.gradient = modulation * (p + gamma * (1.0f - p) * cost);
}

}  // namespace

/// One channel's candidates; the losses' sum.
DLDETECT_CLONES double backgroundRow(const float *logits, const uint8_t *ignored, size_t count,
                                     float gamma, float weight, float target, float scale,
                                     float *gradients) {
  using Byte = Lanes<lanes>::Byte;
  double total = 0;
  Float sum{};
  for (size_t at = 0; at < count; at += lanes) {
    const size_t here = count - at < lanes ? count - at : lanes;
    float x[lanes] = {};
    uint8_t skipped[lanes];
    std::memset(skipped, 1, sizeof skipped);
    std::memcpy(x, logits + at, here * sizeof(float));
    if (ignored)
      std::memcpy(skipped, ignored + at, here);
    else
      std::memset(skipped, 0, here);
    Terms terms;
    background(load<lanes>(x).lanes, gamma, weight, target, terms);
    const Int counts = __builtin_convertvector(*reinterpret_cast<const Byte *>(skipped), Int) == 0;
    sum += counts ? terms.loss : Float{};
    float result[lanes];
    store<lanes>(result, counts ? terms.gradient * scale : Float{});
    std::memcpy(gradients + at, result, here * sizeof(float));
  }
  for (int lane = 0; lane < lanes; ++lane) total += sum[lane];
  return total;
}

}  // namespace dldetect

double cb_background_loss(const float *logits, const uint8_t *ignored, size_t channels,
                          size_t candidates, float gamma, float weight, float target, float scale,
                          float *gradients) {
  double total = 0;
  for (size_t channel = 0; channel < channels; ++channel) {
    const size_t start = channel * candidates;
    total += dldetect::backgroundRow(logits + start, ignored, candidates, gamma, weight, target,
                                     scale, gradients + start);
  }
  return total;
}
