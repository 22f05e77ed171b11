// The part of a class loss that all candidates have in common. See status.h for the rules of this
// boundary.
#ifndef CBRIDGE_LOSSES_H
#define CBRIDGE_LOSSES_H

#include "kernels.h"
#include "status.h"

#ifdef __cplusplus
extern "C" {
#endif

/// `weight·p^gamma·−log(1 − p)` with p = σ(logit), the loss of a logit that should say no, and
/// `scale` times its derivative: cross-entropy with gamma 0, else focal loss. With gamma 0 the
/// answer may be `target` in place of 0: `weight·(−target·log p − (1 − target)·log(1 − p))`. Logits
/// and gradients are `[channels, candidates]`; candidates with a nonzero byte in `ignored` (NULL:
/// none) have neither loss nor gradient. Runs on the calling thread, sums in one fixed order.
///
/// Returns the sum of the losses, without `scale`; not a number if a logit is none.
double cb_background_loss(const float *logits, const uint8_t *ignored, size_t channels,
                          size_t candidates, float gamma, float weight, float target, float scale,
                          float *gradients);

#ifdef __cplusplus
}
#endif

#endif
