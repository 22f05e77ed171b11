// Activation functions and their derivatives on vectors, chosen at compile time.
#pragma once

#include "include/kernels.h"
#include "kernels/vector.h"

namespace dldetect {

template <int block, cb_function function>
DLDETECT_INLINE Packed<block> activate(const typename Lanes<block>::Float &z, float slope) {
  using Float = typename Lanes<block>::Float;
  if constexpr (function == CB_RELU) return {__builtin_elementwise_max(z, Float{})};
  if constexpr (function == CB_LEAKY_RELU) return {z > 0 ? z : z * slope};
  if constexpr (function == CB_SILU) return {z * sigmoid<block>(z).lanes};
  if constexpr (function == CB_HARD_SWISH) {
    const Float gate =
        __builtin_elementwise_min(__builtin_elementwise_max(z + 3.0f, Float{}), Float{} + 6.0f);
    return {z * gate * (1.0f / 6)};
  }
  if constexpr (function == CB_SIGMOID) return {sigmoid<block>(z).lanes};
  return {z};
}

/// f'(z)·dy
template <int block, cb_function function>
DLDETECT_INLINE Packed<block> derive(const typename Lanes<block>::Float &z,
                                     const typename Lanes<block>::Float &dy, float slope) {
  using Float = typename Lanes<block>::Float;
  if constexpr (function == CB_RELU) return {z > 0 ? dy : Float{}};
  if constexpr (function == CB_LEAKY_RELU) return {z > 0 ? dy : dy * slope};
  if constexpr (function == CB_SILU) {
    const Float s = sigmoid<block>(z).lanes;
    return {dy * (s + z * s * (1.0f - s))};
  }
  if constexpr (function == CB_HARD_SWISH) {
    const Float inner = dy * (2.0f * z + 3.0f) * (1.0f / 6);
    return {z <= -3.0f ? Float{} : (z >= 3.0f ? dy : inner)};
  }
  if constexpr (function == CB_SIGMOID) {
    const Float s = sigmoid<block>(z).lanes;
    return {dy * s * (1.0f - s)};
  }
  return {dy};
}

/// Calls body.template operator()<function>() for the run-time choice.
#define DLDETECT_FOR_FUNCTION(function, call) \
  switch (function) {                         \
    case CB_IDENTITY:                         \
      call(CB_IDENTITY);                      \
      break;                                  \
    case CB_RELU:                             \
      call(CB_RELU);                          \
      break;                                  \
    case CB_LEAKY_RELU:                       \
      call(CB_LEAKY_RELU);                    \
      break;                                  \
    case CB_SILU:                             \
      call(CB_SILU);                          \
      break;                                  \
    case CB_HARD_SWISH:                       \
      call(CB_HARD_SWISH);                    \
      break;                                  \
    case CB_SIGMOID:                          \
      call(CB_SIGMOID);                       \
      break;                                  \
  }

}  // namespace dldetect
