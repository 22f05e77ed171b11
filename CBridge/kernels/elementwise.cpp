// Sums, copies, gates, means, and the way between blocked and plain layouts.
#include <cstring>

#include "kernels/tiles.h"
#include "kernels/vector.h"

namespace dldetect {
namespace {

template <int block, typename Element>
DLDETECT_INLINE Packed<block> sumOf(const Element *x, const Element *factor, size_t cells) {
  typename Lanes<block>::Float sum{};
  for (size_t cell = 0; cell < cells; ++cell) {
    typename Lanes<block>::Float value = load<block>(x + cell * block).lanes;
    if (factor) value *= load<block>(factor + cell * block).lanes;
    sum += value;
  }
  return {sum};
}

template <int block, typename Element>
DLDETECT_INLINE void gateBackward(const Element *x, const Element *gate, const Element *dy,
                                  Element *dx, Element *dgate, size_t cells) {
  const typename Lanes<block>::Float factor = load<block>(gate).lanes;
  store<block>(dgate, sumOf<block>(x, dy, cells).lanes);
  if (!dx) return;
  for (size_t cell = 0; cell < cells; ++cell)
    store<block>(dx + cell * block, load<block>(dy + cell * block).lanes * factor);
}

}  // namespace

#define DLDETECT_ENTRIES(block, Element, attribute)                                           \
  attribute void addCells(Block<block>, const Element *a, const Element *b, Element *y,       \
                          size_t cells) {                                                     \
    for (size_t at = 0; at < cells * block; at += block)                                      \
      store<block>(y + at, load<block>(a + at).lanes + load<block>(b + at).lanes);            \
  }                                                                                           \
  attribute void gatePlane(Block<block>, const Element *x, const Element *gate, Element *y,   \
                           size_t cells) {                                                    \
    const typename Lanes<block>::Float factor = load<block>(gate).lanes;                      \
    for (size_t cell = 0; cell < cells; ++cell)                                               \
      store<block>(y + cell * block, load<block>(x + cell * block).lanes * factor);           \
  }                                                                                           \
  attribute void gateGradient(Block<block>, const Element *x, const Element *gate,            \
                              const Element *dy, Element *dx, Element *dgate, size_t cells) { \
    gateBackward<block>(x, gate, dy, dx, dgate, cells);                                       \
  }                                                                                           \
  attribute void meanPlane(Block<block>, const Element *x, Element *y, size_t cells) {        \
    const Element *none = nullptr;                                                            \
    store<block>(y, sumOf<block>(x, none, cells).lanes * (1.0f / float(cells)));              \
  }                                                                                           \
  attribute void spreadPlane(Block<block>, const Element *dy, Element *dx, size_t cells) {    \
    const typename Lanes<block>::Float value = load<block>(dy).lanes * (1.0f / float(cells)); \
    for (size_t cell = 0; cell < cells; ++cell) store<block>(dx + cell * block, value);       \
  }
DLDETECT_LAYOUTS(DLDETECT_ENTRIES)
#undef DLDETECT_ENTRIES

DLDETECT_BF16 void roundAll(const float *x, BFloat16 *y, size_t count) {
  const size_t whole = count / 16 * 16;
  for (size_t at = 0; at < whole; at += 16) store<16>(y + at, load<16>(x + at).lanes);
  for (size_t index = whole; index < count; ++index) fromFloat(x[index], y[index]);
}

namespace {

template <typename Element, int block>
struct Planes {
  size_t batch, blocks, area;

  explicit Planes(cb_extent extent)
      : batch(extent.batch), blocks(extent.blocks), area(size_t(extent.height) * extent.width) {}

  /// First element of plane `item` in a view with `cells` cells a plane.
  Element *at(cb_view view, size_t item, size_t cells) const {
    if (!view.data) return nullptr;
    return static_cast<Element *>(view.data) + item / blocks * view.image_stride +
           item % blocks * cells * block;
  }

