// The form in which oneDNN gets a convolution: the same results from weights of another shape, for
// which it has fast kernels.
#pragma once

#include <cstddef>

#include "include/convolution.h"

namespace dldetect {

/// - Taps that meet nothing but padding are left out: a 3×3 whose dilation exceeds the map is a
/// 1×1.
/// - Fewer channels than a block become a block, which is what lies in memory anyway.
/// - Groups narrower than a block are joined, with zeros where one does not see the other.
class ConvolutionForm {
 public:
  explicit ConvolutionForm(const cb_convolution_settings &given);

  /// As oneDNN gets it.
  const cb_convolution_settings &settings() const { return settings_; }
  bool isDepthwise() const {
    return given_.groups > 1 && given_.groups == given_.in_channels &&
           given_.groups == given_.out_channels;
  }
  /// Floats of oneDNN's weights, laid out plainly; 0 where they are the caller's.
  size_t plainFloats() const;
  /// Writes the caller's weights as oneDNN's.
  void expand(const float *weights, float *plain) const;
  /// Writes oneDNN's gradient as the caller's, or adds it.
  void contract(const float *plain, bool adds, float *gradient) const;

 private:
  struct Taps {
    int first, count;
  };

  static Taps tapsMeetingCells(int size, int out, int kernel, int stride, int dilation, int pad);
  void dropTaps();
  void widenChannels();
  /// Calls body(index of the caller's weight, index of oneDNN's) for all that both have.
  template <typename Body>
  void forEachWeight(const Body &body) const;

  cb_convolution_settings given_, settings_;
  int firstRow_ = 0, firstColumn_ = 0;
};

}  // namespace dldetect
