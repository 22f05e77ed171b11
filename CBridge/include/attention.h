// Kernels of attention blocks: gates of cells, maxima, shares of branches, filters along channels,
// and dot-product attention. Views and extents are those of kernels.h.
#ifndef CBRIDGE_ATTENTION_H
#define CBRIDGE_ATTENTION_H

#include "kernels.h"

#ifdef __cplusplus
extern "C" {
#endif

/// `y = x·gate` with a gate for each cell, in the first lane of a single channel block.
void cb_cell_gate_forward(cb_extent extent, cb_view x, cb_view gate, cb_view y);
/// `dx = dy·gate`, `dgate = Σ dy·x` over the channels; `dx` may be absent.
void cb_cell_gate_backward(cb_extent extent, cb_view x, cb_view gate, cb_view dy, cb_view dx,
                           cb_view dgate);

/// Maximum over the area; `index` `[N, blocks, b]` receives the first cell that has it.
void cb_maximum_forward(cb_extent extent, cb_view x, cb_view y, int32_t *index);
void cb_maximum_backward(cb_extent extent, const int32_t *index, cb_view dy, cb_view dx);

/// Mean and maximum over the channels, in the first two lanes of a single channel block; `index`
/// `[N, area]` receives the first channel that has the maximum.
void cb_channel_summary_forward(cb_extent extent, int channels, cb_view x, cb_view y,
                                int32_t *index);
void cb_channel_summary_backward(cb_extent extent, int channels, const int32_t *index, cb_view dy,
                                 cb_view dx);

/// Shares of `branches` runs of whole channel blocks that add up to 1; with `branches` 0 of all
/// `channels`. `y` and its gradient give the gradient of x.
void cb_softmax_forward(cb_extent extent, int channels, int branches, cb_view x, cb_view y);
void cb_softmax_backward(cb_extent extent, int branches, cb_view y, cb_view dy, cb_view dx);

/// One filter of `taps` weights along the channels of values of a single cell.
void cb_channel_filter_forward(cb_extent extent, int channels, int taps, const float *weight,
                               cb_view x, cb_view y);
/// Adds to `weight_gradient`; `dx` may be absent.
void cb_channel_filter_backward(cb_extent extent, int channels, int taps, const float *weight,
                                cb_view x, cb_view dy, cb_view dx, float *weight_gradient);

typedef struct cb_attention {
  int batch, heads;
  int height, width;
  int query_width, value_width;  // channels of a head
  bool has_positions;
  cb_type type;
  int workers;  // that have scratch
} cb_attention;

/// Floats of scratch that both directions need.
size_t cb_attention_scratch(cb_attention attention);
/// `table`: a vector of `query_width` for each of the 2·height − 1 offsets along the height, then
/// of those along the width; NULL without positions.
void cb_attention_forward(cb_attention attention, cb_view queries, cb_view keys, cb_view values,
                          const float *table, float *scratch, cb_view y);
/// The last three views may be absent. `table_gradient` is replaced.
void cb_attention_backward(cb_attention attention, cb_view queries, cb_view keys, cb_view values,
                           const float *table, float *scratch, cb_view dy, cb_view queries_gradient,
                           cb_view keys_gradient, cb_view values_gradient, float *table_gradient);

#ifdef __cplusplus
}
#endif

#endif
