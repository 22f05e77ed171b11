// The engine's thread team: libgomp's, shared with oneDNN.
//
// clang's -fopenmp would bring a second runtime with a second pool; libgomp's own entry point is
// plain C and uses the pool that is there.
#pragma once

#include <algorithm>
#include <cstddef>

extern "C" {
void GOMP_parallel(void (*body)(void *), void *data, unsigned threads, unsigned flags);
int omp_get_thread_num(void);
int omp_get_max_threads(void);
int omp_get_num_threads(void);
void omp_set_num_threads(int);
}

namespace dldetect {

/// Runs body(part, parts) once on each thread of the team.
template <typename Body>
inline void onTeam(const Body &body) {
  GOMP_parallel(
      [](void *data) {
        (*static_cast<const Body *>(data))(omp_get_thread_num(), omp_get_num_threads());
      },
      const_cast<Body *>(&body), 0, 0);
}

struct Range {
  size_t begin, end;
};

/// The share of `count` items that falls to `part` of `parts`: contiguous, sizes differ by one.
inline Range share(size_t count, int part, int parts) {
  const size_t base = count / parts, rest = count % parts;
  const size_t begin = part * base + std::min<size_t>(part, rest);
  return {begin, begin + base + (static_cast<size_t>(part) < rest ? 1 : 0)};
}

/// Runs body(index) for 0 ..< count over the team, in contiguous shares.
template <typename Body>
inline void parallelFor(size_t count, const Body &body) {
  onTeam([&](int part, int parts) {
    const Range range = share(count, part, parts);
    for (size_t index = range.begin; index < range.end; ++index) body(index);
  });
}

}  // namespace dldetect