  template <typename Body>
  void forEach(const Body &body) const {
    parallelFor(batch * blocks, body);
  }
};

template <typename Element, int block>
void add(cb_extent extent, cb_view a, cb_view b, cb_view y) {
  const Tiling tiling(extent);
  tiling.forEach([&](const Tile &tile) {
    addCells(Block<block>{}, at<Element, block>(a, tiling, tile),
             at<Element, block>(b, tiling, tile), at<Element, block>(y, tiling, tile), tile.cells);
  });
}

template <typename Element, int block>
void copy(cb_extent extent, cb_view x, cb_view y) {
  const Planes<Element, block> planes(extent);
  const size_t bytes = planes.area * block * sizeof(Element);
  planes.forEach([&](size_t item) {
    std::memcpy(planes.at(y, item, planes.area), planes.at(x, item, planes.area), bytes);
  });
}

template <typename Element, int block>
void gateForward(cb_extent extent, cb_view x, cb_view gate, cb_view y) {
  const Planes<Element, block> planes(extent);
  planes.forEach([&](size_t item) {
    gatePlane(Block<block>{}, planes.at(x, item, planes.area), planes.at(gate, item, 1),
              planes.at(y, item, planes.area), planes.area);
  });
}

template <typename Element, int block>
void gateBackward(cb_extent extent, cb_view x, cb_view gate, cb_view dy, cb_view dx,
                  cb_view dgate) {
  const Planes<Element, block> planes(extent);
  planes.forEach([&](size_t item) {
    gateGradient(Block<block>{}, planes.at(x, item, planes.area), planes.at(gate, item, 1),
                 planes.at(dy, item, planes.area), planes.at(dx, item, planes.area),
                 planes.at(dgate, item, 1), planes.area);
  });
}

template <typename Element, int block>
void meanForward(cb_extent extent, cb_view x, cb_view y) {
  const Planes<Element, block> planes(extent);
  planes.forEach([&](size_t item) {
    meanPlane(Block<block>{}, planes.at(x, item, planes.area), planes.at(y, item, 1), planes.area);
  });
}

template <typename Element, int block>
void meanBackward(cb_extent extent, cb_view dy, cb_view dx) {
  const Planes<Element, block> planes(extent);
  planes.forEach([&](size_t item) {
    spreadPlane(Block<block>{}, planes.at(dy, item, 1), planes.at(dx, item, planes.area),
                planes.area);
  });
}

template <typename Element, int block>
void toPlain(cb_extent extent, int channels, cb_view x, float *plain) {
  const Planes<Element, block> planes(extent);
  planes.forEach([&](size_t item) {
    const size_t image = item / planes.blocks, first = item % planes.blocks * block;
    const Element *from = planes.at(x, item, planes.area);
    for (size_t lane = 0; lane < block && first + lane < size_t(channels); ++lane) {
      float *to = plain + (image * channels + first + lane) * planes.area;
      for (size_t cell = 0; cell < planes.area; ++cell)
        to[cell] = toFloat(from[cell * block + lane]);
    }
  });
}

template <typename Element, int block>
void fromPlain(cb_extent extent, int channels, const float *plain, cb_view y) {
  const Planes<Element, block> planes(extent);
  planes.forEach([&](size_t item) {
    const size_t image = item / planes.blocks, first = item % planes.blocks * block;
    Element *to = planes.at(y, item, planes.area);
    for (size_t lane = 0; lane < block; ++lane) {
      const bool isPadding = first + lane >= size_t(channels);
      const float *from =
          isPadding ? nullptr : plain + (image * channels + first + lane) * planes.area;
      for (size_t cell = 0; cell < planes.area; ++cell)
        fromFloat(from ? from[cell] : 0.0f, to[cell * block + lane]);
    }
  });
}

template <typename Element, int block>
bool isFinite(cb_extent extent, cb_view x) {
  const Planes<Element, block> planes(extent);
  for (size_t item = 0; item < planes.batch * planes.blocks; ++item) {
    const Element *values = planes.at(x, item, planes.area);
    for (size_t index = 0; index < planes.area * block; ++index)
      if (const float value = toFloat(values[index]); value - value != 0) return false;
  }
  return true;
}

}  // namespace
}  // namespace dldetect

void cb_add(cb_extent extent, cb_view a, cb_view b, cb_view y) {
  DLDETECT_FOR_LAYOUT(extent, dldetect::add, extent, a, b, y);
}

void cb_copy(cb_extent extent, cb_view x, cb_view y) {
  DLDETECT_FOR_LAYOUT(extent, dldetect::copy, extent, x, y);
}

void cb_gate_forward(cb_extent extent, cb_view x, cb_view gate, cb_view y) {
  DLDETECT_FOR_LAYOUT(extent, dldetect::gateForward, extent, x, gate, y);
}

void cb_gate_backward(cb_extent extent, cb_view x, cb_view gate, cb_view dy, cb_view dx,
                      cb_view dgate) {
  DLDETECT_FOR_LAYOUT(extent, dldetect::gateBackward, extent, x, gate, dy, dx, dgate);
}

void cb_mean_forward(cb_extent extent, cb_view x, cb_view y) {
  DLDETECT_FOR_LAYOUT(extent, dldetect::meanForward, extent, x, y);
}

void cb_mean_backward(cb_extent extent, cb_view dy, cb_view dx) {
  DLDETECT_FOR_LAYOUT(extent, dldetect::meanBackward, extent, dy, dx);
}

void cb_to_plain(cb_extent extent, int channels, cb_view x, float *plain) {
  DLDETECT_FOR_LAYOUT(extent, dldetect::toPlain, extent, channels, x, plain);
}

void cb_from_plain(cb_extent extent, int channels, const float *plain, cb_view y) {
  DLDETECT_FOR_LAYOUT(extent, dldetect::fromPlain, extent, channels, plain, y);
}

void cb_to_bf16(const float *plain, size_t count, void *result) {
  auto *to = static_cast<dldetect::BFloat16 *>(result);
  constexpr size_t piece = 16384;
  dldetect::parallelFor((count + piece - 1) / piece, [&](size_t index) {
    const size_t begin = index * piece;
    dldetect::roundAll(plain + begin, to + begin, std::min(piece, count - begin));
  });
}

bool cb_is_finite(cb_extent extent, cb_view x) {
  return DLDETECT_FOR_LAYOUT(extent, dldetect::isFinite, extent, x);
}
