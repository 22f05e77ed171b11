// The convolutions of a network, as `dldetect summary --json` lists them.
#pragma once

#include <istream>
#include <nlohmann/json.hpp>
#include <oneapi/dnnl/dnnl.hpp>
#include <string>
#include <vector>

using Json = nlohmann::ordered_json;
using dnnl::memory;
using Dims = memory::dims;

/// Extents as oneDNN wants them: NCHW, OIHW or GOIHW, height before width.
struct Layer {
  std::string name;
  Dims source, weights, destination, stride, dilation, before, after;
  bool normalised, first;
  /// Of inference: what is folded into or fused with the convolution.
  bool biased;
  std::string activation;
};

inline Dims pair(const Json& value) {
  return value.is_array() ? Dims{value.at(0), value.at(1)} : Dims{value, value};
}

/// The name of the operator at `place`; empty past the end.
inline std::string operator_at(const Json& nodes, size_t place) {
  return place < nodes.size() ? nodes[place].at("operator").get<std::string>() : "";
}

inline std::vector<Layer> read_layers(std::istream& input, int batch) {
  const Json nodes = Json::parse(input).at("nodes");
  std::vector<Layer> layers;
  for (size_t i = 0; i < nodes.size(); ++i) {
    const Json& node = nodes[i];
    if (node.at("operator") != "convolution") continue;
    const Json &in = node.at("inputShape"), &out = node.at("shape"), &pad = node.at("padding");
    const Dims kernel = pair(node.at("kernel"));
    const int groups = node.value("groups", 1);
    const int64_t channels = in[0], filters = out[0];
    const bool normalised = operator_at(nodes, i + 1) == "batch-norm";
    Dims weights{filters, channels / groups, kernel[0], kernel[1]};
    if (groups > 1) weights = {groups, filters / groups, channels / groups, kernel[0], kernel[1]};
    Dims dilation = pair(node.at("dilation"));
    for (auto& d : dilation) --d;  // oneDNN counts the gaps, networks the distance.
    layers.push_back({node.at("name"), Dims{batch, channels, in[1], in[2]}, weights,
                      Dims{batch, filters, out[1], out[2]}, pair(node.at("stride")), dilation,
                      Dims{pad.at(0), pad.at(1)}, Dims{pad.at(2), pad.at(3)}, normalised,
                      layers.empty(), normalised || node.at("tensors").size() > 1,
                      operator_at(nodes, normalised ? i + 2 : i + 1)});
  }
  return layers;
}
