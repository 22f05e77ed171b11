#include "include/convolution.h"

#include <cstring>
#include <optional>
#include <string>

#include "engine/convolution_form.h"
#include "engine/onednn.h"
#include "engine/team.h"
#include "kernels/depthwise.h"
#include "kernels/direct.h"

using dldetect::appendActivation;
using dldetect::ConvolutionForm;
using dldetect::describeBackward;
using dldetect::describeForward;
using dldetect::guarded;
using dldetect::Prepared;
using dldetect::processor;
using dnnl::memory;
using Tag = memory::format_tag;

namespace {

using Type = memory::data_type;

memory::desc tensor(memory::dims dimensions, Type type, Tag tag) {
  return memory::desc(std::move(dimensions), type, tag);
}

/// Bytes up to where oneDNN's own scratch may follow.
size_t aligned(size_t bytes) { return (bytes + 63) / 64 * 64; }

/// Reorders weights; with `adds` onto what the destination holds.
Prepared reorder(const memory::desc &from, const memory::desc &to, bool adds = false) {
  dnnl::primitive_attr attributes;
  if (adds) {
    dnnl::post_ops operations;
    operations.append_sum(1.0f);
    attributes.set_post_ops(operations);
  }
  Prepared prepared(
      dnnl::reorder(dnnl::reorder::primitive_desc(processor(), from, processor(), to, attributes)));
  prepared.bind(DNNL_ARG_FROM, from);
  prepared.bind(DNNL_ARG_TO, to);
  return prepared;
}

}  // namespace

struct cb_convolution {
  struct Pass {
    Prepared run, reorder, reorderAdding;
    /// Of packed weights; of oneDNN's own scratch, behind them; of plain weights in oneDNN's form,
    /// behind that.
    size_t packedBytes = 0, scratchBytes = 0, plainBytes = 0;
    std::string implementation = "none";
    /// Whether a kernel of ours takes oneDNN's place.
    bool isOurs = false;

    void *scratch(void *packed) const { return static_cast<char *>(packed) + packedBytes; }
    float *plain(void *packed) const {
      return reinterpret_cast<float *>(static_cast<char *>(packed) + packedBytes + scratchBytes);
    }
    size_t bytes() const { return packedBytes + scratchBytes + plainBytes; }
  };

  explicit cb_convolution(const cb_convolution_settings &given)
      : given(given), form(given), settings(form.settings()) {
    const auto forwardDescription = makeForward();
    if (!settings.training) return;
    makeBackwardWeights(forwardDescription);
    if (settings.needs_source_gradient) makeBackwardSource(forwardDescription);
  }

  void pack(Pass &pass, const float *weights, void *packed) {
    const float *source = weights;
    if (pass.plainBytes) {
      form.expand(weights, pass.plain(packed));
      source = pass.plain(packed);
    }
    pass.reorder.run(source, packed);
  }

  void unpack(Pass &pass, void *packed, bool adds, float *gradient) {
    if (!pass.plainBytes) return (adds ? pass.reorderAdding : pass.reorder).run(packed, gradient);
    pass.reorder.run(packed, pass.plain(packed));
    form.contract(pass.plain(packed), adds, gradient);
  }

  /// As the caller has it.
  cb_convolution_settings given;
  ConvolutionForm form;
  /// As oneDNN gets it.
  cb_convolution_settings settings;
  Pass forward, backwardSource, backwardWeights;

 private:
  memory::desc source(Tag blocked) const {
    return tensor({settings.batch, settings.in_channels, settings.in_height, settings.in_width},
                  type(), settings.plain_source ? Tag::nchw : blocked);
  }
  memory::desc destination(Tag blocked) const {
    return tensor({settings.batch, settings.out_channels, settings.out_height, settings.out_width},
                  type(), blocked);
  }
  memory::desc weights(Type type, bool plain) const {
    const memory::dim groups = settings.groups;
    const memory::dim out = settings.out_channels / groups, in = settings.in_channels / groups;
    const memory::dim height = settings.kernel_height, width = settings.kernel_width;
    if (groups == 1) return tensor({out, in, height, width}, type, plain ? Tag::oihw : Tag::any);
    return tensor({groups, out, in, height, width}, type, plain ? Tag::goihw : Tag::any);
  }
  memory::desc plainWeights() const { return weights(Type::f32, true); }
  memory::desc bias() const {
    return settings.has_bias ? tensor({settings.out_channels}, Type::f32, Tag::x) : memory::desc();
  }
  Type type() const { return settings.type == CB_BF16 ? Type::bf16 : Type::f32; }
  Tag blocked() const { return cb_channel_block() == 16 ? Tag::nChw16c : Tag::nChw8c; }
  memory::dims strides() const { return {settings.stride_height, settings.stride_width}; }
  memory::dims dilations() const {
    return {settings.dilation_height - 1, settings.dilation_width - 1};
  }
  memory::dims padBefore() const { return {settings.pad_top, settings.pad_left}; }
  memory::dims padAfter() const { return {settings.pad_bottom, settings.pad_right}; }

