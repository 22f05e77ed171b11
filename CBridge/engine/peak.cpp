#include <chrono>
#include <vector>

#include "engine/onednn.h"
#include "include/engine.h"

namespace {

using dnnl::memory;

dnnl::matmul makeProduct(const memory::desc &a, const memory::desc &c) {
#if DNNL_VERSION_MAJOR >= 3
  return dnnl::matmul(dnnl::matmul::primitive_desc(dldetect::processor(), a, a, c));
#else
  return dnnl::matmul(
      dnnl::matmul::primitive_desc(dnnl::matmul::desc(a, a, c), dldetect::processor()));
#endif
}

}  // namespace

double cb_product_rate(cb_type type, int side, double seconds) {
  const memory::dims extents{side, side};
  const auto element = type == CB_BF16 ? memory::data_type::bf16 : memory::data_type::f32;
  const memory::desc description(extents, element, memory::format_tag::ab);
  const auto product = makeProduct(description, description);
  memory a(description, dldetect::processor()), b(description, dldetect::processor()),
      c(description, dldetect::processor());
  // 0x3f80 twice is 1.001… as f32, and 1 as bf16.
  for (memory *each : {&a, &b}) {
    auto *halves = static_cast<uint16_t *>(each->get_data_handle());
    std::fill_n(halves, description.get_size() / 2, uint16_t(0x3f80));
  }
  using Clock = std::chrono::steady_clock;
  double best = 0;
  const auto end = Clock::now() + std::chrono::duration<double>(seconds);
  do {
    const auto start = Clock::now();
    product.execute(dldetect::stream(),
                    {{DNNL_ARG_SRC, a}, {DNNL_ARG_WEIGHTS, b}, {DNNL_ARG_DST, c}});
    dldetect::stream().wait();
    const std::chrono::duration<double> took = Clock::now() - start;
    best = std::max(best, 2.0 * side * side * side / took.count());
  } while (Clock::now() < end);
  return best;
}
