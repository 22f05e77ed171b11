// Threads of the compute engine. See status.h for the rules of this boundary.
#ifndef CBRIDGE_ENGINE_H
#define CBRIDGE_ENGINE_H

#include "kernels.h"
#include "status.h"

#ifdef __cplusplus
extern "C" {
#endif

/// Sets the size of the calling thread's team (libgomp's, which oneDNN uses too), and keeps OpenCV
/// and OpenBLAS from starting pools of their own.
void cb_set_threads(int count);
int cb_threads(void);

/// Calls body(context, index) for every index below `count` on the team, in contiguous shares.
void cb_parallel(size_t count, void (*body)(void *context, size_t index), void *context);

/// Operations a second of a product of two square matrices, the best of what fits the time: how
/// fast this processor multiplies. On the engine's thread.
double cb_product_rate(cb_type type, int side, double seconds);

#ifdef __cplusplus
}
#endif

#endif
