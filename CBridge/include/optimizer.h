// One optimizer step over flat memory, on the calling thread's team. See status.h for the rules of
// this boundary.
#ifndef CBRIDGE_OPTIMIZER_H
#define CBRIDGE_OPTIMIZER_H

#include "status.h"

#ifdef __cplusplus
extern "C" {
#endif

/// Elements begin ..< end of all arrays of a step, and whether weight decay applies to them. Spans
/// are the grain of the work: the sums inside one are in order.
typedef struct cb_span {
  size_t begin, end;
  bool decays;
} cb_span;

/// The arrays of a step, all laid out alike. `average` may be NULL.
typedef struct cb_step_arrays {
  const cb_span *spans;
  size_t span_count;
  float *values;
  const float *gradients;
  float *average;      // moves towards the new values by `average_rate`
  float average_rate;  // 1 − decay
  float gradient_scale;
} cb_step_arrays;

/// Stochastic gradient descent; `velocity` starts as zeros.
///
/// g = scale·gradient + decay·w;  v = momentum·v + g;  w −= rate·(nesterov ? g + momentum·v : v)
void cb_sgd_step(const cb_step_arrays *arrays, float *velocity, float rate, float momentum,
                 float decay, bool nesterov);

/// AdamW; both moments start as zeros, `step` counts from 1.
///
/// w −= rate·decay·w;  m = β₁m + (1 − β₁)g;  v = β₂v + (1 − β₂)g²;
/// w −= rate·(m / (1 − β₁^step)) / (√(v / (1 − β₂^step)) + epsilon)
void cb_adamw_step(const cb_step_arrays *arrays, float *first, float *second, float rate,
                   float beta1, float beta2, float epsilon, float decay, int64_t step);

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
