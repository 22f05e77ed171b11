// What computes: libraries and instructions. See status.h for the rules of this boundary.
#ifndef CBRIDGE_VERSIONS_H
#define CBRIDGE_VERSIONS_H

#include "status.h"

#ifdef __cplusplus
extern "C" {
#endif

/// Versions of the libraries in use, as "2.6.3"; the texts stay as long as the program runs.
const char *cb_onednn_version(void);
const char *cb_opencv_version(void);
const char *cb_openblas_version(void);
/// The most that oneDNN uses of the processor, as "AVX-512 BF16"; "none of its own" for what is no
/// such set.
const char *cb_instructions(void);

#ifdef __cplusplus
}
#endif

#endif
