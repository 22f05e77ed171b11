// Threads of the compute engine. See status.h for the rules of this boundary.
#ifndef CBRIDGE_ENGINE_H
#define CBRIDGE_ENGINE_H

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

#ifdef __cplusplus
}
#endif

#endif
