// Vectors of one channel block, written once for every instruction set: clang splits them where the
// processor's registers are shorter. Everything here is inlined into functions marked
// DLDETECT_CLONES, and compiled there for each set. Memory holds f32 or bf16; vectors are f32.
#pragma once

#include <cstddef>
#include <cstdint>

#include "clones.h"

#define DLDETECT_INLINE inline __attribute__((always_inline))

#pragma clang diagnostic ignored "-Wpsabi"

namespace dldetect {

template <int block>
struct Lanes;

template <>
struct Lanes<16> {
  typedef float Float __attribute__((vector_size(64), aligned(4), may_alias));
  typedef int32_t Int __attribute__((vector_size(64), aligned(4), may_alias));
  typedef uint32_t Bits __attribute__((vector_size(64), aligned(4), may_alias));
  typedef uint16_t Half __attribute__((vector_size(32), aligned(2), may_alias));
  typedef __bf16 Rounded __attribute__((vector_size(32), aligned(2), may_alias));
  typedef uint8_t Byte __attribute__((vector_size(16), aligned(1), may_alias));
  typedef double Double __attribute__((vector_size(128), aligned(8)));
};

template <>
struct Lanes<8> {
  typedef float Float __attribute__((vector_size(32), aligned(4), may_alias));
  typedef int32_t Int __attribute__((vector_size(32), aligned(4), may_alias));
  typedef uint32_t Bits __attribute__((vector_size(32), aligned(4), may_alias));
  typedef uint16_t Half __attribute__((vector_size(16), aligned(2), may_alias));
  typedef uint8_t Byte __attribute__((vector_size(8), aligned(1), may_alias));
  typedef double Double __attribute__((vector_size(64), aligned(8)));
};

/// A result: clang refuses vectors returned by value between functions of different instruction
/// sets, even where everything is inlined. Arguments are references for the same reason.
template <int block>
struct Packed {
  typename Lanes<block>::Float lanes;
};

/// The upper half of an f32: 8 bits of exponent, 7 of mantissa.
struct BFloat16 {
  uint16_t bits;
};

inline float toFloat(float value) { return value; }

inline float toFloat(BFloat16 value) {
  const uint32_t bits = uint32_t(value.bits) << 16;
  float result;
  __builtin_memcpy(&result, &bits, sizeof result);
  return result;
}

inline void fromFloat(float value, float &result) { result = value; }

/// Rounds as store does.
inline void fromFloat(float value, BFloat16 &result) {
  uint32_t bits;
  __builtin_memcpy(&bits, &value, sizeof bits);
  result.bits = uint16_t(value == value ? (bits + 0x7fffu + ((bits >> 16) & 1u)) >> 16
                                        : (bits >> 16) | 0x40u);
}

template <int block>
DLDETECT_INLINE Packed<block> load(const float *data) {
  return {*reinterpret_cast<const typename Lanes<block>::Float *>(data)};
}

template <int block>
DLDETECT_INLINE Packed<block> load(const BFloat16 *data) {
  using Bits = typename Lanes<block>::Bits;
  const auto half = *reinterpret_cast<const typename Lanes<block>::Half *>(data);
  const Bits bits = __builtin_convertvector(half, Bits) << 16;
  Packed<block> result;
  __builtin_memcpy(&result.lanes, &bits, sizeof bits);
  return result;
}

template <int block>
DLDETECT_INLINE void store(float *data, const typename Lanes<block>::Float &value) {
  *reinterpret_cast<typename Lanes<block>::Float *>(data) = value;
}

/// Rounds to the nearest, ties to even; what is not a number stays so.
template <int block>
DLDETECT_INLINE void store(BFloat16 *data, const typename Lanes<block>::Float &value) {
  using Rounded = typename Lanes<block>::Rounded;
  *reinterpret_cast<Rounded *>(data) = __builtin_convertvector(value, Rounded);
}

/// eˣ: 2ⁿ·p(r) with n = round(x / ln 2), r = x − n·ln 2 and Cephes' polynomial (Moshier, expf);
/// about 2 units in the last place.
template <int block>
DLDETECT_INLINE Packed<block> exponential(const typename Lanes<block>::Float &argument) {
  using Float = typename Lanes<block>::Float;
  using Int = typename Lanes<block>::Int;
  const Float x = __builtin_elementwise_min(__builtin_elementwise_max(argument, Float{} - 87.0f),
                                            Float{} + 88.0f);
  const Float n = __builtin_elementwise_floor(x * 1.44269504088896341f + 0.5f);
  Float r = x - n * 0.693359375f;
  r = r - n * -2.12194440e-4f;
  Float p = Float{} + 1.9875691500e-4f;
  p = p * r + 1.3981999507e-3f;
  p = p * r + 8.3334519073e-3f;
  p = p * r + 4.1665795894e-2f;
  p = p * r + 1.6666665459e-1f;
  p = p * r + 5.0000001201e-1f;
  p = p * r * r + r + 1.0f;
  const Int exponent = (__builtin_convertvector(n, Int) + 127) << 23;
  Float power;
  __builtin_memcpy(&power, &exponent, sizeof power);
  return {p * power};
}

/// eˣ to 8e-5 of itself, a fiftieth of a bf16's last place: 2ⁿ·p(f) with n = round(x / ln 2), f = x
/// / ln 2 − n, and p the polynomial of degree 3 with the least relative error.
template <int block>
DLDETECT_INLINE Packed<block> roughExponential(const typename Lanes<block>::Float &argument) {
  using Float = typename Lanes<block>::Float;
  using Int = typename Lanes<block>::Int;
  const Float t = __builtin_elementwise_min(
      __builtin_elementwise_max(argument * 1.44269504088896341f, Float{} - 126.0f),
      Float{} + 126.0f);
  const Float n = __builtin_elementwise_roundeven(t), f = t - n;
  Float p = Float{} + 0.05517167f;
  p = p * f + 0.24261113f;
  p = p * f + 0.69326099f;
  p = p * f + 0.99992807f;
  Int bits;
  __builtin_memcpy(&bits, &p, sizeof bits);
  bits += __builtin_convertvector(n, Int) << 23;
  Packed<block> result;
  __builtin_memcpy(&result.lanes, &bits, sizeof bits);
  return result;
}

/// 1 / (1 + e⁻ˣ), as exactly as an Element can hold.
template <int block, typename Element>
DLDETECT_INLINE Packed<block> sigmoid(const typename Lanes<block>::Float &x) {
  if constexpr (sizeof(Element) < sizeof(float))
    return {1.0f / (1.0f + roughExponential<block>(-x).lanes)};
  else
    return {1.0f / (1.0f + exponential<block>(-x).lanes)};
}

}  // namespace dldetect
