#include <opencv2/core.hpp>

#include "engine/team.h"
#include "include/engine.h"

extern "C" void openblas_set_num_threads(int count);

void cb_set_threads(int count) {
  omp_set_num_threads(count);
  openblas_set_num_threads(1);
  cv::setNumThreads(1);
}

int cb_threads(void) { return omp_get_max_threads(); }

void cb_parallel(size_t count, void (*body)(void *context, size_t index), void *context) {
  dldetect::parallelFor(count, [=](size_t index) { body(context, index); });
}
