// Convolution passes, executed by oneDNN. See status.h for the rules of this boundary.
//
// Activations are blocked: `[N, ⌈C / b⌉, H, W, b]` with b = cb_channel_block(), the channels past C
// zero, in f32 or bf16. Weights and their gradients are plain `[O, I / groups, kh, kw]`, they and
// biases f32.
#ifndef CBRIDGE_CONVOLUTION_H
#define CBRIDGE_CONVOLUTION_H

#include "kernels.h"
#include "status.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef struct cb_convolution cb_convolution;

/// A value of the result's shape that a convolution adds to it.
typedef enum cb_addend {
  CB_NO_ADDEND = 0,
  CB_ADD_BEFORE_ACTIVATION = 1,
  CB_ADD_AFTER_ACTIVATION = 2,
} cb_addend;

typedef struct cb_convolution_settings {
  int batch, groups;
  int in_channels, in_height, in_width;
  int out_channels, out_height, out_width;
  int kernel_height, kernel_width, stride_height, stride_width, dilation_height, dilation_width;
  int pad_top, pad_left, pad_bottom, pad_right;
  bool has_bias;
  bool plain_source;           // the source is [N, C, H, W]
  bool training;               // prepares the backward passes
  bool needs_source_gradient;  // training: prepares backward_source too
  cb_activation activation;    // inference only: applied to the result
  cb_addend addend;            // inference only
  cb_type type;                // of activations and their gradients
} cb_convolution_settings;

typedef enum cb_convolution_pass {
  CB_FORWARD = 0,
  CB_BACKWARD_SOURCE = 1,
  CB_BACKWARD_WEIGHTS = 2,
} cb_convolution_pass;

/// Destroy with cb_convolution_destroy. Create and run it on one and the same thread.
cb_status cb_convolution_create(const cb_convolution_settings *settings,
                                cb_convolution **out_convolution, char *message, size_t capacity);
void cb_convolution_destroy(cb_convolution *convolution);
/// Gives up what oneDNN keeps of convolutions for the next one that is like them; those that exist
/// stay as they are.
void cb_forget_convolutions(void);
/// Bytes of the weights as the given pass wants them, and of what a backward pass needs besides.
size_t cb_convolution_packed_bytes(const cb_convolution *convolution, cb_convolution_pass pass);
/// oneDNN's name of the implementation; borrowed from the handle.
const char *cb_convolution_implementation(const cb_convolution *convolution,
                                          cb_convolution_pass pass);
/// Writes plain weights as the forward pass wants them.
cb_status cb_convolution_pack(cb_convolution *convolution, const float *weights, void *packed,
                              char *message, size_t capacity);
/// `bias` and `addend` are NULL without one.
cb_status cb_convolution_forward(cb_convolution *convolution, const void *source,
                                 const void *packed, const float *bias, const void *addend,
                                 void *destination, char *message, size_t capacity);
/// `scratch` holds cb_convolution_packed_bytes(…, CB_BACKWARD_SOURCE).
cb_status cb_convolution_backward_source(cb_convolution *convolution,
                                         const void *destination_gradient, const float *weights,
                                         void *scratch, void *source_gradient, char *message,
                                         size_t capacity);
/// `scratch` holds cb_convolution_packed_bytes(…, CB_BACKWARD_WEIGHTS), and `bias_scratch` one
/// float an output channel if there is a bias.
cb_status cb_convolution_backward_weights(cb_convolution *convolution, const void *source,
                                          const void *destination_gradient, void *scratch,
                                          float *bias_scratch, bool accumulates,
                                          float *weights_gradient, float *bias_gradient,
                                          char *message, size_t capacity);

#ifdef __cplusplus
}
#endif

#endif
