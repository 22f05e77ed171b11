// Regions cut out of feature maps and brought to the same number of bins, on the engine's thread
// team. Layouts are those of kernels.h. See status.h for the rules of this boundary.
//
// A region is five numbers: the index of its feature map, and left, top, right, bottom in pixels. A
// slot whose index is no feature map's is empty, as is one with an edge that is no finite number:
// its result is zero, and it gives no gradient.
#ifndef CBRIDGE_REGIONS_H
#define CBRIDGE_REGIONS_H

#include "kernels.h"

#ifdef __cplusplus
extern "C" {
#endif

/// A feature map, all of whose channels fill whole blocks, or its gradient.
typedef struct cb_region_map {
  cb_extent extent;
  cb_view view;
  int stride;  // pixels to a cell
} cb_region_map;

typedef struct cb_regions {
  const cb_region_map *maps;  // of equal batch, blocks and type
  int map_count;
  const float *regions;  // plain [N, 5, capacity]
  int capacity;
  int bins_height, bins_width;
} cb_regions;

/// Mean of bilinear samples in each bin: He et al.: Mask R-CNN, ICCV 2017, §3. `y` is
/// [N, bins·blocks, capacity, b], bins slowest.
///
/// - samples: along each axis of a bin; 0: as many as it has cells, rounded up.
/// - aligned: whether edges are half a cell further up and left; without it regions are at least a
///   cell large.
void cb_region_align_forward(cb_regions regions, int samples, bool aligned, cb_view y);

/// Floats of scratch that the backward passes need: none for gradients in f32.
size_t cb_region_scratch(cb_regions regions);

/// Writes the gradients of all maps; those with NULL data are left out.
void cb_region_align_backward(cb_regions regions, int samples, bool aligned, cb_view dy,
                              float *scratch);

/// Maximum of the cells that each bin touches, edges rounded to cells: Girshick: Fast R-CNN, ICCV
/// 2015, §2.1. `winners`, [N, bins·blocks, capacity, b], receives which cell it was, the first in
/// reading order, -1 for an empty bin; NULL where no gradient is wanted.
void cb_region_max_forward(cb_regions regions, cb_view y, int32_t *winners);
void cb_region_max_backward(cb_regions regions, const int32_t *winners, cb_view dy, float *scratch);

#ifdef __cplusplus
}
#endif

#endif
