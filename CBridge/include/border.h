// Padding that continues what is inside. Values as in kernels.h.
#ifndef CBRIDGE_BORDER_H
#define CBRIDGE_BORDER_H

#include "kernels.h"

#ifdef __cplusplus
extern "C" {
#endif

/// At a side.
enum { CB_MOST_BORDER_CELLS = 64 };

typedef struct cb_border {
  bool reflects;  // else replicates
  int top, left, bottom, right;
} cb_border;

/// From `extent` to the padded size, and the gradient.
void cb_border_forward(cb_extent extent, cb_border border, cb_view x, cb_view y);
void cb_border_backward(cb_extent extent, cb_border border, cb_view dy, cb_view dx);

#ifdef __cplusplus
}
#endif

#endif
