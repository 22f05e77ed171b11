// Pooling into bins, and by chance. Views, extents and windows are those of kernels.h.
#ifndef CBRIDGE_POOLING_H
#define CBRIDGE_POOLING_H

#include "kernels.h"

#ifdef __cplusplus
extern "C" {
#endif

/// Means, or maxima with `index`, of `rows` × `columns` bins: bin i of n covers cells ⌊i·H / n⌋ to
/// ⌈(i + 1)·H / n⌉. `index` receives which cell of the plane was the greatest, the first in reading
/// order, `[N, blocks, rows·columns, b]`.
void cb_bin_means_forward(cb_extent extent, int rows, int columns, cb_view x, cb_view y);
void cb_bin_means_backward(cb_extent extent, int rows, int columns, cb_view dy, cb_view dx);
void cb_bin_maxima_forward(cb_extent extent, int rows, int columns, cb_view x, cb_view y,
                           int32_t *index);
void cb_bin_maxima_backward(cb_extent extent, int rows, int columns, const int32_t *index,
                            cb_view dy, cb_view dx);

/// Of the window's index: no cell was drawn.
enum { CB_MOST_CELLS_TO_DRAW_FROM = 255 };

/// One of the positive cells under a window of at most CB_MOST_CELLS_TO_DRAW_FROM, drawn with a
/// probability in proportion to its value; 0 where none is positive. `index` is as that of
/// cb_max_pool_forward, whose backward pass it fits.
void cb_stochastic_pool_draw(cb_extent extent, cb_window window, int height, int width,
                             uint64_t key, cb_view x, cb_view y, uint8_t *index);
/// The mean of what the other may draw: `Σ a² / Σ a` over a = max(0, x), or 0.
void cb_stochastic_pool_mean(cb_extent extent, cb_window window, int height, int width, cb_view x,
                             cb_view y);

#ifdef __cplusplus
}
#endif

#endif
