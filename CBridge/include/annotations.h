// Annotation files: COCO's JSON and Pascal VOC's XML. See status.h for the rules of this boundary.
#ifndef CBRIDGE_ANNOTATIONS_H
#define CBRIDGE_ANNOTATIONS_H

#include "status.h"

#ifdef __cplusplus
extern "C" {
#endif

/// What a COCO instances file says of images, categories and objects; masks are passed over.
typedef struct cb_coco cb_coco;

/// Text stands at an offset of cb_coco_contents.text and ends in a zero byte.
typedef struct cb_coco_image {
  int64_t id, width, height;
  size_t file_name;
} cb_coco_image;

typedef struct cb_coco_category {
  int64_t id;
  size_t name;
} cb_coco_category;

typedef struct cb_coco_object {
  double box[4];  // x, y, width, height in pixels, as far as there are so many
  double area;    // not a number where the file states none
  int64_t id, image_id, category_id;
  int32_t position;  // in the file's list
  uint8_t box_count;
  bool has_id, is_crowd, is_ignored;
} cb_coco_object;

/// An entry of the list of annotations that is none: what is wrong with it.
typedef struct cb_coco_problem {
  int64_t id, image_id;
  int32_t position;
  bool has_id, has_image_id;
  size_t text;
} cb_coco_problem;

/// Borrowed from the handle.
typedef struct cb_coco_contents {
  const char *text;
  const cb_coco_image *images;
  size_t image_count;
  const cb_coco_category *categories;
  size_t category_count;
  // Those of the first image, of the second and so on, each in the file's order; then those of
  // images that the file does not list.
  const cb_coco_object *objects;
  size_t object_count;
  const int32_t *first_objects;  // image_count + 1 of them
  const cb_coco_problem *problems;
  size_t problem_count;
} cb_coco_contents;

/// Reads a file in pieces: what is held is what the handle keeps. Ids of images and of categories
/// differ. Where `keeps_going` is false an entry that is none is CB_UNREADABLE, else it becomes a
/// problem; broken JSON, and lists or images that are none, are CB_UNREADABLE always. Messages name
/// list, position and id. Free with cb_coco_destroy.
cb_status cb_coco_read_file(const char *path, bool keeps_going, cb_coco **out_coco, char *message,
                            size_t capacity);
/// The same for `size` bytes at `data`.
cb_status cb_coco_read_bytes(const void *data, size_t size, bool keeps_going, cb_coco **out_coco,
                             char *message, size_t capacity);
cb_coco_contents cb_coco_get_contents(const cb_coco *coco);
/// Gives the memory of the objects before `end` back to the system; they must not be read again.
void cb_coco_release_objects(cb_coco *coco, size_t end);
void cb_coco_destroy(cb_coco *coco);

/// What a Pascal VOC annotation file says.
typedef struct cb_voc cb_voc;

typedef struct cb_voc_object {
  const char *name;
  double corners[4];  // xmin, ymin, xmax, ymax as written
  bool is_difficult;
  int64_t line;  // of the tag
} cb_voc_object;

/// Borrowed from the handle.
typedef struct cb_voc_contents {
  const char *file_name;  // NULL where there is none
  int64_t width, height;  // 0 where absent or less than 1
  const cb_voc_object *objects;
  size_t object_count;
} cb_voc_contents;

/// CB_NOT_FOUND, or CB_UNREADABLE with `out_line` set to the line of what is wrong. Free with
/// cb_voc_destroy.
cb_status cb_voc_read_file(const char *path, cb_voc **out_voc, int64_t *out_line, char *message,
                           size_t capacity);
cb_status cb_voc_read_bytes(const void *data, size_t size, cb_voc **out_voc, int64_t *out_line,
                            char *message, size_t capacity);
cb_voc_contents cb_voc_get_contents(const cb_voc *voc);
void cb_voc_destroy(cb_voc *voc);

#ifdef __cplusplus
}
#endif

#endif
