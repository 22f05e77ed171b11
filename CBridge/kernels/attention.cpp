// Dot-product attention: matrix products for each image and head, on plain f32 copies of the head's
// few channels. The weights are computed again in the backward pass rather than stored: they would
// take a number for each pair of cells.
#include "include/attention.h"

#include <cblas.h>

#include <cmath>
#include <cstring>

#include "engine/team.h"
#include "kernels/tiles.h"
#include "kernels/vector.h"

namespace dldetect {
namespace {

DLDETECT_CLONES void softmaxRow(float *row, size_t count) {
  float largest = row[0];
  for (size_t i = 1; i < count; ++i) largest = row[i] > largest ? row[i] : largest;
  const size_t whole = count / 16 * 16;
  typename Lanes<16>::Float sums{};
  for (size_t i = 0; i < whole; i += 16) {
    const typename Lanes<16>::Float value = load<16>(row + i).lanes - largest;
    const typename Lanes<16>::Float power = exponential<16>(value).lanes;
    // The bounds of the exponential would make a number of what is none.
    const typename Lanes<16>::Float kept = value == value ? power : value;
    store<16>(row + i, kept);
    sums += kept;
  }
  float sum = 0;
  for (int lane = 0; lane < 16; ++lane) sum += sums[lane];
  for (size_t i = whole; i < count; ++i) sum += row[i] = std::exp(row[i] - largest);
  const float scale = 1 / sum;
  for (size_t i = 0; i < count; ++i) row[i] *= scale;
}

/// `row = weight·(row − Σ row·weight)`
DLDETECT_CLONES void softmaxRowGradient(const float *weight, float *row, size_t count) {
  double sum = 0;
  for (size_t i = 0; i < count; ++i) sum += double(row[i]) * weight[i];
  const float mean = float(sum);
  for (size_t i = 0; i < count; ++i) row[i] = weight[i] * (row[i] - mean);
}

/// One worker's memory: `[channels, cells]` copies, `[cells, cells]` weights, `[cells, offsets]`.
struct Work {
  const cb_attention &a;
  float *queries, *keys, *values, *result, *parts, *weights, *gradients, *byOffset;

  static size_t cells(const cb_attention &a) { return size_t(a.height) * a.width; }
  static size_t offsets(const cb_attention &a) {
    return a.has_positions ? 2 * size_t(a.height) + 2 * a.width - 2 : 0;
  }
  static size_t floats(const cb_attention &a) {
    const size_t widest = std::max(a.query_width, a.value_width);
    return cells(a) * (2 * a.query_width + 2 * a.value_width + widest + 2 * cells(a) + offsets(a));
  }

  Work(const cb_attention &attention, float *memory) : a(attention) {
    const size_t count = cells(a);
    const auto take = [&](size_t rows) {
      float *start = memory;
      memory += rows * count;
      return start;
    };
    queries = take(a.query_width);
    keys = take(a.query_width);
    values = take(a.value_width);
    result = take(a.value_width);
    parts = take(std::max(a.query_width, a.value_width));
    weights = take(count);
    gradients = take(count);
    byOffset = take(offsets(a));
  }

  int count() const { return int(cells(a)); }
  int offsetCount() const { return int(offsets(a)); }
  float scale() const { return 1 / std::sqrt(float(a.query_width)); }

  /// Calls body(pair, vertical, horizontal) with a pair of cells' place in the weights and its two
  /// places in byOffset.
  template <typename Body>
  void forEachPair(const Body &body) const {
    size_t pair = 0;
    for (int y = 0; y < a.height; ++y)
      for (int x = 0; x < a.width; ++x) {
        const size_t row = size_t(y * a.width + x) * offsets(a);
        for (int v = 0; v < a.height; ++v)
          for (int u = 0; u < a.width; ++u, ++pair)
            body(pair, row + v - y + a.height - 1, row + 2 * a.height - 1 + u - x + a.width - 1);
      }
  }

