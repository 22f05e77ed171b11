#include "include/optimizer.h"

#include <algorithm>
#include <cmath>

#include "clones.h"
#include "engine/team.h"

namespace {

using dldetect::parallelFor;

constexpr size_t kBlock = 16384;

struct SgdRule {
  float rate, momentum, decay, scale;
  bool nesterov;
};

struct AdamRule {
  float rate, beta1, beta2, epsilon, decay, scale;
  float firstCorrection, secondCorrection;  // 1 / (1 − β₁^step), 1 / (1 − β₂^step)
};

DLDETECT_CLONES void sgd(float *__restrict w, const float *__restrict gradient,
                         float *__restrict velocity, size_t count, SgdRule rule) {
  const float ahead = rule.nesterov ? rule.momentum : 1.0f;
  const float direct = rule.nesterov ? 1.0f : 0.0f;
  for (size_t i = 0; i < count; ++i) {
    const float g = rule.scale * gradient[i] + rule.decay * w[i];
    const float v = rule.momentum * velocity[i] + g;
    velocity[i] = v;
    w[i] -= rule.rate * (direct * g + ahead * v);
  }
}

DLDETECT_CLONES void adamw(float *__restrict w, const float *__restrict gradient,
                           float *__restrict first, float *__restrict second, size_t count,
                           AdamRule rule) {
  const float keep = 1 - rule.rate * rule.decay;
  for (size_t i = 0; i < count; ++i) {
    const float g = rule.scale * gradient[i];
    const float m = rule.beta1 * first[i] + (1 - rule.beta1) * g;
    const float v = rule.beta2 * second[i] + (1 - rule.beta2) * g * g;
    first[i] = m;
    second[i] = v;
    const float divisor = std::sqrt(v * rule.secondCorrection) + rule.epsilon;
    w[i] = keep * w[i] - rule.rate * (m * rule.firstCorrection) / divisor;
  }
}

DLDETECT_CLONES void approach(float *__restrict average, const float *__restrict values,
                              size_t count, float rate) {
  for (size_t i = 0; i < count; ++i) average[i] += rate * (values[i] - average[i]);
}

/// Eight running sums, element i in sum i mod 8, added up in order at the end.
DLDETECT_CLONES double squares(const float *__restrict values, size_t count) {
  double sums[8] = {};
  size_t i = 0;
  for (; i + 8 <= count; i += 8) {
    for (size_t lane = 0; lane < 8; ++lane) {
      const double x = values[i + lane];
      sums[lane] += x * x;
    }
  }
  for (size_t lane = 0; i < count; ++i, ++lane) {
    const double x = values[i];
    sums[lane] += x * x;
  }
  double total = 0;
  for (double sum : sums) total += sum;
  return total;
}

template <typename Update>
void overSpans(const cb_step_arrays &arrays, const Update &update) {
  parallelFor(arrays.span_count, [&](size_t index) {
    const cb_span span = arrays.spans[index];
    update(span);
    if (arrays.average) {
      approach(arrays.average + span.begin, arrays.values + span.begin, span.end - span.begin,
               arrays.average_rate);
    }
  });
}

}  // namespace

void cb_sgd_step(const cb_step_arrays *arrays, float *velocity, float rate, float momentum,
                 float decay, bool nesterov) {
  overSpans(*arrays, [&](cb_span span) {
    sgd(arrays->values + span.begin, arrays->gradients + span.begin, velocity + span.begin,
        span.end - span.begin,
        {rate, momentum, span.decays ? decay : 0.0f, arrays->gradient_scale, nesterov});
  });
}

void cb_adamw_step(const cb_step_arrays *arrays, float *first, float *second, float rate,
                   float beta1, float beta2, float epsilon, float decay, int64_t step) {
  const double firstCorrection = 1 / (1 - std::pow(double(beta1), double(step)));
  const double secondCorrection = 1 / (1 - std::pow(double(beta2), double(step)));
  overSpans(*arrays, [&](cb_span span) {
    const AdamRule rule{rate,
                        beta1,
                        beta2,
                        epsilon,
                        span.decays ? decay : 0.0f,
                        arrays->gradient_scale,
                        float(firstCorrection),
                        float(secondCorrection)};
    adamw(arrays->values + span.begin, arrays->gradients + span.begin, first + span.begin,
          second + span.begin, span.end - span.begin, rule);
  });
}

void cb_average_step(float *average, const float *values, size_t count, float rate) {
  parallelFor((count + kBlock - 1) / kBlock, [&](size_t block) {
    const size_t begin = block * kBlock;
    approach(average + begin, values + begin, std::min(kBlock, count - begin), rate);
  });
}

size_t cb_squared_norm_blocks(size_t count) { return (count + kBlock - 1) / kBlock; }

double cb_squared_norm(const float *values, size_t count, double *scratch) {
  const size_t blocks = cb_squared_norm_blocks(count);
  parallelFor(blocks, [&](size_t block) {
    const size_t begin = block * kBlock;
    scratch[block] = squares(values + begin, std::min(kBlock, count - begin));
  });
  double total = 0;
  for (size_t block = 0; block < blocks; ++block) total += scratch[block];
  return total;
}
