// Function multiversioning: one source, compiled for three generations of x86-64 and chosen when
// the program is loaded.
#pragma once

// A sanitizer is not ready yet when the choice is made.
#if defined(__has_feature)
#if __has_feature(address_sanitizer)
#define DLDETECT_ONE_VERSION
#endif
#endif

#if defined(__x86_64__) && !defined(DLDETECT_ONE_VERSION)
#define DLDETECT_CLONES \
  __attribute__((target_clones("arch=x86-64-v4", "arch=x86-64-v3", "default")))
#else
#define DLDETECT_CLONES
#endif

#if defined(__x86_64__)
/// Of code that runs only where cb_has_bf16() says so: one version, for those processors.
#define DLDETECT_BF16 __attribute__((target("arch=x86-64-v4,avx512bf16")))
#else
#define DLDETECT_BF16
#endif
