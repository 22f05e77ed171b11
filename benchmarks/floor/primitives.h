// A layer's oneDNN primitives, forward and backward, with tensors of their own.
#pragma once

#include <unordered_map>

#include "layers.h"

using Tag = memory::format_tag;
using Type = memory::data_type;

/// One primitive with its tensors; `milliseconds` has an entry a repeat.
struct Step {
  std::string layer, kind, implementation;
  dnnl::primitive primitive;
  std::unordered_map<int, memory> tensors;
  std::vector<double> milliseconds;
};

class Builder {
 public:
  Builder(const dnnl::engine& engine, Type type) : engine_(engine), type_(type) {}

  /// Appends a training step's parts of this layer in the order in which they run.
  void add(const Layer& layer, std::vector<Step>& forward, std::vector<Step>& backward) {
    const memory::desc source(layer.source, type_, Tag::any);
    const memory::desc weights(layer.weights, type_, Tag::any);
    // As is usual, gradients of weights are kept in f32 at either precision.
    const memory::desc weights_gradient(layer.weights, Type::f32, Tag::any);
    const memory::desc destination(layer.destination, type_, Tag::any);

    const auto pd = forward_pd(layer, source, weights, destination);
    const memory x = written(pd.src_desc()), y = written(pd.dst_desc());
    forward.push_back(step(
        layer, "convolution forward", dnnl::convolution_forward(pd), pd,
        {{DNNL_ARG_SRC, x}, {DNNL_ARG_WEIGHTS, written(pd.weights_desc())}, {DNNL_ARG_DST, y}}));

    const memory dy = written(pd.dst_desc());
    std::vector<Step> backward_steps;
    if (layer.normalised) add_norm(layer, y, dy, forward, backward_steps);
    if (!layer.first) {
      const auto data = backward_data_pd(layer, source, weights, destination, pd);
      backward_steps.push_back(step(layer, "convolution backward data",
                                    dnnl::convolution_backward_data(data), data,
                                    {{DNNL_ARG_DIFF_DST, in_layout(dy, data.diff_dst_desc())},
                                     {DNNL_ARG_WEIGHTS, written(data.weights_desc())},
                                     {DNNL_ARG_DIFF_SRC, written(data.diff_src_desc())}}));
    }
    const auto gradient = backward_weights_pd(layer, source, weights_gradient, destination, pd);
    backward_steps.push_back(
        step(layer, "convolution backward weights", dnnl::convolution_backward_weights(gradient),
             gradient,
             {{DNNL_ARG_SRC, in_layout(x, gradient.src_desc())},
              {DNNL_ARG_DIFF_DST, in_layout(dy, gradient.diff_dst_desc())},
              {DNNL_ARG_DIFF_WEIGHTS, written(gradient.diff_weights_desc())}}));
    backward.insert(backward.begin(), backward_steps.begin(), backward_steps.end());
  }

  /// Appends the layer in inference form: bias and activation as post-ops. Layers read and write
  /// two blocks of memory in turn, as warm as a chain of layers leaves them.
  void add_inference(const Layer& layer, std::vector<Step>& forward) {
    dnnl::primitive_attr attributes;
    dnnl::post_ops operations;
    append_activation(operations, layer.activation);
    attributes.set_post_ops(operations);
    const auto pd = inference_pd(layer, attributes);
    std::unordered_map<int, memory> tensors{
        {DNNL_ARG_SRC, in_block(forward.size() % 2, pd.src_desc())},
        {DNNL_ARG_WEIGHTS, written(pd.weights_desc())},
        {DNNL_ARG_DST, in_block((forward.size() + 1) % 2, pd.dst_desc())}};
    if (layer.biased) tensors.emplace(DNNL_ARG_BIAS, written(pd.bias_desc()));
    forward.push_back(
        step(layer, "convolution with post-ops", dnnl::convolution_forward(pd), pd, tensors));
  }

