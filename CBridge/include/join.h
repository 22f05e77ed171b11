// Joins values channel by channel. Views and extents are those of kernels.h.
#ifndef CBRIDGE_JOIN_H
#define CBRIDGE_JOIN_H

#include "kernels.h"

#ifdef __cplusplus
extern "C" {
#endif

/// Copies `count` channels, from `first_x` on in x to `first_y` on in y, wherever blocks begin.
/// With `ends`, y's last block is zero behind them. The extent's blocks are not read.
void cb_copy_channels(cb_extent extent, int count, cb_view x, int first_x, cb_view y, int first_y,
                      bool ends);

#ifdef __cplusplus
}
#endif

#endif
