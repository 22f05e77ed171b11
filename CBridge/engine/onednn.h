// What differs between oneDNN 2.x and 3.x, and the handles that everything shares.
#pragma once

#include <dnnl.hpp>
#include <utility>

#include "guarded.h"
#include "include/kernels.h"

namespace dldetect {

inline dnnl::engine &processor() {
  static dnnl::engine engine(dnnl::engine::kind::cpu, 0);
  return engine;
}

inline dnnl::stream &stream() {
  static dnnl::stream stream(processor());
  return stream;
}

template <typename Pass, typename... Arguments>
typename Pass::primitive_desc describeForward(const dnnl::primitive_attr &attributes,
                                              const Arguments &...arguments) {
#if DNNL_VERSION_MAJOR >= 3
  return typename Pass::primitive_desc(processor(), arguments..., attributes);
#else
  return typename Pass::primitive_desc(typename Pass::desc(arguments...), attributes, processor());
#endif
}

/// The caller provides what the pass needs as scratch.
template <typename Pass, typename Hint, typename... Arguments>
typename Pass::primitive_desc describeBackward(const Hint &hint, const Arguments &...arguments) {
  dnnl::primitive_attr attributes;
  attributes.set_scratchpad_mode(dnnl::scratchpad_mode::user);
#if DNNL_VERSION_MAJOR >= 3
  return typename Pass::primitive_desc(processor(), arguments..., hint, attributes);
#else
  return typename Pass::primitive_desc(typename Pass::desc(arguments...), attributes, processor(),
                                       hint);
#endif
}

inline void appendActivation(dnnl::post_ops &operations, cb_activation activation) {
  using dnnl::algorithm;
  const auto append = [&](algorithm kind, float alpha, float beta) {
#if DNNL_VERSION_MAJOR >= 3
    operations.append_eltwise(kind, alpha, beta);
#else
    operations.append_eltwise(1.0f, kind, alpha, beta);
#endif
  };
  switch (activation.function) {
    case CB_IDENTITY:
      return;
    case CB_RELU:
      return append(algorithm::eltwise_relu, 0, 0);
    case CB_RELU6:
      return append(algorithm::eltwise_clip, 0, 6);
    case CB_LEAKY_RELU:
      return append(algorithm::eltwise_relu, activation.number, 0);
    case CB_SILU:
      return append(algorithm::eltwise_swish, 1, 0);
    case CB_HARD_SWISH:
      return append(algorithm::eltwise_hardswish, 1.0f / 6, 0.5f);
    case CB_SIGMOID:
      return append(algorithm::eltwise_logistic, 0, 0);
    case CB_ELU:
      return append(algorithm::eltwise_elu, activation.number, 0);
    case CB_SWISH:
      return append(algorithm::eltwise_swish, activation.number, 0);
    case CB_GELU:
      return append(algorithm::eltwise_gelu_erf, 0, 0);
    case CB_GELU_TANH:
      return append(algorithm::eltwise_gelu_tanh, 0, 0);
    case CB_MISH:
      return append(algorithm::eltwise_mish, 0, 0);
    case CB_TANH:
      return append(algorithm::eltwise_tanh, 0, 0);
    case CB_HARD_SIGMOID:
      // 2.x has none of its own.
      append(algorithm::eltwise_linear, 1.0f / 6, 0.5f);
      return append(algorithm::eltwise_clip, 0, 1);
  }
}

/// A primitive with its memory handles made once, so that running it allocates nothing.
class Prepared {
 public:
  Prepared() = default;

  explicit Prepared(dnnl::primitive primitive) : primitive_(std::move(primitive)) {}

  void bind(int argument, const dnnl::memory::desc &description) {
    memories_[count_] = dnnl::memory(description, processor(), DNNL_MEMORY_NONE);
    arguments_[count_] = {argument, memories_[count_].get()};
    ++count_;
  }

  /// Runs with data in the order of the calls to bind.
  template <typename... Pointers>
  void run(Pointers... data) {
    const void *pointers[] = {data...};
    for (int index = 0; index < count_; ++index) {
      if (current_[index] == pointers[index]) continue;
      memories_[index].set_data_handle(const_cast<void *>(pointers[index]));
      current_[index] = pointers[index];
    }
    dnnl::error::wrap_c_api(
        dnnl_primitive_execute(primitive_.get(), stream().get(), count_, arguments_),
        "could not execute a primitive");
  }

 private:
  dnnl::primitive primitive_;
  dnnl::memory memories_[5];
  dnnl_exec_arg_t arguments_[5] = {};
  const void *current_[5] = {};
  int count_ = 0;
};

}  // namespace dldetect
