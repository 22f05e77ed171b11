// The words that a node draws: a pure function of key, picture and place, the same in both backends
// (Sources/Execution/Reference/DrawnWords.swift).
#pragma once

#include <cmath>

#include "kernels/vector.h"

namespace dldetect {

/// The key of one picture.
struct PictureKey {
  uint32_t first, second;

  PictureKey(uint64_t key, size_t picture)
      : first(uint32_t(key) + uint32_t(picture) * 0x9e3779b9u), second(uint32_t(key >> 32)) {}
};

/// Wellons: Prospecting for Hash Functions, 2018, triple32, between two halves of the key.
template <typename Words>
DLDETECT_INLINE void mixWords(Words &x, const PictureKey &key) {
  x = (x ^ key.first) + key.second;
  x ^= x >> 17;
  x *= 0xed5ad4bbu;
  x ^= x >> 11;
  x *= 0xac4c1b51u;
  x ^= x >> 15;
  x *= 0x31848babu;
  x ^= x >> 14;
}

/// Uniform in [0, 1), 24 bits.
inline float uniform(const PictureKey &key, uint32_t place) {
  mixWords(place, key);
  return float(place >> 8) * 0x1p-24f;
}

/// Box, Muller: A Note on the Generation of Random Normal Deviates, 1958.
inline float normal(const PictureKey &key, uint32_t place) {
  const float radius = std::sqrt(-2 * std::log(1 - uniform(key, 2 * place)));
  return radius * std::cos(6.28318530717958648f * uniform(key, 2 * place + 1));
}

}  // namespace dldetect
