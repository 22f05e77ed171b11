// Hot kernels that no library has, on the engine's thread team. See status.h for the rules of this
// boundary.
//
// Values are blocked: `[N, blocks, area, b]` with b = cb_channel_block(), in f32 or bf16 as the
// extent says; a view may be a run of channel blocks inside a larger value: images then lie
// `image_stride` elements apart. Arithmetic is in f32 throughout.
// Per-channel vectors hold blocks·b floats, the tail past the channels zero. Sums are taken in one
// fixed order, whatever the number of threads.
#ifndef CBRIDGE_KERNELS_H
#define CBRIDGE_KERNELS_H

#include <stdint.h>

#include "status.h"

#ifdef __cplusplus
extern "C" {
#endif

/// Channels in a block: 16 where the processor has AVX-512, else 8 (honours ONEDNN_MAX_CPU_ISA).
int cb_channel_block(void);
/// Whether the processor multiplies bf16 numbers by itself (AVX-512 BF16; honours
/// ONEDNN_MAX_CPU_ISA).
bool cb_has_bf16(void);

/// What values are held in.
typedef enum cb_type {
  CB_F32 = 0,
  CB_BF16 = 1,
} cb_type;

typedef enum cb_function {
  CB_IDENTITY = 0,
  CB_RELU = 1,
  CB_LEAKY_RELU = 2,
  CB_SILU = 3,
  CB_HARD_SWISH = 4,
  CB_SIGMOID = 5,
  CB_RELU6 = 6,
  CB_ELU = 7,
  CB_SWISH = 8,
  CB_GELU = 9,
  CB_GELU_TANH = 10,
  CB_MISH = 11,
  CB_TANH = 12,
  CB_HARD_SIGMOID = 13,
} cb_function;

typedef struct cb_activation {
  cb_function function;
  float number;          // a leaky ReLU's slope, an ELU's alpha, a swish's beta
  const float *learned;  // one number a channel instead, a per-channel vector; or NULL
} cb_activation;

typedef struct cb_view {
  void *data;
  size_t image_stride;
} cb_view;

typedef struct cb_extent {
  int batch, blocks;
  int height, width;
  cb_type type;
} cb_extent;

/// Floats of scratch that reductions over this extent need.
size_t cb_reduction_scratch(cb_extent extent);

/// A norm's vectors: a number for each channel, or with `stride` above 0 one for each channel of
/// each image, images being `stride` floats apart.
typedef struct cb_norm_vectors {
  size_t stride;
  float *scale, *shift, *mean, *inverse_deviation;
  float *by_x, *constant;  // of backward passes
} cb_norm_vectors;

// Of the norms below, z is `x·scale + shift [+ before]`, and dz is `f'(z)·(dy [+ dy_second])`.
// Views with NULL data are absent.

/// Mean and biased variance of each channel over batch and area.
void cb_norm_statistics(cb_extent extent, cb_view x, float *scratch, float *mean, float *variance);

/// `y = f(z) [+ after]`; `second` receives y too.
void cb_norm_forward(cb_extent extent, cb_norm_vectors vectors, cb_activation activation, cb_view x,
                     cb_view before, cb_view after, cb_view y, cb_view second);

/// Leaves Σ dz of each channel in `constant`, and Σ dz·(x − mean)·inverse_deviation in `by_x`.
void cb_norm_backward_reduce(cb_extent extent, cb_norm_vectors vectors, cb_activation activation,
                             cb_view x, cb_view dy, cb_view dy_second, cb_view before,
                             float *scratch);

/// `dx = scale·dz + x·by_x + constant`, which is batch norm's gradient for the right two vectors;
/// `dx` may be `x`, or absent. `before_gradient` receives dz.
void cb_norm_backward_apply(cb_extent extent, cb_norm_vectors vectors, cb_activation activation,
                            cb_view x, cb_view dy, cb_view dy_second, cb_view before, cb_view dx,
                            cb_view before_gradient);

/// `sum = Σ (dy [+ dy_second])·∂f(z)/∂number` for each channel of a learned function.
void cb_norm_backward_learned(cb_extent extent, cb_norm_vectors vectors, cb_activation activation,
                              cb_view x, cb_view dy, cb_view dy_second, cb_view before,
                              float *scratch, float *sum);

typedef struct cb_group_norm {
  int channels, groups;
  float epsilon;
  const float *weight, *bias;  // of each channel
} cb_group_norm;

/// `y = f(z) [+ after]` by the statistics of each image's groups, with vectors of a stride of
/// blocks·b, which it fills. A group that fits into the cache is read from memory once.
void cb_group_norm_forward(cb_extent extent, cb_group_norm norm, cb_norm_vectors vectors,
                           cb_activation activation, cb_view x, cb_view before, cb_view after,
                           cb_view y, cb_view second, float *scratch);

/// Its gradients, with the vectors it filled: `dx` may be `x`, or absent; `before_gradient`
/// receives dz; `sum_dz` and `sum_dzx` are Σ dz and Σ dz·x̂ of each channel of each image.
void cb_group_norm_backward(cb_extent extent, cb_group_norm norm, cb_norm_vectors vectors,
                            cb_activation activation, cb_view x, cb_view dy, cb_view dy_second,
                            cb_view before, cb_view dx, cb_view before_gradient, float *sum_dz,
                            float *sum_dzx, float *scratch);

/// `y = a + b`.
void cb_add(cb_extent extent, cb_view a, cb_view b, cb_view y);
void cb_copy(cb_extent extent, cb_view x, cb_view y);

/// `y = x·gate` with a gate for each channel of each image (`[N, blocks, 1, b]`).
void cb_gate_forward(cb_extent extent, cb_view x, cb_view gate, cb_view y);
/// `dx = dy·gate`, `dgate = Σ dy·x` over the area.
void cb_gate_backward(cb_extent extent, cb_view x, cb_view gate, cb_view dy, cb_view dx,
                      cb_view dgate);

/// Mean over the area, and its gradient.
void cb_mean_forward(cb_extent extent, cb_view x, cb_view y);
void cb_mean_backward(cb_extent extent, cb_view dy, cb_view dx);

/// Nearest-neighbour enlargement from `extent` to height × width, and its gradient.
void cb_nearest_forward(cb_extent extent, int height, int width, cb_view x, cb_view y);
void cb_nearest_backward(cb_extent extent, int height, int width, cb_view dy, cb_view dx);
/// Bilinear enlargement, centres at half-integers, edges repeated, and its gradient.
void cb_bilinear_forward(cb_extent extent, int height, int width, cb_view x, cb_view y);
void cb_bilinear_backward(cb_extent extent, int height, int width, cb_view dy, cb_view dx);

typedef struct cb_window {
  int kernel_height, kernel_width, stride_height, stride_width;
  int pad_top, pad_left;
} cb_window;

/// Maximum under a window of at most 256 cells, from `extent` to height × width. `index` receives
/// which cell under the window it was, the first in reading order, `[N, blocks, height·width, b]`;
/// NULL where no gradient is wanted.
void cb_max_pool_forward(cb_extent extent, cb_window window, int height, int width, cb_view x,
                         cb_view y, uint8_t *index);
void cb_max_pool_backward(cb_extent extent, cb_window window, int height, int width,
                          const uint8_t *index, cb_view dy, cb_view dx);

/// Mean under a window, from `extent` to height × width, and its gradient; padding counts neither
/// as value nor as divisor.
void cb_average_pool_forward(cb_extent extent, cb_window window, int height, int width, cb_view x,
                             cb_view y);
void cb_average_pool_backward(cb_extent extent, cb_window window, int height, int width, cb_view dy,
                              cb_view dx);

/// Between blocked and plain `[N, channels, area]`, which is f32.
void cb_to_plain(cb_extent extent, int channels, cb_view x, float *plain);
void cb_from_plain(cb_extent extent, int channels, const float *plain, cb_view y);
/// Rounds to bf16, layout kept.
void cb_to_bf16(const float *plain, size_t count, void *result);
/// Whether each element of a view is a finite number.
bool cb_is_finite(cb_extent extent, cb_view x);

#ifdef __cplusplus
}
#endif

#endif
