// Sums, copies, gates, means, and the way between blocked and plain layouts.
#include <cstring>

#include "kernels/tiles.h"
#include "kernels/vector.h"

namespace dldetect {
namespace {

template <int block>
DLDETECT_INLINE Packed<block> sumOf(const float *x, const float *factor, size_t cells) {
  typename Lanes<block>::Float sum{};
  for (size_t cell = 0; cell < cells; ++cell) {
    typename Lanes<block>::Float value = load<block>(x + cell * block);
    if (factor) value *= load<block>(factor + cell * block);
    sum += value;
  }
  return {sum};
}

template <int block>
DLDETECT_INLINE void gateBackward(const float *x, const float *gate, const float *dy, float *dx,
                                  float *dgate, size_t cells) {
  const typename Lanes<block>::Float factor = load<block>(gate);
  store<block>(dgate, sumOf<block>(x, dy, cells).lanes);
  if (!dx) return;
  for (size_t cell = 0; cell < cells; ++cell)
    store<block>(dx + cell * block, load<block>(dy + cell * block) * factor);
}

}  // namespace

DLDETECT_CLONES void addFloats(const float *a, const float *b, float *y, size_t count) {
  for (size_t index = 0; index < count; ++index) y[index] = a[index] + b[index];
}

#define DLDETECT_PLANES(block)                                                                 \
  DLDETECT_CLONES void gatePlane##block(const float *x, const float *gate, float *y,           \
                                        size_t cells) {                                        \
    const typename Lanes<block>::Float factor = load<block>(gate);                             \
    for (size_t cell = 0; cell < cells; ++cell)                                                \
      store<block>(y + cell * block, load<block>(x + cell * block) * factor);                  \
  }                                                                                            \
  DLDETECT_CLONES void gateGradient##block(const float *x, const float *gate, const float *dy, \
                                           float *dx, float *dgate, size_t cells) {            \
    gateBackward<block>(x, gate, dy, dx, dgate, cells);                                        \
  }                                                                                            \
  DLDETECT_CLONES void meanPlane##block(const float *x, float *y, size_t cells) {              \
    store<block>(y, sumOf<block>(x, nullptr, cells).lanes * (1.0f / float(cells)));            \
  }                                                                                            \
  DLDETECT_CLONES void spreadPlane##block(const float *dy, float *dx, size_t cells) {          \
    const typename Lanes<block>::Float value = load<block>(dy) * (1.0f / float(cells));        \
    for (size_t cell = 0; cell < cells; ++cell) store<block>(dx + cell * block, value);        \
  }
DLDETECT_PLANES(16)
DLDETECT_PLANES(8)
#undef DLDETECT_PLANES

namespace {

struct Planes {
  size_t batch, blocks, area;

  explicit Planes(cb_extent extent)
      : batch(extent.batch), blocks(extent.blocks), area(size_t(extent.height) * extent.width) {}

  /// First float of plane `item` in a view with `cells` cells a plane.
  float *at(cb_view view, size_t item, size_t cells) const {
    if (!view.data) return nullptr;
    return view.data + item / blocks * view.image_stride +
           item % blocks * cells * cb_channel_block();
  }

  template <typename Body>
  void forEach(const Body &body) const {
    parallelFor(batch * blocks, body);
  }
};

}  // namespace
}  // namespace dldetect

using dldetect::Planes;
using dldetect::Tile;
using dldetect::Tiling;

void cb_add(cb_extent extent, cb_view a, cb_view b, cb_view y) {
  const Tiling tiling(extent);
  const int block = cb_channel_block();
  tiling.forEach([&](const Tile &tile) {
    const auto start = [&](cb_view view) {
      return block == 16 ? dldetect::at<16>(view, tiling, tile)
                         : dldetect::at<8>(view, tiling, tile);
    };
    dldetect::addFloats(start(a), start(b), start(y), tile.cells * block);
  });
}

void cb_copy(cb_extent extent, cb_view x, cb_view y) {
  const Planes planes(extent);
  const size_t bytes = planes.area * cb_channel_block() * sizeof(float);
  planes.forEach([&](size_t item) {
    std::memcpy(planes.at(y, item, planes.area), planes.at(x, item, planes.area), bytes);
  });
}

void cb_gate_forward(cb_extent extent, cb_view x, cb_view gate, cb_view y) {
  const Planes planes(extent);
  const auto run = cb_channel_block() == 16 ? dldetect::gatePlane16 : dldetect::gatePlane8;
  planes.forEach([&](size_t item) {
    run(planes.at(x, item, planes.area), planes.at(gate, item, 1), planes.at(y, item, planes.area),
        planes.area);
  });
}

void cb_gate_backward(cb_extent extent, cb_view x, cb_view gate, cb_view dy, cb_view dx,
                      cb_view dgate) {
  const Planes planes(extent);
  const auto run = cb_channel_block() == 16 ? dldetect::gateGradient16 : dldetect::gateGradient8;
  planes.forEach([&](size_t item) {
    run(planes.at(x, item, planes.area), planes.at(gate, item, 1), planes.at(dy, item, planes.area),
        planes.at(dx, item, planes.area), planes.at(dgate, item, 1), planes.area);
  });
}

void cb_mean_forward(cb_extent extent, cb_view x, cb_view y) {
  const Planes planes(extent);
  const auto run = cb_channel_block() == 16 ? dldetect::meanPlane16 : dldetect::meanPlane8;
  planes.forEach([&](size_t item) {
    run(planes.at(x, item, planes.area), planes.at(y, item, 1), planes.area);
  });
}

void cb_mean_backward(cb_extent extent, cb_view dy, cb_view dx) {
  const Planes planes(extent);
  const auto run = cb_channel_block() == 16 ? dldetect::spreadPlane16 : dldetect::spreadPlane8;
  planes.forEach([&](size_t item) {
    run(planes.at(dy, item, 1), planes.at(dx, item, planes.area), planes.area);
  });
}

void cb_to_plain(cb_extent extent, int channels, cb_view x, float *plain) {
  const Planes planes(extent);
  const size_t block = cb_channel_block();
  planes.forEach([&](size_t item) {
    const size_t image = item / planes.blocks, first = item % planes.blocks * block;
    const float *from = planes.at(x, item, planes.area);
    for (size_t lane = 0; lane < block && first + lane < size_t(channels); ++lane) {
      float *to = plain + (image * channels + first + lane) * planes.area;
      for (size_t cell = 0; cell < planes.area; ++cell) to[cell] = from[cell * block + lane];
    }
  });
}

void cb_from_plain(cb_extent extent, int channels, const float *plain, cb_view y) {
  const Planes planes(extent);
  const size_t block = cb_channel_block();
  planes.forEach([&](size_t item) {
    const size_t image = item / planes.blocks, first = item % planes.blocks * block;
    float *to = planes.at(y, item, planes.area);
    for (size_t lane = 0; lane < block; ++lane) {
      const bool isPadding = first + lane >= size_t(channels);
      const float *from =
          isPadding ? nullptr : plain + (image * channels + first + lane) * planes.area;
      for (size_t cell = 0; cell < planes.area; ++cell)
        to[cell * block + lane] = from ? from[cell] : 0.0f;
    }
  });
}
