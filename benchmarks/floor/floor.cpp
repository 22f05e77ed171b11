// The floor under a training step: what its convolutions and norms cost as bare oneDNN primitives.
//
// Reads a network's layers and runs, in network order, every convolution forward and, where a batch
// norm follows it, one BN+ReLU forward; then, in reverse, BN+ReLU backward, convolution backward by
// data (not for the first layer, whose source is the image) and by weights. Layouts are oneDNN's
// choice. All tensors of all layers are distinct and written beforehand, so that caches behave as
// in training. Nothing else is in it: no other activation, concatenation, reordering, loss or
// optimizer step. Prints milliseconds an image as JSON, and each layer's share and implementation.
//
//   make -C benchmarks/floor
//   dldetect summary --model nano --size 320 --json layers.json
//   OMP_NUM_THREADS=2 .build/floor layers.json --batch 8 --repeats 20 --precision f32
//
// With --inference: every convolution forward alone, bias and activation as post-ops.
//
// Of the document's "nodes" those with "operator": "convolution" are read:
//   {"name", "operator", "inputShape": [C, H, W], "shape": [C, H, W], "kernel": [h, w],
//    "stride": [h, w], "padding": [top, left, bottom, right], "dilation": [h, w], "groups"}
// and whether the node after one is a "batch-norm"; of inference also "tensors", more than one of
// which mean a bias, and which activation comes next.

#include <algorithm>
#include <chrono>
#include <fstream>
#include <iostream>
#include <map>

#include "primitives.h"

struct Settings {
  std::string file;
  int batch = 8;
  int repeats = 20;
  Type type = Type::f32;
  bool inference = false;
};

double run(Step& step, dnnl::stream& stream) {
  const auto start = std::chrono::steady_clock::now();
  step.primitive.execute(stream, step.tensors);
  stream.wait();
  return std::chrono::duration<double, std::milli>(std::chrono::steady_clock::now() - start)
      .count();
}

double median(std::vector<double> values) {
  std::sort(values.begin(), values.end());
  const size_t half = values.size() / 2;
  return values.size() % 2 ? values[half] : (values[half - 1] + values[half]) / 2;
}

Json measure(std::vector<Step>& steps, const Settings& settings, const dnnl::engine& engine) {
  dnnl::stream stream(engine);
  for (Step& step : steps) run(step, stream);
  std::vector<double> totals;
  for (int repeat = 0; repeat < settings.repeats; ++repeat) {
    double total = 0;
    for (Step& step : steps) total += step.milliseconds.emplace_back(run(step, stream));
    totals.push_back(total / settings.batch);
  }
  const auto [least, most] = std::minmax_element(totals.begin(), totals.end());
  std::map<std::string, double> kinds;
  Json layers = Json::array();
  for (const Step& step : steps) {
    const double share = median(step.milliseconds) / settings.batch;
    kinds[step.kind] += share;
    layers.push_back({{"name", step.layer},
                      {"kind", step.kind},
                      {"milliseconds", share},
                      {"implementation", step.implementation}});
  }
  return {{"batch", settings.batch},
          {"precision", settings.type == Type::bf16 ? "bf16" : "f32"},
          {"oneDNN",
           std::to_string(dnnl_version()->major) + "." + std::to_string(dnnl_version()->minor)},
          {"millisecondsPerImage", {{"min", *least}, {"median", median(totals)}, {"max", *most}}},
          {"byKind", kinds},
          {"layers", layers}};
}

Settings parse(int count, char** arguments) {
  const char* usage =
      "usage: floor LAYERS.json|- [--inference] [--batch N] [--repeats N] [--precision f32|bf16]";
  Settings settings;
  for (int i = 1; i < count; ++i) {
    const std::string name = arguments[i];
    if (name.rfind("--", 0) != 0) {
      settings.file = name;
      continue;
    }
    if (name == "--inference") {
      settings.inference = true;
      continue;
    }
    if (++i == count) throw std::invalid_argument(usage);
    const std::string value = arguments[i];
    if (name == "--batch")
      settings.batch = std::stoi(value);
    else if (name == "--repeats")
      settings.repeats = std::stoi(value);
    else if (name == "--precision" && (value == "f32" || value == "bf16"))
      settings.type = value == "bf16" ? Type::bf16 : Type::f32;
    else
      throw std::invalid_argument(usage);
  }
  if (settings.file.empty() || settings.batch < 1 || settings.repeats < 1)
    throw std::invalid_argument(usage);
  return settings;
}

int main(int count, char** arguments) try {
  const Settings settings = parse(count, arguments);
  std::ifstream file;
  if (settings.file != "-") {
    file.open(settings.file);
    if (!file) throw std::runtime_error(settings.file + ": cannot be opened");
  }
  const dnnl::engine engine(dnnl::engine::kind::cpu, 0);
  Builder builder(engine, settings.type);
  std::vector<Step> steps, backward;
  for (const Layer& layer : read_layers(settings.file == "-" ? std::cin : file, settings.batch)) {
    if (settings.inference)
      builder.add_inference(layer, steps);
    else
      builder.add(layer, steps, backward);
  }
  steps.insert(steps.end(), backward.begin(), backward.end());
  if (steps.empty()) throw std::runtime_error(settings.file + ": no convolutions in \"nodes\"");
  std::cout << measure(steps, settings, engine).dump(1) << "\n";
} catch (const std::exception& error) {
  std::cerr << "floor: " << error.what() << "\n";
  return 1;
}