  void weigh(const float *table) const {
    const int n = count(), d = a.query_width, m = offsetCount();
    cblas_sgemm(CblasRowMajor, CblasTrans, CblasNoTrans, n, n, d, scale(), queries, n, keys, n, 0,
                weights, n);
    if (table) {
      cblas_sgemm(CblasRowMajor, CblasTrans, CblasTrans, n, m, d, 1, queries, n, table, d, 0,
                  byOffset, m);
      forEachPair([&](size_t pair, size_t vertical, size_t horizontal) {
        weights[pair] += byOffset[vertical] + byOffset[horizontal];
      });
    }
    for (int row = 0; row < n; ++row) softmaxRow(weights + size_t(row) * n, n);
  }
};

/// Between a head's channels in a blocked view and a plain `[channels, cells]` copy.
template <typename Element, int block>
struct Head {
  Element *data;
  size_t first, channels, cells;

  Head(cb_view view, const cb_attention &a, size_t item, size_t channels)
      : data(view.data ? static_cast<Element *>(view.data) + item / a.heads * view.image_stride
                       : nullptr),
        first(item % a.heads * channels),
        channels(channels),
        cells(Work::cells(a)) {}

  Element *at(size_t channel) const {
    return data + (first + channel) / block * cells * block + (first + channel) % block;
  }

  void read(float *plain) const {
    for (size_t channel = 0; channel < channels; ++channel)
      for (size_t cell = 0; cell < cells; ++cell)
        plain[channel * cells + cell] = toFloat(at(channel)[cell * block]);
  }

