// Sums of values by shares. Values as in kernels.h.
#ifndef CBRIDGE_WEIGHTED_SUM_H
#define CBRIDGE_WEIGHTED_SUM_H

#include "kernels.h"

#ifdef __cplusplus
extern "C" {
#endif

enum { CB_MOST_SUMMANDS = 4 };

/// Floats that cb_weighted_sum_backward needs.
size_t cb_weighted_sum_scratch(cb_extent extent);
/// `y = Σ shares[i]·x[i]` over `count` values, at most CB_MOST_SUMMANDS.
void cb_weighted_sum_forward(cb_extent extent, int count, const cb_view *x, const float *shares,
                             cb_view y);
/// Of one of them: `dx = share·dy`, unless absent; returns `Σ dy·x`.
double cb_weighted_sum_backward(cb_extent extent, cb_view x, float share, cb_view dy, cb_view dx,
                                float *scratch);

#ifdef __cplusplus
}
#endif

#endif
