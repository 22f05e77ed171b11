// Activation functions and their derivatives on vectors, chosen at compile time.
#pragma once

#include "include/kernels.h"
#include "kernels/vector.h"

namespace dldetect {

/// eˣ, as exactly as an Element can hold.
template <int block, typename Element>
DLDETECT_INLINE Packed<block> power(const typename Lanes<block>::Float &x) {
  if constexpr (sizeof(Element) < sizeof(float))
    return roughExponential<block>(x);
  else
    return exponential<block>(x);
}

/// 2σ(2x) − 1; a rough σ would lose small x in bf16 too.
template <int block>
DLDETECT_INLINE Packed<block> hyperbolicTangent(const typename Lanes<block>::Float &x) {
  return {2.0f * sigmoid<block, float>(x + x).lanes - 1.0f};
}

/// The normal distribution's Φ(x) to 1e-7, and its density's √(2π)-fold e^(−x²/2).
///
/// Abramowitz, Stegun: Handbook of Mathematical Functions, 1964, 7.1.26, in x/√2.
template <int block, typename Element>
DLDETECT_INLINE Packed<block> normalDistribution(const typename Lanes<block>::Float &x,
                                                 typename Lanes<block>::Float &bell) {
  using Float = typename Lanes<block>::Float;
  const Float magnitude = __builtin_elementwise_abs(x) * 0.70710678118654752f;
  bell = power<block, Element>(-magnitude * magnitude).lanes;
  const Float t = 1.0f / (1.0f + 0.3275911f * magnitude);
  Float p = Float{} + 1.061405429f;
  p = p * t - 1.453152027f;
  p = p * t + 1.421413741f;
  p = p * t - 0.284496736f;
  p = p * t + 0.254829592f;
  const Float tail = 0.5f * p * t * bell;
  return {x < 0 ? tail : 1.0f - tail};
}

/// √(2/π)·(x + 0.044715·x³)
template <int block>
DLDETECT_INLINE Packed<block> tanhArgument(const typename Lanes<block>::Float &x) {
  return {0.79788456080286536f * (x + 0.044715f * x * x * x)};
}

/// tanh(log(1 + eˣ)); beyond 20 it is 1.
template <int block, typename Element>
DLDETECT_INLINE Packed<block> mishGate(const typename Lanes<block>::Float &x) {
  using Float = typename Lanes<block>::Float;
  const Float e = power<block, Element>(__builtin_elementwise_min(x, Float{} + 20.0f)).lanes;
  const Float excess = e * (e + 2.0f);
  return {excess / (excess + 2.0f)};
}

/// min(max(x + 3, 0), 6) / 6
template <int block>
DLDETECT_INLINE Packed<block> hardSigmoid(const typename Lanes<block>::Float &x) {
  using Float = typename Lanes<block>::Float;
  const Float sum = __builtin_elementwise_max(x + 3.0f, Float{});
  return {__builtin_elementwise_min(sum, Float{} + 6.0f) * (1.0f / 6)};
}

/// f(z); `number` is the function's own, where it has one.
template <int block, cb_function function, typename Element>
DLDETECT_INLINE Packed<block> activate(const typename Lanes<block>::Float &z,
                                       const typename Lanes<block>::Float &number) {
  using Float = typename Lanes<block>::Float;
  if constexpr (function == CB_RELU) return {__builtin_elementwise_max(z, Float{})};
  if constexpr (function == CB_RELU6)
    return {__builtin_elementwise_min(__builtin_elementwise_max(z, Float{}), Float{} + 6.0f)};
  if constexpr (function == CB_LEAKY_RELU) return {z > 0 ? z : z * number};
  if constexpr (function == CB_ELU)
    return {z > 0 ? z : (z == z ? number * (exponential<block>(z).lanes - 1.0f) : z)};
  if constexpr (function == CB_SILU) return {z * sigmoid<block, Element>(z).lanes};
  if constexpr (function == CB_SWISH) return {z * sigmoid<block, Element>(number * z).lanes};
  if constexpr (function == CB_HARD_SWISH) return {z * hardSigmoid<block>(z).lanes};
  if constexpr (function == CB_GELU) {
    Float bell;
    return {z * normalDistribution<block, Element>(z, bell).lanes};
  }
  if constexpr (function == CB_GELU_TANH)
    return {z * sigmoid<block, Element>(2.0f * tanhArgument<block>(z).lanes).lanes};
  if constexpr (function == CB_MISH) return {z * mishGate<block, Element>(z).lanes};
  // The bounds of the exponential, and those of a function, would make a number of what is none.
  if constexpr (function == CB_TANH) return {z == z ? hyperbolicTangent<block>(z).lanes : z};
  if constexpr (function == CB_SIGMOID) return {z == z ? sigmoid<block, Element>(z).lanes : z};
  if constexpr (function == CB_HARD_SIGMOID) return {z == z ? hardSigmoid<block>(z).lanes : z};
  return {z};
}

/// f'(z)·dy
template <int block, cb_function function, typename Element>
DLDETECT_INLINE Packed<block> derive(const typename Lanes<block>::Float &z,
                                     const typename Lanes<block>::Float &dy,
                                     const typename Lanes<block>::Float &number) {
  using Float = typename Lanes<block>::Float;
  if constexpr (function == CB_RELU) return {z > 0 ? dy : Float{}};
  if constexpr (function == CB_RELU6) return {((z > 0) & (z <= 6.0f)) ? dy : Float{}};
  if constexpr (function == CB_LEAKY_RELU) return {z > 0 ? dy : dy * number};
  if constexpr (function == CB_ELU)
    return {z > 0 ? dy : dy * number * power<block, Element>(z).lanes};
  if constexpr (function == CB_SILU) {
    const Float s = sigmoid<block, Element>(z).lanes;
    return {dy * (s + z * s * (1.0f - s))};
  }
  if constexpr (function == CB_SWISH) {
    const Float s = sigmoid<block, Element>(number * z).lanes;
    return {dy * (s + number * z * s * (1.0f - s))};
  }
  if constexpr (function == CB_HARD_SWISH) {
    const Float inner = dy * (2.0f * z + 3.0f) * (1.0f / 6);
    return {z <= -3.0f ? Float{} : (z >= 3.0f ? dy : inner)};
  }
  if constexpr (function == CB_GELU) {
    Float bell;
    const Float share = normalDistribution<block, Element>(z, bell).lanes;
    return {dy * (share + z * bell * 0.39894228040143268f)};
  }
  if constexpr (function == CB_GELU_TANH) {
    // (1 + tanh(u)) / 2 = σ(2u)
    const Float s = sigmoid<block, Element>(2.0f * tanhArgument<block>(z).lanes).lanes;
    const Float inner = 1.59576912160573072f * (1.0f + 0.134145f * z * z);
    return {dy * (s + z * s * (1.0f - s) * inner)};
  }
  if constexpr (function == CB_MISH) {
    const Float gate = mishGate<block, Element>(z).lanes;
    return {dy * (gate + z * (1.0f - gate * gate) * sigmoid<block, Element>(z).lanes)};
  }
  if constexpr (function == CB_TANH) {
    const Float y = hyperbolicTangent<block>(z).lanes;
    return {dy * (1.0f - y * y)};
  }
  if constexpr (function == CB_SIGMOID) {
    const Float s = sigmoid<block, Element>(z).lanes;
    return {dy * s * (1.0f - s)};
  }
  if constexpr (function == CB_HARD_SIGMOID)
    return {((z > -3.0f) & (z < 3.0f)) ? dy * (1.0f / 6) : Float{}};
  return {dy};
}

/// ∂f(z)/∂number·dy of the functions that may learn theirs.
template <int block, cb_function function, typename Element>
DLDETECT_INLINE Packed<block> deriveByNumber(const typename Lanes<block>::Float &z,
                                             const typename Lanes<block>::Float &dy,
                                             const typename Lanes<block>::Float &number) {
  using Float = typename Lanes<block>::Float;
  if constexpr (function == CB_LEAKY_RELU) return {z > 0 ? Float{} : dy * z};
  if constexpr (function == CB_SWISH) {
    const Float s = sigmoid<block, Element>(number * z).lanes;
    return {dy * z * z * s * (1.0f - s)};
  }
  return {Float{}};
}

#define DLDETECT_CASE(function, name, block, ...) \
  case function:                                  \
    name<block, function>(__VA_ARGS__);           \
    break;

/// Calls name<block, function>(…) for the run-time choice of the function.
#define DLDETECT_FOR_FUNCTION(function, name, block, ...)    \
  switch (function) {                                        \
    DLDETECT_CASE(CB_IDENTITY, name, block, __VA_ARGS__)     \
    DLDETECT_CASE(CB_RELU, name, block, __VA_ARGS__)         \
    DLDETECT_CASE(CB_LEAKY_RELU, name, block, __VA_ARGS__)   \
    DLDETECT_CASE(CB_SILU, name, block, __VA_ARGS__)         \
    DLDETECT_CASE(CB_HARD_SWISH, name, block, __VA_ARGS__)   \
    DLDETECT_CASE(CB_SIGMOID, name, block, __VA_ARGS__)      \
    DLDETECT_CASE(CB_RELU6, name, block, __VA_ARGS__)        \
    DLDETECT_CASE(CB_ELU, name, block, __VA_ARGS__)          \
    DLDETECT_CASE(CB_SWISH, name, block, __VA_ARGS__)        \
    DLDETECT_CASE(CB_GELU, name, block, __VA_ARGS__)         \
    DLDETECT_CASE(CB_GELU_TANH, name, block, __VA_ARGS__)    \
    DLDETECT_CASE(CB_MISH, name, block, __VA_ARGS__)         \
    DLDETECT_CASE(CB_TANH, name, block, __VA_ARGS__)         \
    DLDETECT_CASE(CB_HARD_SIGMOID, name, block, __VA_ARGS__) \
  }

}  // namespace dldetect
