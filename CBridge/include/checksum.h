// Checksums of files' contents. See status.h for the rules of this boundary.
#ifndef CBRIDGE_CHECKSUM_H
#define CBRIDGE_CHECKSUM_H

#include "status.h"

#ifdef __cplusplus
extern "C" {
#endif

/// XXH64 with seed 0.
uint64_t cb_checksum(const void *data, size_t size);

#ifdef __cplusplus
}
#endif

#endif
