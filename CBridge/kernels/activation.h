// Activation functions and their derivatives on vectors, chosen at compile time.
#pragma once

#include "include/kernels.h"
#include "kernels/vector.h"

namespace dldetect {

template <int block, cb_function function, typename Element>
DLDETECT_INLINE Packed<block> activate(const typename Lanes<block>::Float &z, float slope) {
  using Float = typename Lanes<block>::Float;
  if constexpr (function == CB_RELU) return {__builtin_elementwise_max(z, Float{})};
  if constexpr (function == CB_RELU6)
    return {__builtin_elementwise_min(__builtin_elementwise_max(z, Float{}), Float{} + 6.0f)};
  if constexpr (function == CB_LEAKY_RELU) return {z > 0 ? z : z * slope};
  if constexpr (function == CB_SILU) return {z * sigmoid<block, Element>(z).lanes};
  if constexpr (function == CB_HARD_SWISH) {
    const Float gate =
        __builtin_elementwise_min(__builtin_elementwise_max(z + 3.0f, Float{}), Float{} + 6.0f);
    return {z * gate * (1.0f / 6)};
  }
  // The bounds of the exponential would make a number of what is none.
  if constexpr (function == CB_SIGMOID) return {z == z ? sigmoid<block, Element>(z).lanes : z};
  return {z};
}

/// f'(z)·dy
template <int block, cb_function function, typename Element>
DLDETECT_INLINE Packed<block> derive(const typename Lanes<block>::Float &z,
                                     const typename Lanes<block>::Float &dy, float slope) {
  using Float = typename Lanes<block>::Float;
  if constexpr (function == CB_RELU) return {z > 0 ? dy : Float{}};
  if constexpr (function == CB_RELU6) return {(z > 0) & (z <= 6.0f) ? dy : Float{}};
  if constexpr (function == CB_LEAKY_RELU) return {z > 0 ? dy : dy * slope};
  if constexpr (function == CB_SILU) {
    const Float s = sigmoid<block, Element>(z).lanes;
    return {dy * (s + z * s * (1.0f - s))};
  }
  if constexpr (function == CB_HARD_SWISH) {
    const Float inner = dy * (2.0f * z + 3.0f) * (1.0f / 6);
    return {z <= -3.0f ? Float{} : (z >= 3.0f ? dy : inner)};
  }
  if constexpr (function == CB_SIGMOID) {
    const Float s = sigmoid<block, Element>(z).lanes;
    return {dy * s * (1.0f - s)};
  }
  return {dy};
}

/// Calls name<block, function>(…) for the run-time choice of the function.
#define DLDETECT_FOR_FUNCTION(function, name, block, ...) \
  switch (function) {                                     \
    case CB_IDENTITY:                                     \
      name<block, CB_IDENTITY>(__VA_ARGS__);              \
      break;                                              \
    case CB_RELU:                                         \
      name<block, CB_RELU>(__VA_ARGS__);                  \
      break;                                              \
    case CB_LEAKY_RELU:                                   \
      name<block, CB_LEAKY_RELU>(__VA_ARGS__);            \
      break;                                              \
    case CB_SILU:                                         \
      name<block, CB_SILU>(__VA_ARGS__);                  \
      break;                                              \
    case CB_HARD_SWISH:                                   \
      name<block, CB_HARD_SWISH>(__VA_ARGS__);            \
      break;                                              \
    case CB_SIGMOID:                                      \
      name<block, CB_SIGMOID>(__VA_ARGS__);               \
      break;                                              \
    case CB_RELU6:                                        \
      name<block, CB_RELU6>(__VA_ARGS__);                 \
      break;                                              \
  }

}  // namespace dldetect
