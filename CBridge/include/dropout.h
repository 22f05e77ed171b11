// Random factors with mean 1, drawn from a key; the same call on a gradient gives the gradient.
// Views and extents are those of kernels.h.
#ifndef CBRIDGE_DROPOUT_H
#define CBRIDGE_DROPOUT_H

#include "kernels.h"

#ifdef __cplusplus
extern "C" {
#endif

/// What shares a factor: 0 with the probability `rate`, else 1 / (1 − rate).
typedef enum cb_dropout_kind {
  CB_DROP_ELEMENTS = 0,
  CB_DROP_CHANNELS = 1,
  CB_DROP_PICTURES = 2,
  /// Each number's is normal with variance rate / (1 − rate).
  CB_DROP_GAUSSIAN = 3,
} cb_dropout_kind;

void cb_dropout(cb_extent extent, int channels, cb_dropout_kind kind, uint64_t key, float rate,
                cb_view x, cb_view y);

/// Draws squares of `height` × `width` cells: at each cell where one fits it starts with the
/// probability `rate`. `mask` `[N, blocks, area, b]` receives 0 where one lies, else 1; `counts`
/// `[N, blocks]` how many ones of channels there are.
void cb_draw_squares(cb_extent extent, int channels, int height, int width, uint64_t key,
                     float rate, uint8_t *mask, int32_t *counts);
/// `y = x·mask·(numbers of the image / ones of the image)`.
void cb_drop_squares(cb_extent extent, int channels, const uint8_t *mask, const int32_t *counts,
                     cb_view x, cb_view y);

#ifdef __cplusplus
}
#endif

#endif
