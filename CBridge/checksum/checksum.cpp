#include "include/checksum.h"

#include <xxhash.h>

uint64_t cb_checksum(const void *data, size_t size) { return XXH64(data, size, 0); }
