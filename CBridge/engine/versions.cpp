#include "include/versions.h"

#include <dnnl.h>

#include <opencv2/core.hpp>
#include <sstream>
#include <string>

extern "C" char *openblas_get_config(void);

namespace {

/// The second word of "OpenBLAS 0.3.21 DYNAMIC_ARCH …".
std::string secondWord(const char *text) {
  std::istringstream words(text ? text : "");
  std::string word;
  words >> word >> word;
  return word;
}

}  // namespace

const char *cb_onednn_version(void) {
  static const std::string text = [] {
    const dnnl_version_t *version = dnnl_version();
    return std::to_string(version->major) + "." + std::to_string(version->minor) + "." +
           std::to_string(version->patch);
  }();
  return text.c_str();
}

const char *cb_opencv_version(void) {
  static const std::string text = cv::getVersionString();
  return text.c_str();
}

const char *cb_openblas_version(void) {
  static const std::string text = secondWord(openblas_get_config());
  return text.c_str();
}

const char *cb_instructions(void) {
  // Each set holds all that those after it hold.
  static const struct {
    dnnl_cpu_isa_t set;
    const char *name;
  } known[] = {
      {dnnl_cpu_isa_avx512_core_amx, "AVX-512 with AMX"},
      {dnnl_cpu_isa_avx512_core_bf16, "AVX-512 with BF16"},
      {dnnl_cpu_isa_avx512_core_vnni, "AVX-512 with VNNI"},
      {dnnl_cpu_isa_avx512_core, "AVX-512"},
      {dnnl_cpu_isa_avx2_vnni, "AVX2 with VNNI"},
      {dnnl_cpu_isa_avx2, "AVX2"},
      {dnnl_cpu_isa_avx, "AVX"},
      {dnnl_cpu_isa_sse41, "SSE 4.1"},
  };
  const unsigned effective = dnnl_get_effective_cpu_isa();
  for (const auto &entry : known)
    if ((effective & entry.set) == static_cast<unsigned>(entry.set)) return entry.name;
  return "none of its own";
}
