// Function multiversioning: one source, compiled for three generations of x86-64 and chosen when
// the program is loaded.
#pragma once

#if defined(__x86_64__)
#define DLDETECT_CLONES \
  __attribute__((target_clones("arch=x86-64-v4", "arch=x86-64-v3", "default")))
/// Of code that runs only where cb_has_bf16() says so: one version, for those processors.
#define DLDETECT_BF16 __attribute__((target("arch=x86-64-v4,avx512bf16")))
#else
#define DLDETECT_CLONES
#define DLDETECT_BF16
#endif