 private:
  static void append_activation(dnnl::post_ops& operations, const std::string& name) {
    const auto append = [&](dnnl::algorithm kind, float alpha, float beta) {
#if DNNL_VERSION_MAJOR >= 3
      operations.append_eltwise(kind, alpha, beta);
#else
      operations.append_eltwise(1.0f, kind, alpha, beta);
#endif
    };
    if (name == "silu") append(dnnl::algorithm::eltwise_swish, 1, 0);
    if (name == "relu") append(dnnl::algorithm::eltwise_relu, 0, 0);
    if (name == "relu6") append(dnnl::algorithm::eltwise_clip, 0, 6);
    if (name == "hard-swish") append(dnnl::algorithm::eltwise_hardswish, 1.0f / 6, 0.5f);
  }

  dnnl::convolution_forward::primitive_desc inference_pd(const Layer& l,
                                                         const dnnl::primitive_attr& attributes) {
    const auto inference = dnnl::prop_kind::forward_inference;
    const memory::desc x(l.source, type_, Tag::any), w(l.weights, type_, Tag::any),
        y(l.destination, type_, Tag::any);
    const memory::desc bias =
        l.biased ? memory::desc({l.destination[1]}, Type::f32, Tag::x) : memory::desc();
#if DNNL_VERSION_MAJOR >= 3
    return {engine_, inference, direct,     x,        w,       bias,
            y,       l.stride,  l.dilation, l.before, l.after, attributes};
#else
    return {{inference, direct, x, w, bias, y, l.stride, l.dilation, l.before, l.after},
            attributes,
            engine_};
#endif
  }

  /// A tensor at the start of a block, which grows to the largest; earlier tensors move along.
  memory in_block(size_t block, const memory::desc& desc) {
    memory& held = blocks_[block];
    if (!held || held.get_desc().get_size() < desc.get_size()) {
      held = written(desc);
      for (memory& other : placed_[block]) other.set_data_handle(held.get_data_handle());
    }
    return placed_[block].emplace_back(desc, engine_, held.get_data_handle());
  }

  /// BN+ReLU between `x`, the convolution's destination, and a tensor of its own; its gradient
  /// arrives in another and goes to `dx`.
  void add_norm(const Layer& layer, const memory& x, const memory& dx, std::vector<Step>& forward,
                std::vector<Step>& backward) {
    const auto flags = dnnl::normalization_flags::use_scale | dnnl::normalization_flags::use_shift |
                       dnnl::normalization_flags::fuse_norm_relu;
    const memory::desc desc = x.get_desc();
#if DNNL_VERSION_MAJOR >= 3
    const dnnl::batch_normalization_forward::primitive_desc pd(
        engine_, dnnl::prop_kind::forward_training, desc, desc, 1e-3f, flags);
    const dnnl::batch_normalization_backward::primitive_desc gradient(
        engine_, dnnl::prop_kind::backward, desc, desc, desc, 1e-3f, flags, pd);
#else
    const dnnl::batch_normalization_forward::primitive_desc pd(
        {dnnl::prop_kind::forward_training, desc, 1e-3f, flags}, engine_);
    const dnnl::batch_normalization_backward::primitive_desc gradient(
        {dnnl::prop_kind::backward, desc, desc, 1e-3f, flags}, engine_, pd);
#endif
    const memory::desc channels({layer.destination[1]}, Type::f32, Tag::x);
    const memory mean = written(pd.mean_desc()), variance = written(pd.variance_desc());
    const memory scale = written(channels);
    const memory shift = written(channels), workspace(pd.workspace_desc(), engine_);
    forward.push_back(step(layer, "norm forward", dnnl::batch_normalization_forward(pd), pd,
                           {{DNNL_ARG_SRC, x},
                            {DNNL_ARG_DST, written(desc)},
                            {DNNL_ARG_MEAN, mean},
                            {DNNL_ARG_VARIANCE, variance},
                            {DNNL_ARG_SCALE, scale},
                            {DNNL_ARG_SHIFT, shift},
                            {DNNL_ARG_WORKSPACE, workspace}}));
    // 3.x does without the shift here, 2.x does not.
    backward.push_back(step(layer, "norm backward", dnnl::batch_normalization_backward(gradient),
                            gradient,
                            {{DNNL_ARG_SRC, x},
                             {DNNL_ARG_MEAN, mean},
                             {DNNL_ARG_VARIANCE, variance},
                             {DNNL_ARG_SCALE, scale},
                             {DNNL_ARG_SHIFT, shift},
                             {DNNL_ARG_WORKSPACE, workspace},
                             {DNNL_ARG_DIFF_DST, written(desc)},
                             {DNNL_ARG_DIFF_SRC, dx},
                             {DNNL_ARG_DIFF_SCALE, written(channels)},
                             {DNNL_ARG_DIFF_SHIFT, written(channels)}}));
  }

