#include "include/optimizer.h"

#include <algorithm>
#include <cmath>

#include "clones.h"
#include "engine/team.h"
#include "kernels/vector.h"

namespace {

using dldetect::parallelFor;

constexpr size_t kBlock = 16384;

/// What all rules do to a gradient first, and to a weight besides.
struct Common {
  float scale, clip, l1, l2, rate, keep;

  Common(const cb_step_arrays &arrays, const cb_step_group &group)
      : scale(arrays.gradient_scale),
        clip(arrays.gradient_clip),
        l1(group.l1),
        l2(group.l2),
        rate(group.rate),
        keep(1 - group.rate * group.decay) {}

  DLDETECT_INLINE float clipped(float gradient) const {
    const float g = scale * gradient;
    const float low = g < -clip ? -clip : g;
    return low > clip ? clip : low;
  }

  DLDETECT_INLINE float decayed(float g, float w) const {
    const float sign = w > 0 ? 1.0f : w < 0 ? -1.0f : 0.0f;
    return g + l2 * w + l1 * sign;
  }

  DLDETECT_INLINE float gradient(float gradient, float w) const {
    return decayed(clipped(gradient), w);
  }
};

/// Weights of the gradient and the velocity in SGD's step.
struct Momentum {
  float momentum, direct, ahead;

  Momentum(float momentum, bool nesterov)
      : momentum(momentum), direct(nesterov ? 1.0f : 0.0f), ahead(nesterov ? momentum : 1.0f) {}
};

struct Moments {
  float beta1, beta2, epsilon;
  float firstCorrection, secondCorrection;  // 1 / (1 − β₁^step), 1 / (1 − β₂^step)

  Moments(float beta1, float beta2, float epsilon, int64_t step)
      : beta1(beta1),
        beta2(beta2),
        epsilon(epsilon),
        firstCorrection(1 / (1 - std::pow(double(beta1), double(step)))),
        secondCorrection(1 / (1 - std::pow(double(beta2), double(step)))) {}

