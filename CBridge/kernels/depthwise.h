// Backward passes of depthwise convolutions, for the windows that oneDNN has no fast kernels for:
// gradients of weights from 4 cells a side on, and whatever is dilated.
#pragma once

#include "include/convolution.h"

namespace dldetect {

/// Floats of scratch.
size_t depthwiseWeightsScratch(const cb_convolution_settings &settings);
size_t depthwiseSourceScratch(const cb_convolution_settings &settings);

/// `dw[c, k] = Σ dy[c, i]·x[c, i·stride − pad + k·dilation]` and `db[c] = Σ dy[c, i]`, written or
/// added; `bias` is NULL without one. Sums are taken in one order, whatever the number of threads.
void depthwiseBackwardWeights(const cb_convolution_settings &settings, const void *x,
                              const void *dy, float *scratch, bool adds, float *weights,
                              float *bias);

/// `dx[c, j] = Σ dy[c, i]·w[c, k]` over `i·stride − pad + k·dilation = j`.
void depthwiseBackwardSource(const cb_convolution_settings &settings, const void *dy,
                             const float *weights, float *scratch, void *dx);

}  // namespace dldetect