  static constexpr auto direct = dnnl::algorithm::convolution_direct;

  dnnl::convolution_forward::primitive_desc forward_pd(const Layer& l, const memory::desc& x,
                                                       const memory::desc& w,
                                                       const memory::desc& y) {
    const auto training = dnnl::prop_kind::forward_training;
#if DNNL_VERSION_MAJOR >= 3
    return {engine_, training, direct, x, w, y, l.stride, l.dilation, l.before, l.after};
#else
    return {{training, direct, x, w, y, l.stride, l.dilation, l.before, l.after}, engine_};
#endif
  }

  dnnl::convolution_backward_data::primitive_desc backward_data_pd(
      const Layer& l, const memory::desc& x, const memory::desc& w, const memory::desc& y,
      const dnnl::convolution_forward::primitive_desc& hint) {
#if DNNL_VERSION_MAJOR >= 3
    return {engine_, direct, x, w, y, l.stride, l.dilation, l.before, l.after, hint};
#else
    return {{direct, x, w, y, l.stride, l.dilation, l.before, l.after}, engine_, hint};
#endif
  }

  dnnl::convolution_backward_weights::primitive_desc backward_weights_pd(
      const Layer& l, const memory::desc& x, const memory::desc& w, const memory::desc& y,
      const dnnl::convolution_forward::primitive_desc& hint) {
#if DNNL_VERSION_MAJOR >= 3
    return {engine_, direct, x, w, y, l.stride, l.dilation, l.before, l.after, hint};
#else
    return {{direct, x, w, y, l.stride, l.dilation, l.before, l.after}, engine_, hint};
#endif
  }

  template <typename Description>
  Step step(const Layer& layer, const char* kind, const dnnl::primitive& primitive,
            const Description& pd, const std::unordered_map<int, memory>& tensors) {
    return {layer.name, kind, pd.impl_info_str(), primitive, tensors, {}};
  }

  /// `tensor` itself, or one of its own where a primitive wants another layout.
  memory in_layout(const memory& tensor, const memory::desc& desc) {
    return tensor.get_desc() == desc ? tensor : written(desc);
  }

  /// A new tensor of values around ½ and no denormal ones, as uninitialised memory would have.
  memory written(const memory::desc& desc) {
    memory tensor(desc, engine_);
    uint32_t state = 1;
    const size_t halves = desc.get_size() / 2;
    auto* data = static_cast<uint16_t*>(tensor.get_data_handle());
    // The upper half of an f32 is a bf16: filling all halves so suits both types.
    for (size_t i = 0; i < halves; ++i) {
      state = state * 1664525u + 1013904223u;
      data[i] = static_cast<uint16_t>(0x3E80 + (state >> 24) + (state >> 31 << 15));
    }
    return tensor;
  }

  dnnl::engine engine_;
  Type type_;
  memory blocks_[2];
  std::vector<memory> placed_[2];
};