  DLDETECT_INLINE float divisor(float second) const {
    return std::sqrt(second * secondCorrection) + epsilon;
  }
};

DLDETECT_CLONES void descend(float *__restrict w, const float *__restrict gradient, size_t count,
                             Common common) {
  for (size_t i = 0; i < count; ++i) {
    w[i] = common.keep * w[i] - common.rate * common.gradient(gradient[i], w[i]);
  }
}

DLDETECT_CLONES void sgd(float *__restrict w, const float *__restrict gradient,
                         float *__restrict velocity, size_t count, Common common, Momentum rule) {
  for (size_t i = 0; i < count; ++i) {
    const float g = common.gradient(gradient[i], w[i]);
    const float v = rule.momentum * velocity[i] + g;
    velocity[i] = v;
    w[i] = common.keep * w[i] - common.rate * (rule.direct * g + rule.ahead * v);
  }
}

DLDETECT_CLONES void adagrad(float *__restrict w, const float *__restrict gradient,
                             float *__restrict squares, size_t count, Common common,
                             float epsilon) {
  for (size_t i = 0; i < count; ++i) {
    const float g = common.gradient(gradient[i], w[i]);
    const float s = squares[i] + g * g;
    squares[i] = s;
    w[i] = common.keep * w[i] - common.rate * g / (std::sqrt(s) + epsilon);
  }
}

DLDETECT_CLONES void rmsprop(float *__restrict w, const float *__restrict gradient,
                             float *__restrict squares, size_t count, Common common, float alpha,
                             float epsilon) {
  for (size_t i = 0; i < count; ++i) {
    const float g = common.gradient(gradient[i], w[i]);
    const float s = alpha * squares[i] + (1 - alpha) * g * g;
    squares[i] = s;
    w[i] = common.keep * w[i] - common.rate * g / (std::sqrt(s) + epsilon);
  }
}

DLDETECT_CLONES void rmspropWithMomentum(float *__restrict w, const float *__restrict gradient,
                                         float *__restrict squares, float *__restrict velocity,
                                         size_t count, Common common, float alpha, float momentum,
                                         float epsilon) {
  for (size_t i = 0; i < count; ++i) {
    const float g = common.gradient(gradient[i], w[i]);
    const float s = alpha * squares[i] + (1 - alpha) * g * g;
    const float v = momentum * velocity[i] + g / (std::sqrt(s) + epsilon);
    squares[i] = s;
    velocity[i] = v;
    w[i] = common.keep * w[i] - common.rate * v;
  }
}

DLDETECT_CLONES void adam(float *__restrict w, const float *__restrict gradient,
                          float *__restrict first, float *__restrict second, size_t count,
                          Common common, Moments rule) {
  for (size_t i = 0; i < count; ++i) {
    const float g = common.gradient(gradient[i], w[i]);
    const float m = rule.beta1 * first[i] + (1 - rule.beta1) * g;
    const float v = rule.beta2 * second[i] + (1 - rule.beta2) * g * g;
    first[i] = m;
    second[i] = v;
    w[i] = common.keep * w[i] - common.rate * (m * rule.firstCorrection) / rule.divisor(v);
  }
}

DLDETECT_CLONES void nadam(float *__restrict w, const float *__restrict gradient,
                           float *__restrict first, float *__restrict second, size_t count,
                           Common common, Moments rule, float gradientPart, float meanPart) {
  for (size_t i = 0; i < count; ++i) {
    const float g = common.gradient(gradient[i], w[i]);
    const float m = rule.beta1 * first[i] + (1 - rule.beta1) * g;
    const float v = rule.beta2 * second[i] + (1 - rule.beta2) * g * g;
    first[i] = m;
    second[i] = v;
    const float ahead = gradientPart * g + meanPart * m;
    w[i] = common.keep * w[i] - common.rate * ahead / rule.divisor(v);
  }
}

/// Sums of squares of the weights and of what they are compared with.
struct Norms {
  double weights, others;
};

/// Eight running sums, added up in order.
DLDETECT_INLINE double total(const double *sums) {
  double result = 0;
  for (size_t lane = 0; lane < 8; ++lane) result += sums[lane];
  return result;
}

DLDETECT_INLINE void addSquare(double *sums, size_t lane, double x) { sums[lane] += x * x; }

/// What LAMB takes off a weight, before rate and ratio.
DLDETECT_INLINE float lambUpdate(const Moments &rule, float m, float v, float decay, float w) {
  return (m * rule.firstCorrection) / rule.divisor(v) + decay * w;
}

/// LAMB's moments, and the norms of weights and of what is to be taken off; element i goes into sum
/// i mod 8.
DLDETECT_CLONES void lambMoments(const float *__restrict w, const float *__restrict gradient,
                                 float *__restrict first, float *__restrict second, size_t count,
                                 Common common, Moments rule, float decay,
                                 Norms *__restrict norms) {
  for (size_t i = 0; i < count; ++i) {
    const float g = common.gradient(gradient[i], w[i]);
    first[i] = rule.beta1 * first[i] + (1 - rule.beta1) * g;
    second[i] = rule.beta2 * second[i] + (1 - rule.beta2) * g * g;
  }
  double weights[8] = {}, others[8] = {};
  size_t i = 0;
  for (; i + 8 <= count; i += 8) {
    for (size_t lane = 0; lane < 8; ++lane) {
      const size_t at = i + lane;
      addSquare(weights, lane, w[at]);
      addSquare(others, lane, lambUpdate(rule, first[at], second[at], decay, w[at]));
    }
  }
  for (size_t lane = 0; i < count; ++i, ++lane) {
    addSquare(weights, lane, w[i]);
    addSquare(others, lane, lambUpdate(rule, first[i], second[i], decay, w[i]));
  }
  norms->weights = total(weights);
  norms->others = total(others);
}

DLDETECT_CLONES void lambStep(float *__restrict w, const float *__restrict first,
                              const float *__restrict second, size_t count, float rate,
                              Moments rule, float decay) {
  for (size_t i = 0; i < count; ++i) {
    w[i] -= rate * lambUpdate(rule, first[i], second[i], decay, w[i]);
  }
}

DLDETECT_CLONES void larsNorms(const float *__restrict w, const float *__restrict gradient,
                               size_t count, Common common, Norms *__restrict norms) {
  double weights[8] = {}, others[8] = {};
  size_t i = 0;
  for (; i + 8 <= count; i += 8) {
    for (size_t lane = 0; lane < 8; ++lane) {
      addSquare(weights, lane, w[i + lane]);
      addSquare(others, lane, common.clipped(gradient[i + lane]));
    }
  }
  for (size_t lane = 0; i < count; ++i, ++lane) {
    addSquare(weights, lane, w[i]);
    addSquare(others, lane, common.clipped(gradient[i]));
  }
  norms->weights = total(weights);
  norms->others = total(others);
}

DLDETECT_CLONES void larsStep(float *__restrict w, const float *__restrict gradient,
                              float *__restrict velocity, size_t count, Common common,
                              Momentum rule, float ratio) {
  for (size_t i = 0; i < count; ++i) {
    const float g = ratio * common.gradient(gradient[i], w[i]);
    const float v = rule.momentum * velocity[i] + g;
    velocity[i] = v;
    w[i] = common.keep * w[i] - common.rate * (rule.direct * g + rule.ahead * v);
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

/// Calls update(span, group), and moves the average after it.
template <typename Update>
void overSpans(const cb_step_arrays &arrays, const Update &update) {
  parallelFor(arrays.span_count, [&](size_t index) {
    const cb_span span = arrays.spans[index];
    update(index, span, arrays.groups[span.group]);
    if (arrays.average) {
      approach(arrays.average + span.begin, arrays.values + span.begin, span.end - span.begin,
               arrays.average_rate);
    }
  });
}

/// Adds up the norms of each tensor's spans in order, and leaves the tensor's with each of them.
void joinTensors(const cb_step_arrays &arrays, Norms *norms) {
  for (size_t begin = 0, end; begin < arrays.span_count; begin = end) {
    Norms sum{0, 0};
    for (end = begin; end < arrays.span_count; ++end) {
      if (arrays.spans[end].tensor != arrays.spans[begin].tensor) break;
      sum.weights += norms[end].weights;
      sum.others += norms[end].others;
    }
    for (size_t i = begin; i < end; ++i) {
      norms[i] = {std::sqrt(sum.weights), std::sqrt(sum.others)};
    }
  }
}

}  // namespace

void cb_sgd_step(const cb_step_arrays *arrays, float *velocity, float momentum, bool nesterov) {
  overSpans(*arrays, [&](size_t, cb_span span, const cb_step_group &group) {
    const Common common(*arrays, group);
    float *w = arrays->values + span.begin;
    const float *gradient = arrays->gradients + span.begin;
    const size_t count = span.end - span.begin;
    if (velocity) {
      sgd(w, gradient, velocity + span.begin, count, common, {momentum, nesterov});
    } else {
      descend(w, gradient, count, common);
    }
  });
}

void cb_adagrad_step(const cb_step_arrays *arrays, float *squares, float epsilon) {
  overSpans(*arrays, [&](size_t, cb_span span, const cb_step_group &group) {
    adagrad(arrays->values + span.begin, arrays->gradients + span.begin, squares + span.begin,
            span.end - span.begin, {*arrays, group}, epsilon);
  });
}

void cb_rmsprop_step(const cb_step_arrays *arrays, float *squares, float *velocity, float alpha,
                     float momentum, float epsilon) {
  overSpans(*arrays, [&](size_t, cb_span span, const cb_step_group &group) {
    const Common common(*arrays, group);
    float *w = arrays->values + span.begin;
    const float *gradient = arrays->gradients + span.begin;
    const size_t count = span.end - span.begin;
    if (velocity) {
      rmspropWithMomentum(w, gradient, squares + span.begin, velocity + span.begin, count, common,
                          alpha, momentum, epsilon);
    } else {
      rmsprop(w, gradient, squares + span.begin, count, common, alpha, epsilon);
    }
  });
}

void cb_adam_step(const cb_step_arrays *arrays, float *first, float *second, float beta1,
                  float beta2, float epsilon, int64_t step) {
  const Moments rule(beta1, beta2, epsilon, step);
  overSpans(*arrays, [&](size_t, cb_span span, const cb_step_group &group) {
    adam(arrays->values + span.begin, arrays->gradients + span.begin, first + span.begin,
         second + span.begin, span.end - span.begin, {*arrays, group}, rule);
  });
}

void cb_nadam_step(const cb_step_arrays *arrays, float *first, float *second, float beta1,
                   float beta2, float epsilon, float gradient_part, float mean_part, int64_t step) {
  const Moments rule(beta1, beta2, epsilon, step);
  overSpans(*arrays, [&](size_t, cb_span span, const cb_step_group &group) {
    nadam(arrays->values + span.begin, arrays->gradients + span.begin, first + span.begin,
          second + span.begin, span.end - span.begin, {*arrays, group}, rule, gradient_part,
          mean_part);
  });
}

void cb_lamb_step(const cb_step_arrays *arrays, float *first, float *second, float beta1,
                  float beta2, float epsilon, int64_t step, double *scratch) {
  const Moments rule(beta1, beta2, epsilon, step);
  Norms *norms = reinterpret_cast<Norms *>(scratch);
  parallelFor(arrays->span_count, [&](size_t index) {
    const cb_span span = arrays->spans[index];
    const cb_step_group &group = arrays->groups[span.group];
    lambMoments(arrays->values + span.begin, arrays->gradients + span.begin, first + span.begin,
                second + span.begin, span.end - span.begin, {*arrays, group}, rule, group.decay,
                norms + index);
  });
  joinTensors(*arrays, norms);
  overSpans(*arrays, [&](size_t index, cb_span span, const cb_step_group &group) {
    const Norms norm = norms[index];
    const bool fits = group.adapts && norm.weights > 0 && norm.others > 0;
    const float ratio = fits ? norm.weights / norm.others : 1;
    lambStep(arrays->values + span.begin, first + span.begin, second + span.begin,
             span.end - span.begin, group.rate * ratio, rule, group.decay);
  });
}

void cb_lars_step(const cb_step_arrays *arrays, float *velocity, float momentum, bool nesterov,
                  float trust, float epsilon, double *scratch) {
  Norms *norms = reinterpret_cast<Norms *>(scratch);
  parallelFor(arrays->span_count, [&](size_t index) {
    const cb_span span = arrays->spans[index];
    larsNorms(arrays->values + span.begin, arrays->gradients + span.begin, span.end - span.begin,
              {*arrays, arrays->groups[span.group]}, norms + index);
  });
  joinTensors(*arrays, norms);
  overSpans(*arrays, [&](size_t index, cb_span span, const cb_step_group &group) {
    const Norms norm = norms[index];
    const bool fits = group.adapts && norm.weights > 0 && norm.others > 0;
    const double divisor = norm.others + double(group.l2) * norm.weights + epsilon;
    const float ratio = fits ? trust * norm.weights / divisor : 1;
    larsStep(arrays->values + span.begin, arrays->gradients + span.begin, velocity + span.begin,
             span.end - span.begin, {*arrays, group}, {momentum, nesterov}, ratio);
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
