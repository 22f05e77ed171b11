// One optimizer step over flat memory, on the calling thread's team. See status.h for the rules of
// this boundary.
#ifndef CBRIDGE_OPTIMIZER_H
#define CBRIDGE_OPTIMIZER_H

#include "status.h"

#ifdef __cplusplus
extern "C" {
#endif

/// Elements begin ..< end of all arrays of a step: a piece of one tensor, or of several that agree
/// in their settings. Spans are the grain of the work: the sums inside one are in order.
typedef struct cb_span {
  size_t begin, end;
  size_t group;   // of `groups`
  size_t tensor;  // spans of one tensor follow each other
} cb_span;

/// What one step does to the spans of a group, besides the rule. The gradient that a rule sees is
///
/// g = clamp(scale·gradient, −clip, clip) + l2·w + l1·sign(w)
///
/// and where a rule says `keep`, it is 1 − rate·decay.
typedef struct cb_step_group {
  float rate;
  float l1, l2;
  float decay;  // decoupled
  bool adapts;  // whether LAMB and LARS fit the rate to the tensor
} cb_step_group;

/// The arrays of a step, all laid out alike. `average` may be NULL.
typedef struct cb_step_arrays {
  const cb_span *spans;
  size_t span_count;
  const cb_step_group *groups;
  float *values;
  const float *gradients;
  float *average;      // moves towards the new values by `average_rate`
  float average_rate;  // 1 − decay
  float gradient_scale;
  float gradient_clip;  // infinity: none
} cb_step_arrays;

/// Stochastic gradient descent; `velocity` starts as zeros and may be NULL where momentum is 0.
///
/// v = momentum·v + g;  w = keep·w − rate·(nesterov ? g + momentum·v : v)
void cb_sgd_step(const cb_step_arrays *arrays, float *velocity, float momentum, bool nesterov);

/// s += g²;  w = keep·w − rate·g / (√s + epsilon)
void cb_adagrad_step(const cb_step_arrays *arrays, float *squares, float epsilon);

/// s = αs + (1 − α)g²;  v = momentum·v + g / (√s + epsilon);  w = keep·w − rate·v
///
/// `velocity` may be NULL where momentum is 0.
void cb_rmsprop_step(const cb_step_arrays *arrays, float *squares, float *velocity, float alpha,
                     float momentum, float epsilon);

/// Adam, and with decoupled decay AdamW; both moments start as zeros, `step` counts from 1.
///
/// m = β₁m + (1 − β₁)g;  v = β₂v + (1 − β₂)g²;
/// w = keep·w − rate·(m / (1 − β₁^step)) / (√(v / (1 − β₂^step)) + epsilon)
void cb_adam_step(const cb_step_arrays *arrays, float *first, float *second, float beta1,
                  float beta2, float epsilon, int64_t step);

/// Moments as in Adam;
/// w = keep·w − rate·(gradient_part·g + mean_part·m) / (√(v / (1 − β₂^step)) + epsilon)
void cb_nadam_step(const cb_step_arrays *arrays, float *first, float *second, float beta1,
                   float beta2, float epsilon, float gradient_part, float mean_part, int64_t step);

/// LAMB: moments as in Adam; r = (m / (1 − β₁^step)) / (√(v / (1 − β₂^step)) + epsilon) + decay·w;
/// w −= rate·φ·r, with φ = ‖w‖ / ‖r‖ over the tensor, 1 where either is 0 or the group does not
/// adapt. `scratch` holds 2·span_count doubles.
void cb_lamb_step(const cb_step_arrays *arrays, float *first, float *second, float beta1,
                  float beta2, float epsilon, int64_t step, double *scratch);

/// LARS: momentum on φ·g, with g without decay in φ = trust·‖w‖ / (‖g‖ + l2·‖w‖ + epsilon) over the
/// tensor, 1 where either norm is 0 or the group does not adapt; otherwise as cb_sgd_step.
/// `scratch` holds 2·span_count doubles.
void cb_lars_step(const cb_step_arrays *arrays, float *velocity, float momentum, bool nesterov,
                  float trust, float epsilon, double *scratch);

/// average += rate·(values − average)
void cb_average_step(float *average, const float *values, size_t count, float rate);

/// The sum of squares in double, the same whatever the number of threads. `scratch` holds
/// cb_squared_norm_blocks(count) doubles.
double cb_squared_norm(const float *values, size_t count, double *scratch);
size_t cb_squared_norm_blocks(size_t count);

#ifdef __cplusplus
}
#endif

#endif
