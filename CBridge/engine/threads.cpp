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