  void write(const float *plain) const {
    for (size_t channel = 0; channel < channels; ++channel)
      for (size_t cell = 0; cell < cells; ++cell)
        fromFloat(plain[channel * cells + cell], at(channel)[cell * block]);
  }
};

/// Calls body(item, work) for every image and head, over workers that have memory.
template <typename Body>
void forEachHead(const cb_attention &a, float *scratch, const Body &body) {
  const size_t items = size_t(a.batch) * a.heads;
  onTeam([&](int part, int parts) {
    const int workers = std::min(parts, a.workers);
    if (part >= workers) return;
    const Work work(a, scratch + part * Work::floats(a));
    const Range range = share(items, part, workers);
    for (size_t item = range.begin; item < range.end; ++item) body(item, work);
  });
}

/// Channels past the last one are zero.
template <typename Element, int block>
void clearTail(cb_view view, const cb_attention &a, int width) {
  const size_t cells = Work::cells(a), channels = size_t(a.heads) * width;
  if (!view.data || channels % block == 0) return;
  for (int image = 0; image < a.batch; ++image) {
    Element *last = static_cast<Element *>(view.data) + image * view.image_stride +
                    channels / block * cells * block;
    for (size_t cell = 0; cell < cells; ++cell)
      for (size_t lane = channels % block; lane < block; ++lane)
        fromFloat(0, last[cell * block + lane]);
  }
}

template <typename Element, int block>
void attentionForward(const cb_attention &a, cb_view queries, cb_view keys, cb_view values,
                      const float *table, float *scratch, cb_view y) {
  using Head = Head<Element, block>;
  clearTail<Element, block>(y, a, a.value_width);
  forEachHead(a, scratch, [&](size_t item, const Work &work) {
    Head(queries, a, item, a.query_width).read(work.queries);
    Head(keys, a, item, a.query_width).read(work.keys);
    Head(values, a, item, a.value_width).read(work.values);
    work.weigh(table);
    const int n = work.count();
    cblas_sgemm(CblasRowMajor, CblasNoTrans, CblasTrans, a.value_width, n, n, 1, work.values, n,
                work.weights, n, 0, work.result, n);
    Head(y, a, item, a.value_width).write(work.result);
  });
}

template <typename Element, int block>
void attentionBackward(const cb_attention &a, cb_view queries, cb_view keys, cb_view values,
                       const float *table, float *scratch, cb_view dy, cb_view dq, cb_view dk,
                       cb_view dv, float *tableGradient) {
  using Head = Head<Element, block>;
  clearTail<Element, block>(dq, a, a.query_width);
  clearTail<Element, block>(dk, a, a.query_width);
  clearTail<Element, block>(dv, a, a.value_width);
  const size_t tableSize = Work::offsets(a) * a.query_width;
  float *tableParts = scratch + a.workers * Work::floats(a);
  forEachHead(a, scratch, [&](size_t item, const Work &work) {
    Head(queries, a, item, a.query_width).read(work.queries);
    Head(keys, a, item, a.query_width).read(work.keys);
    Head(values, a, item, a.value_width).read(work.values);
    Head(dy, a, item, a.value_width).read(work.result);
    work.weigh(table);
    const int n = work.count(), d = a.query_width, m = work.offsetCount();
    if (dv.data) {
      cblas_sgemm(CblasRowMajor, CblasNoTrans, CblasNoTrans, a.value_width, n, n, 1, work.result, n,
                  work.weights, n, 0, work.parts, n);
      Head(dv, a, item, a.value_width).write(work.parts);
    }
    cblas_sgemm(CblasRowMajor, CblasTrans, CblasNoTrans, n, n, a.value_width, 1, work.result, n,
                work.values, n, 0, work.gradients, n);
    for (int row = 0; row < n; ++row)
      softmaxRowGradient(work.weights + size_t(row) * n, work.gradients + size_t(row) * n, n);
    if (dk.data) {
      cblas_sgemm(CblasRowMajor, CblasNoTrans, CblasNoTrans, d, n, n, work.scale(), work.queries, n,
                  work.gradients, n, 0, work.parts, n);
      Head(dk, a, item, d).write(work.parts);
    }
    cblas_sgemm(CblasRowMajor, CblasNoTrans, CblasTrans, d, n, n, work.scale(), work.keys, n,
                work.gradients, n, 0, work.parts, n);
    if (table) {
      std::memset(work.byOffset, 0, sizeof(float) * n * m);
      work.forEachPair([&](size_t pair, size_t vertical, size_t horizontal) {
        work.byOffset[vertical] += work.gradients[pair];
        work.byOffset[horizontal] += work.gradients[pair];
      });
      cblas_sgemm(CblasRowMajor, CblasTrans, CblasTrans, m, d, n, 1, work.byOffset, m, work.queries,
                  n, 0, tableParts + item * tableSize, d);
      cblas_sgemm(CblasRowMajor, CblasTrans, CblasTrans, d, n, m, 1, table, d, work.byOffset, m, 1,
                  work.parts, n);
    }
    if (dq.data) Head(dq, a, item, d).write(work.parts);
  });
  for (size_t index = 0; index < tableSize; ++index) {
    double sum = 0;
    for (size_t item = 0; item < size_t(a.batch) * a.heads; ++item)
      sum += tableParts[item * tableSize + index];
    tableGradient[index] = float(sum);
  }
}

}  // namespace
}  // namespace dldetect

size_t cb_attention_scratch(cb_attention attention) {
  using dldetect::Work;
  return attention.workers * Work::floats(attention) + size_t(attention.batch) * attention.heads *
                                                           Work::offsets(attention) *
                                                           attention.query_width;
}

void cb_attention_forward(cb_attention attention, cb_view queries, cb_view keys, cb_view values,
                          const float *table, float *scratch, cb_view y) {
  DLDETECT_FOR_LAYOUT(attention, dldetect::attentionForward, attention, queries, keys, values,
                      table, scratch, y);
}

void cb_attention_backward(cb_attention attention, cb_view queries, cb_view keys, cb_view values,
                           const float *table, float *scratch, cb_view dy, cb_view queries_gradient,
                           cb_view keys_gradient, cb_view values_gradient, float *table_gradient) {
  DLDETECT_FOR_LAYOUT(attention, dldetect::attentionBackward, attention, queries, keys, values,
                      table, scratch, dy, queries_gradient, keys_gradient, values_gradient,
                      table_gradient);
}