  dnnl::convolution_forward::primitive_desc makeForward() {
    dnnl::primitive_attr attributes;
    dnnl::post_ops operations;
    const auto append = [&](cb_addend place) {
      if (settings.addend == place)
        operations.append_binary(dnnl::algorithm::binary_add, destination(blocked()));
    };
    append(CB_ADD_BEFORE_ACTIVATION);
    appendActivation(operations, settings.activation);
    append(CB_ADD_AFTER_ACTIVATION);
    attributes.set_post_ops(operations);
    const auto kind =
        settings.training ? dnnl::prop_kind::forward_training : dnnl::prop_kind::forward_inference;
    const auto description = describeForward<dnnl::convolution_forward>(
        attributes, kind, dnnl::algorithm::convolution_direct, source(blocked()),
        weights(type(), false), bias(), destination(blocked()), strides(), dilations(), padBefore(),
        padAfter());
    forward.run = Prepared(dnnl::convolution_forward(description));
    forward.run.bind(DNNL_ARG_SRC, description.src_desc());
    forward.run.bind(DNNL_ARG_WEIGHTS, description.weights_desc());
    forward.run.bind(DNNL_ARG_DST, description.dst_desc());
    if (settings.addend != CB_NO_ADDEND) {
      const int place = settings.addend == CB_ADD_BEFORE_ACTIVATION ? 0 : operations.len() - 1;
      forward.run.bind(DNNL_ARG_ATTR_MULTIPLE_POST_OP(place) | DNNL_ARG_SRC_1,
                       destination(blocked()));
    }
    if (settings.has_bias) forward.run.bind(DNNL_ARG_BIAS, description.bias_desc());
    forward.reorder = reorder(plainWeights(), description.weights_desc());
    lay(forward, description.weights_desc(), 0);
    forward.implementation = description.impl_info_str();
    return description;
  }

  void makeBackwardSource(const dnnl::convolution_forward::primitive_desc &hint) {
    const auto description = describeBackward<dnnl::convolution_backward_data>(
        hint, dnnl::algorithm::convolution_direct, source(blocked()), weights(type(), false),
        destination(blocked()), strides(), dilations(), padBefore(), padAfter());
    backwardSource.implementation = description.impl_info_str();
    if (takeOver(backwardSource, "-data")) {
      const size_t floats = form.isDepthwise() ? dldetect::depthwiseSourceScratch(given)
                                               : dldetect::directSourceScratch(given);
      backwardSource.scratchBytes = floats * sizeof(float);
      return;
    }
    backwardSource.run = Prepared(dnnl::convolution_backward_data(description));
    backwardSource.run.bind(DNNL_ARG_DIFF_DST, description.diff_dst_desc());
    backwardSource.run.bind(DNNL_ARG_WEIGHTS, description.weights_desc());
    backwardSource.run.bind(DNNL_ARG_DIFF_SRC, description.diff_src_desc());
    backwardSource.run.bind(DNNL_ARG_SCRATCHPAD, description.scratchpad_desc());
    backwardSource.reorder = reorder(plainWeights(), description.weights_desc());
    lay(backwardSource, description.weights_desc(), description.scratchpad_desc().get_size());
  }

  void makeBackwardWeights(const dnnl::convolution_forward::primitive_desc &hint) {
    const auto description = describeBackward<dnnl::convolution_backward_weights>(
        hint, dnnl::algorithm::convolution_direct, source(blocked()), weights(Type::f32, false),
        bias(), destination(blocked()), strides(), dilations(), padBefore(), padAfter());
    backwardWeights.implementation = description.impl_info_str();
    if (takeOver(backwardWeights, "-weights")) {
      if (form.isDepthwise())
        backwardWeights.scratchBytes = dldetect::depthwiseWeightsScratch(given) * sizeof(float);
      return;
    }
    backwardWeights.run = Prepared(dnnl::convolution_backward_weights(description));
    backwardWeights.run.bind(DNNL_ARG_SRC, description.src_desc());
    backwardWeights.run.bind(DNNL_ARG_DIFF_DST, description.diff_dst_desc());
    backwardWeights.run.bind(DNNL_ARG_DIFF_WEIGHTS, description.diff_weights_desc());
    backwardWeights.run.bind(DNNL_ARG_SCRATCHPAD, description.scratchpad_desc());
    if (settings.has_bias)
      backwardWeights.run.bind(DNNL_ARG_DIFF_BIAS, description.diff_bias_desc());
    backwardWeights.reorder = reorder(description.diff_weights_desc(), plainWeights());
    backwardWeights.reorderAdding = reorder(description.diff_weights_desc(), plainWeights(), true);
    lay(backwardWeights, description.diff_weights_desc(), description.scratchpad_desc().get_size());
  }

  void lay(Pass &pass, const memory::desc &weights, size_t scratchBytes) {
    pass.packedBytes = aligned(weights.get_size());
    pass.scratchBytes = aligned(scratchBytes);
    pass.plainBytes = form.plainFloats() * sizeof(float);
  }

