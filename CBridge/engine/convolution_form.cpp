#include "engine/convolution_form.h"

#include <algorithm>

namespace dldetect {
namespace {

size_t weightsOf(const cb_convolution_settings &s) {
  return size_t(s.out_channels) * (s.in_channels / s.groups) * s.kernel_height * s.kernel_width;
}

}  // namespace

ConvolutionForm::ConvolutionForm(const cb_convolution_settings &given)
    : given_(given), settings_(given) {
  dropTaps();
  widenChannels();
}

ConvolutionForm::Taps ConvolutionForm::tapsMeetingCells(int size, int out, int kernel, int stride,
                                                        int dilation, int pad) {
  int first = 0, last = kernel - 1;
  // oneDNN's kernels want no negative padding at the near side.
  while (first < last && (out - 1) * stride - pad + first * dilation < 0 &&
         (first + 1) * dilation <= pad)
    ++first;
  while (last > first && last * dilation - pad >= size) --last;
  return {first, last - first + 1};
}

void ConvolutionForm::dropTaps() {
  const auto drop = [](int size, int out, int stride, int &kernel, int &dilation, int &before,
                       int &after, int &first) {
    const Taps taps = tapsMeetingCells(size, out, kernel, stride, dilation, before);
    first = taps.first;
    before -= first * dilation;
    after -= (kernel - first - taps.count) * dilation;
    kernel = taps.count;
    if (kernel == 1) dilation = 1;
  };
  auto &s = settings_;
  drop(s.in_height, s.out_height, s.stride_height, s.kernel_height, s.dilation_height, s.pad_top,
       s.pad_bottom, firstRow_);
  drop(s.in_width, s.out_width, s.stride_width, s.kernel_width, s.dilation_width, s.pad_left,
       s.pad_right, firstColumn_);
}

void ConvolutionForm::widenChannels() {
  const int block = cb_channel_block();
  auto &s = settings_;
  if (s.groups == 1) {
    if (!s.plain_source) s.in_channels = std::max(s.in_channels, block);
    return;
  }
  if (isDepthwise()) return;
  const int in = s.in_channels / s.groups, out = s.out_channels / s.groups;
  int joined = 1;
  while (joined < s.groups && (s.groups % joined || joined * in % block || joined * out % block))
    ++joined;
  s.groups /= joined;
  if (s.groups == 1) s.in_channels = std::max(s.in_channels, block);
}

size_t ConvolutionForm::plainFloats() const {
  const bool isSame = settings_.groups == given_.groups &&
                      settings_.in_channels == given_.in_channels &&
                      settings_.kernel_height == given_.kernel_height &&
                      settings_.kernel_width == given_.kernel_width;
  return isSame ? 0 : weightsOf(settings_);
}

template <typename Body>
void ConvolutionForm::forEachWeight(const Body &body) const {
  const auto &s = settings_;
  const int given = given_.in_channels / given_.groups, own = s.in_channels / s.groups;
  for (int out = 0; out < s.out_channels; ++out) {
    const int group = out / (s.out_channels / s.groups);
    const int givenGroup = out / (given_.out_channels / given_.groups);
    for (int in = 0; in < given; ++in) {
      const int ownIn = givenGroup * given + in - group * own;
      for (int row = 0; row < s.kernel_height; ++row)
        for (int column = 0; column < s.kernel_width; ++column) {
          const size_t from = (size_t(out) * given + in) * given_.kernel_height + row + firstRow_;
          const size_t to = (size_t(out) * own + ownIn) * s.kernel_height + row;
          body(from * given_.kernel_width + column + firstColumn_, to * s.kernel_width + column);
        }
    }
  }
}

void ConvolutionForm::expand(const float *weights, float *plain) const {
  std::fill_n(plain, weightsOf(settings_), 0.0f);
  forEachWeight([=](size_t from, size_t to) { plain[to] = weights[from]; });
}

void ConvolutionForm::contract(const float *plain, bool adds, float *gradient) const {
  if (!adds) std::fill_n(gradient, weightsOf(given_), 0.0f);
  forEachWeight([=](size_t to, size_t from) { gradient[to] += plain[from]; });
}

}  // namespace dldetect
