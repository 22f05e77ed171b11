// Function multiversioning: one source, compiled for three generations of x86-64 and chosen when
// the program is loaded.
#pragma once

#if defined(__x86_64__)
#define DLDETECT_CLONES \
  __attribute__((target_clones("arch=x86-64-v4", "arch=x86-64-v3", "default")))
#else
#define DLDETECT_CLONES
#endif