  /// Decides, by oneDNN's choice, whether a backward pass runs on a kernel of ours.
  bool takeOver(Pass &pass, const char *name) const {
    if (!pass.implementation.starts_with("ref") || settings.plain_source) return false;
    pass.isOurs = form.isDepthwise() || given.groups == 1;
    if (pass.isOurs)
      pass.implementation = (form.isDepthwise() ? "depthwise" : "direct") + std::string(name);
    return pass.isOurs;
  }
};

namespace {

const cb_convolution::Pass &passOf(const cb_convolution *convolution, cb_convolution_pass pass) {
  switch (pass) {
    case CB_FORWARD:
      return convolution->forward;
    case CB_BACKWARD_SOURCE:
      return convolution->backwardSource;
    case CB_BACKWARD_WEIGHTS:
      return convolution->backwardWeights;
  }
  return convolution->forward;
}

}  // namespace

bool cb_has_bf16(void) {
  static const bool has =
      (int(dnnl::get_effective_cpu_isa()) & int(dnnl::cpu_isa::avx512_core_bf16)) ==
      int(dnnl::cpu_isa::avx512_core_bf16);
  return has;
}

int cb_channel_block(void) {
  static const int block = dnnl::get_effective_cpu_isa() >= dnnl::cpu_isa::avx512_core ? 16 : 8;
  return block;
}

cb_status cb_convolution_create(const cb_convolution_settings *settings,
                                cb_convolution **out_convolution, char *message, size_t capacity) {
  return guarded(message, capacity, [&] { *out_convolution = new cb_convolution(*settings); });
}

void cb_convolution_destroy(cb_convolution *convolution) { delete convolution; }

void cb_forget_convolutions(void) {
  int kept = 0;
  if (dnnl_get_primitive_cache_capacity(&kept) != dnnl_success) return;
  // A cache without room drops what it holds.
  dnnl_set_primitive_cache_capacity(0);
  dnnl_set_primitive_cache_capacity(kept);
}

size_t cb_convolution_packed_bytes(const cb_convolution *convolution, cb_convolution_pass pass) {
  return passOf(convolution, pass).bytes();
}

const char *cb_convolution_implementation(const cb_convolution *convolution,
                                          cb_convolution_pass pass) {
  return passOf(convolution, pass).implementation.c_str();
}

cb_status cb_convolution_pack(cb_convolution *convolution, const float *weights, void *packed,
                              char *message, size_t capacity) {
  return guarded(message, capacity,
                 [&] { convolution->pack(convolution->forward, weights, packed); });
}

cb_status cb_convolution_forward(cb_convolution *convolution, const void *source,
                                 const void *packed, const float *bias, const void *addend,
                                 void *destination, char *message, size_t capacity) {
  return guarded(message, capacity, [&] {
    auto &primitive = convolution->forward.run;
    const void *result = destination;
    if (addend)
      primitive.run(source, packed, result, addend, bias);
    else
      primitive.run(source, packed, result, bias);
  });
}

cb_status cb_convolution_backward_source(cb_convolution *convolution,
                                         const void *destination_gradient, const float *weights,
                                         void *scratch, void *source_gradient, char *message,
                                         size_t capacity) {
  return guarded(message, capacity, [&] {
    auto &pass = convolution->backwardSource;
    if (pass.isOurs) {
      const auto run = convolution->form.isDepthwise() ? dldetect::depthwiseBackwardSource
                                                       : dldetect::directBackwardSource;
      return run(convolution->given, destination_gradient, weights, static_cast<float *>(scratch),
                 source_gradient);
    }
    convolution->pack(pass, weights, scratch);
    pass.run.run(destination_gradient, static_cast<const void *>(scratch),
                 static_cast<const void *>(source_gradient),
                 static_cast<const void *>(pass.scratch(scratch)));
  });
}

cb_status cb_convolution_backward_weights(cb_convolution *convolution, const void *source,
                                          const void *destination_gradient, void *scratch,
                                          float *bias_scratch, bool accumulates,
                                          float *weights_gradient, float *bias_gradient,
                                          char *message, size_t capacity) {
  return guarded(message, capacity, [&] {
    auto &pass = convolution->backwardWeights;
    if (pass.isOurs && convolution->form.isDepthwise())
      return dldetect::depthwiseBackwardWeights(convolution->given, source, destination_gradient,
                                                static_cast<float *>(scratch), accumulates,
                                                weights_gradient, bias_gradient);
    if (pass.isOurs)
      return dldetect::directBackwardWeights(convolution->given, source, destination_gradient,
                                             accumulates, weights_gradient, bias_gradient);
    pass.run.run(source, destination_gradient, static_cast<const void *>(scratch),
                 static_cast<const void *>(pass.scratch(scratch)),
                 static_cast<const void *>(bias_scratch));
    convolution->unpack(pass, scratch, accumulates, weights_gradient);
    if (!convolution->settings.has_bias) return;
    for (int channel = 0; channel < convolution->settings.out_channels; ++channel)
      bias_gradient[channel] =
          bias_scratch[channel] + (accumulates ? bias_gradient[channel] : 0.0f);
  });
}
