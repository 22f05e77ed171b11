// Kernels that move between sizes: nearest-neighbour enlargement and max pooling.
#include <cstring>

#include "kernels/tiles.h"
#include "kernels/vector.h"

namespace dldetect {
namespace {

struct Size {
  int height, width;
};

/// ⌊i · input / output⌋, PyTorch's and ONNX's "asymmetric, floor".
inline int nearest(int i, int input, int output) { return int(int64_t(i) * input / output); }

template <int block>
DLDETECT_INLINE void enlarge(const float *x, Size in, float *y, Size out) {
  for (int row = 0; row < out.height; ++row) {
    const float *from = x + size_t(nearest(row, in.height, out.height)) * in.width * block;
    for (int column = 0; column < out.width; ++column, y += block)
      store<block>(y, load<block>(from + size_t(nearest(column, in.width, out.width)) * block));
  }
}

template <int block>
DLDETECT_INLINE void shrinkGradient(const float *dy, Size out, float *dx, Size in) {
  std::memset(dx, 0, sizeof(float) * in.height * in.width * block);
  for (int row = 0; row < out.height; ++row) {
    float *to = dx + size_t(nearest(row, in.height, out.height)) * in.width * block;
    for (int column = 0; column < out.width; ++column, dy += block) {
      float *cell = to + size_t(nearest(column, in.width, out.width)) * block;
      store<block>(cell, load<block>(cell) + load<block>(dy));
    }
  }
}

struct Span {
  int begin, end;
};

/// The cells of one axis under the window at position `i`.
inline Span under(int i, int stride, int pad, int kernel, int size) {
  const int first = i * stride - pad;
  return {std::max(first, 0), std::min(first + kernel, size)};
}

template <int block>
DLDETECT_INLINE void maxPool(const float *x, Size in, float *y, Size out, cb_window w) {
  for (int row = 0; row < out.height; ++row) {
    const Span rows = under(row, w.stride_height, w.pad_top, w.kernel_height, in.height);
    for (int column = 0; column < out.width; ++column, y += block) {
      const Span columns = under(column, w.stride_width, w.pad_left, w.kernel_width, in.width);
      typename Lanes<block>::Float best =
          load<block>(x + (size_t(rows.begin) * in.width + columns.begin) * block);
      for (int r = rows.begin; r < rows.end; ++r)
        for (int c = columns.begin; c < columns.end; ++c)
          best =
              __builtin_elementwise_max(best, load<block>(x + (size_t(r) * in.width + c) * block));
      store<block>(y, best);
    }
  }
}

template <int block>
DLDETECT_INLINE void maxPoolGradient(const float *x, Size in, const float *y, const float *dy,
                                     Size out, float *dx, cb_window w) {
  using Float = typename Lanes<block>::Float;
  using Int = typename Lanes<block>::Int;
  std::memset(dx, 0, sizeof(float) * in.height * in.width * block);
  for (int row = 0; row < out.height; ++row) {
    const Span rows = under(row, w.stride_height, w.pad_top, w.kernel_height, in.height);
    for (int column = 0; column < out.width; ++column, y += block, dy += block) {
      const Span columns = under(column, w.stride_width, w.pad_left, w.kernel_width, in.width);
      const Float best = load<block>(y), gradient = load<block>(dy);
      Int open = Int{} - 1;
      for (int r = rows.begin; r < rows.end; ++r)
        for (int c = columns.begin; c < columns.end; ++c) {
          const size_t at = (size_t(r) * in.width + c) * block;
          const Int hit = (load<block>(x + at) == best) & open;
          store<block>(dx + at, load<block>(dx + at) + (hit ? gradient : Float{}));
          open &= ~hit;
        }
    }
  }
}

}  // namespace

#define DLDETECT_PLANES(block)                                                                 \
  DLDETECT_CLONES void nearestPlane##block(const float *x, Size in, float *y, Size out) {      \
    enlarge<block>(x, in, y, out);                                                             \
  }                                                                                            \
  DLDETECT_CLONES void nearestGradient##block(const float *dy, Size out, float *dx, Size in) { \
    shrinkGradient<block>(dy, out, dx, in);                                                    \
  }                                                                                            \
  DLDETECT_CLONES void maxPlane##block(const float *x, Size in, float *y, Size out,            \
                                       cb_window window) {                                     \
    maxPool<block>(x, in, y, out, window);                                                     \
  }                                                                                            \
  DLDETECT_CLONES void maxGradient##block(const float *x, Size in, const float *y,             \
                                          const float *dy, Size out, float *dx,                \
                                          cb_window window) {                                  \
    maxPoolGradient<block>(x, in, y, dy, out, dx, window);                                     \
  }
DLDETECT_PLANES(16)
DLDETECT_PLANES(8)
#undef DLDETECT_PLANES

namespace {

/// Calls body(input offset, output offset) for every plane; offsets are given as functions of a
/// view, since views differ in their strides.
template <typename Body>
void forEachPlane(cb_extent extent, const Body &body) {
  parallelFor(size_t(extent.batch) * extent.blocks, [&](size_t item) {
    const size_t image = item / extent.blocks, plane = item % extent.blocks;
    body([=](cb_view view, Size size) {
      return view.data + image * view.image_stride +
             plane * size.height * size.width * cb_channel_block();
    });
  });
}

}  // namespace
}  // namespace dldetect

using dldetect::Size;

void cb_nearest_forward(cb_extent extent, int height, int width, cb_view x, cb_view y) {
  const Size in{extent.height, extent.width}, out{height, width};
  const auto run = cb_channel_block() == 16 ? dldetect::nearestPlane16 : dldetect::nearestPlane8;
  dldetect::forEachPlane(extent,
                         [&](const auto &start) { run(start(x, in), in, start(y, out), out); });
}

void cb_nearest_backward(cb_extent extent, int height, int width, cb_view dy, cb_view dx) {
  const Size in{extent.height, extent.width}, out{height, width};
  const auto run =
      cb_channel_block() == 16 ? dldetect::nearestGradient16 : dldetect::nearestGradient8;
  dldetect::forEachPlane(extent,
                         [&](const auto &start) { run(start(dy, out), out, start(dx, in), in); });
}

void cb_max_pool_forward(cb_extent extent, cb_window window, int height, int width, cb_view x,
                         cb_view y) {
  const Size in{extent.height, extent.width}, out{height, width};
  const auto run = cb_channel_block() == 16 ? dldetect::maxPlane16 : dldetect::maxPlane8;
  dldetect::forEachPlane(
      extent, [&](const auto &start) { run(start(x, in), in, start(y, out), out, window); });
}

void cb_max_pool_backward(cb_extent extent, cb_window window, int height, int width, cb_view x,
                          cb_view y, cb_view dy, cb_view dx) {
  const Size in{extent.height, extent.width}, out{height, width};
  const auto run = cb_channel_block() == 16 ? dldetect::maxGradient16 : dldetect::maxGradient8;
  dldetect::forEachPlane(extent, [&](const auto &start) {
    run(start(x, in), in, start(y, out), start(dy, out), out, start(dx, in), window);
  });
}
