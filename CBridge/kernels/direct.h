// Backward passes of convolutions without groups, for the windows that oneDNN has no fast kernels
// for: those whose dilation comes near the size of the map.
#pragma once

#include "include/convolution.h"

namespace dldetect {

/// `dw[o, i, k] = Σ dy[o, j]·x[i, j·stride − pad + k·dilation]` and `db[o] = Σ dy[o, j]`, written
/// or added; `bias` is NULL without one.
void directBackwardWeights(const cb_convolution_settings &settings, const void *x, const void *dy,
                           bool adds, float *weights, float *bias);

/// Floats of scratch.
size_t directSourceScratch(const cb_convolution_settings &settings);
/// `dx[i, l] = Σ dy[o, j]·w[o, i, k]` over `j·stride − pad + k·dilation = l`.
void directBackwardSource(const cb_convolution_settings &settings, const void *dy,
                          const float *weights, float *scratch, void *dx);

}  // namespace dldetect
