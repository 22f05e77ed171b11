// The loops of the normalisation family over one tile.
#include "kernels/norm_tiles.h"

#include "kernels/activation.h"
#include "kernels/vector.h"

namespace dldetect {
namespace {

/// The activation's own number of each channel.
template <int block>
DLDETECT_INLINE Packed<block> numberOf(const NormChannel &c) {
  if (c.learned) return load<block>(c.learned);
  return {typename Lanes<block>::Float{} + c.number};
}

// Cells that are summed in f32 before the sum joins one in f64.
constexpr size_t cellsInRun = 64;

/// Adds a run's two sums to a tile's totals.
template <int block>
DLDETECT_INLINE void flush(typename Lanes<block>::Float &first,
                           typename Lanes<block>::Float &second,
                           typename Lanes<block>::Double &firstTotal,
                           typename Lanes<block>::Double &secondTotal) {
  using Double = typename Lanes<block>::Double;
  firstTotal += __builtin_convertvector(first, Double);
  secondTotal += __builtin_convertvector(second, Double);
  first = {};
  second = {};
}

template <int block>
DLDETECT_INLINE void storeSums(double *sums, const typename Lanes<block>::Double &first,
                               const typename Lanes<block>::Double &second) {
  __builtin_memcpy(sums, &first, sizeof first);
  __builtin_memcpy(sums + block, &second, sizeof second);
}

template <int block, typename Element>
DLDETECT_INLINE void sumTile(const Element *x, size_t cells, double *sums) {
  using Float = typename Lanes<block>::Float;
  typename Lanes<block>::Double total{}, squares{};
  // Sums are taken around the tile's first cell: squares then lose nothing to a large mean. Four at
  // a time, since each addition waits for the one before.
  const Float origin = load<block>(x).lanes;
  for (size_t begin = 0; begin < cells; begin += cellsInRun) {
    const size_t end = begin + cellsInRun < cells ? begin + cellsInRun : cells;
    Float first[4] = {}, second[4] = {};
    size_t cell = begin;
    for (; cell + 4 <= end; cell += 4)
      for (int i = 0; i < 4; ++i) {
        const Float value = load<block>(x + (cell + i) * block).lanes - origin;
        first[i] += value;
        second[i] += value * value;
      }
    for (; cell < end; ++cell) {
      const Float value = load<block>(x + cell * block).lanes - origin;
      first[0] += value;
      second[0] += value * value;
    }
    Float sum = (first[0] + first[1]) + (first[2] + first[3]);
    Float sumOfSquares = (second[0] + second[1]) + (second[2] + second[3]);
    flush<block>(sum, sumOfSquares, total, squares);
  }
  storeSums<block>(sums, total, squares);
}

template <int block, cb_function function, typename Element>
DLDETECT_INLINE void forwardTile(const NormPlane<Element> &p, const NormChannel &c) {
  using Float = typename Lanes<block>::Float;
  const Float number = numberOf<block>(c).lanes;
  const Float scale = load<block>(c.scale).lanes, shift = load<block>(c.shift).lanes;
  for (size_t cell = 0; cell < p.cells; ++cell) {
    const size_t at = cell * block;
    Float z = load<block>(p.x + at).lanes * scale + shift;
    if (p.before) z += load<block>(p.before + at).lanes;
    Float y = activate<block, function, Element>(z, number).lanes;
    if (p.after) y += load<block>(p.after + at).lanes;
    store<block>(p.y + at, y);
    if (p.second) store<block>(p.second + at, y);
  }
}

/// z of one cell; dy of it is left in `dy`.
template <int block, typename Element>
DLDETECT_INLINE Packed<block> argument(const NormPlane<Element> &p, size_t at,
                                       const typename Lanes<block>::Float &x,
                                       const typename Lanes<block>::Float &scale,
                                       const typename Lanes<block>::Float &shift,
                                       typename Lanes<block>::Float &dy) {
  using Float = typename Lanes<block>::Float;
  dy = load<block>(p.dy + at).lanes;
  if (p.dySecond) dy += load<block>(p.dySecond + at).lanes;
  Float z = x * scale + shift;
  if (p.before) z += load<block>(p.before + at).lanes;
  return {z};
}

/// dz = f'(z)·dy of one cell.
template <int block, cb_function function, typename Element>
DLDETECT_INLINE Packed<block> innerGradient(const NormPlane<Element> &p, size_t at,
                                            const typename Lanes<block>::Float &x,
                                            const typename Lanes<block>::Float &scale,
                                            const typename Lanes<block>::Float &shift,
                                            const typename Lanes<block>::Float &number) {
  using Float = typename Lanes<block>::Float;
  Float dy;
  const Float z = argument<block>(p, at, x, scale, shift, dy).lanes;
  return derive<block, function, Element>(z, dy, number);
}

template <int block, cb_function function, typename Element>
DLDETECT_INLINE void reduceTile(const NormPlane<Element> &p, const NormChannel &c, double *sums) {
  using Float = typename Lanes<block>::Float;
  const Float number = numberOf<block>(c).lanes;
  const Float scale = load<block>(c.scale).lanes, shift = load<block>(c.shift).lanes;
  const Float mean = load<block>(c.mean).lanes, inverse = load<block>(c.inverseDeviation).lanes;
  typename Lanes<block>::Double total{}, products{};
  Float first{}, second{};
  for (size_t begin = 0; begin < p.cells; begin += cellsInRun) {
    const size_t end = begin + cellsInRun < p.cells ? begin + cellsInRun : p.cells;
    for (size_t cell = begin; cell < end; ++cell) {
      const Float x = load<block>(p.x + cell * block).lanes;
      const Float dz =
          innerGradient<block, function>(p, cell * block, x, scale, shift, number).lanes;
      first += dz;
      second += dz * ((x - mean) * inverse);
    }
    flush<block>(first, second, total, products);
  }
  storeSums<block>(sums, total, products);
}

/// Sums of what learned numbers change.
template <int block, cb_function function, typename Element>
DLDETECT_INLINE void learnedTile(const NormPlane<Element> &p, const NormChannel &c, double *sums) {
  using Float = typename Lanes<block>::Float;
  const Float number = numberOf<block>(c).lanes;
  const Float scale = load<block>(c.scale).lanes, shift = load<block>(c.shift).lanes;
  typename Lanes<block>::Double total{}, none{};
  Float sum{}, zero{};
  for (size_t begin = 0; begin < p.cells; begin += cellsInRun) {
    const size_t end = begin + cellsInRun < p.cells ? begin + cellsInRun : p.cells;
    for (size_t cell = begin; cell < end; ++cell) {
      const size_t at = cell * block;
      Float dy;
      const Float x = load<block>(p.x + at).lanes;
      const Float z = argument<block>(p, at, x, scale, shift, dy).lanes;
      sum += deriveByNumber<block, function, Element>(z, dy, number).lanes;
    }
    flush<block>(sum, zero, total, none);
  }
  storeSums<block>(sums, total, none);
}

template <int block, cb_function function, typename Element>
DLDETECT_INLINE void applyTile(const NormPlane<Element> &p, const NormChannel &c) {
  using Float = typename Lanes<block>::Float;
  const Float number = numberOf<block>(c).lanes;
  const Float scale = load<block>(c.scale).lanes, shift = load<block>(c.shift).lanes;
  const Float byX = load<block>(c.byX).lanes, constant = load<block>(c.constant).lanes;
  for (size_t cell = 0; cell < p.cells; ++cell) {
    const size_t at = cell * block;
    const Float x = load<block>(p.x + at).lanes;
    const Float dz = innerGradient<block, function>(p, at, x, scale, shift, number).lanes;
    if (p.second) store<block>(p.second + at, dz);
    if (p.y) store<block>(p.y + at, dz * scale + x * byX + constant);
  }
}

}  // namespace

// Entry points of one tile, compiled for each instruction set.

// clang-format off
#define DLDETECT_ENTRIES(block, Element, attribute)                                               \
  attribute void normSum(Block<block>, const Element *x, size_t cells, double *sums) {            \
    sumTile<block>(x, cells, sums);                                                               \
  }                                                                                               \
  attribute void normForward(Block<block>, cb_function function, const NormPlane<Element> &plane, \
                             const NormChannel &channel) {                                        \
    DLDETECT_FOR_FUNCTION(function, forwardTile, block, plane, channel)                           \
  }                                                                                               \
  attribute void normReduce(Block<block>, cb_function function, const NormPlane<Element> &plane,  \
                            const NormChannel &channel, double *sums) {                           \
    DLDETECT_FOR_FUNCTION(function, reduceTile, block, plane, channel, sums)                      \
  }                                                                                               \
  attribute void normLearned(Block<block>, cb_function function, const NormPlane<Element> &plane, \
                             const NormChannel &channel, double *sums) {                          \
    if (function == CB_SWISH)                                                                     \
      learnedTile<block, CB_SWISH>(plane, channel, sums);                                         \
    else                                                                                          \
      learnedTile<block, CB_LEAKY_RELU>(plane, channel, sums);                                    \
  }                                                                                               \
  attribute void normApply(Block<block>, cb_function function, const NormPlane<Element> &plane,   \
                           const NormChannel &channel) {                                          \
    DLDETECT_FOR_FUNCTION(function, applyTile, block, plane, channel)                             \
  }
// clang-format on
DLDETECT_LAYOUTS(DLDETECT_ENTRIES)
#undef DLDETECT_ENTRIES

template <typename Element, int block>
void NormTiles<Element, block>::sum(const Element *x, size_t cells, double *sums) {
  normSum(Block<block>{}, x, cells, sums);
}

template <typename Element, int block>
void NormTiles<Element, block>::forward(cb_function function, const NormPlane<Element> &plane,
                                        const NormChannel &channel) {
  normForward(Block<block>{}, function, plane, channel);
}

template <typename Element, int block>
void NormTiles<Element, block>::reduce(cb_function function, const NormPlane<Element> &plane,
                                       const NormChannel &channel, double *sums) {
  normReduce(Block<block>{}, function, plane, channel, sums);
}

template <typename Element, int block>
void NormTiles<Element, block>::learned(cb_function function, const NormPlane<Element> &plane,
                                        const NormChannel &channel, double *sums) {
  normLearned(Block<block>{}, function, plane, channel, sums);
}

template <typename Element, int block>
void NormTiles<Element, block>::apply(cb_function function, const NormPlane<Element> &plane,
                                      const NormChannel &channel) {
  normApply(Block<block>{}, function, plane, channel);
}

template struct NormTiles<float, 16>;
template struct NormTiles<float, 8>;
template struct NormTiles<BFloat16, 16>;

}  // namespace dldetect
