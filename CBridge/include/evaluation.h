// What an evaluation reads of COCO's two JSON formats: no masks, no names of pictures. See status.h
// for the rules of this boundary.
#ifndef CBRIDGE_EVALUATION_H
#define CBRIDGE_EVALUATION_H

#include "annotations.h"
#include "status.h"

#ifdef __cplusplus
extern "C" {
#endif

/// Images, categories and objects of an instances file.
typedef struct cb_truth cb_truth;

typedef struct cb_truth_object {
  double box[4];  // x, y, width, height in pixels
  double area;    // square pixels
  int64_t image_id, category_id;
  bool is_crowd;
} cb_truth_object;

/// Borrowed from the handle; lists are in the file's order, every entry is there.
typedef struct cb_truth_contents {
  const char *text;  // names of categories stand here
  const int64_t *image_ids;
  size_t image_count;
  const cb_coco_category *categories;
  size_t category_count;
  const cb_truth_object *objects;
  size_t object_count;
} cb_truth_contents;

/// CB_NOT_FOUND, or CB_UNREADABLE at the first entry that lacks something or holds another type,
/// which the message names. Free with cb_truth_destroy.
cb_status cb_truth_read(const char *path, cb_truth **out_truth, char *message, size_t capacity);
cb_truth_contents cb_truth_get_contents(const cb_truth *truth);
void cb_truth_destroy(cb_truth *truth);

/// The list of a results file.
typedef struct cb_results cb_results;

typedef struct cb_result {
  double box[4];  // x, y, width, height in pixels
  double score;
  int64_t image_id, category_id;
} cb_result;

/// Borrowed from the handle, in the file's order.
typedef struct cb_results_contents {
  const cb_result *results;
  size_t count;
} cb_results_contents;

/// As cb_truth_read. Free with cb_results_destroy.
cb_status cb_results_read(const char *path, cb_results **out_results, char *message,
                          size_t capacity);
cb_results_contents cb_results_get_contents(const cb_results *results);
void cb_results_destroy(cb_results *results);

#ifdef __cplusplus
}
#endif

#endif
