// COCO instances and results (cocodataset.org, "data format" and "results format"), as far as boxes
// are held against boxes.
#include "include/evaluation.h"

#include <algorithm>
#include <cstdio>
#include <memory>
#include <vector>

#include "annotations/json_fields.h"
#include "annotations/json_lists.h"

using namespace dldetect;

struct cb_truth {
  std::string text;
  std::vector<int64_t> images;
  std::vector<cb_coco_category> categories;
  std::vector<cb_truth_object> objects;
  /// Of annotations that have one, with their positions.
  std::vector<std::pair<int64_t, size_t>> ids;

  void requireOwnIDs();
};

struct cb_results {
  std::vector<cb_result> results;
};

namespace {

constexpr const char *instances = "COCO instances";
constexpr const char *results = "COCO results";

/// Exactly four numbers.
void takeBox(element value, double *box) {
  simdjson::dom::array sides;
  if (value.get(sides)) mistyped("bbox", value, "a list of four numbers");
  size_t count = 0;
  for (element side : sides) {
    if (count < 4) box[count] = number("bbox", side);
    ++count;
  }
  if (count != 4)
    throw Wrong("bbox holds " + std::to_string(count) +
                " numbers, expected 4: x, y, width, height");
}

/// A size or an area: no negative number.
void requireExtent(const std::string &what, double value) {
  if (value >= 0) return;
  char text[32];
  std::snprintf(text, sizeof text, "%g", value);
  throw Wrong(what + " is " + text + ", expected 0 or more");
}

void takeImage(const Fields &fields, cb_truth &truth) {
  int64_t id = 0;
  bool hasID = false;
  for (const auto field : fields) {
    if (field.key != "id") continue;
    id = integer(field.key, field.value);
    hasID = true;
  }
  Fields::require(hasID, "id", instances);
  truth.images.push_back(id);
}

void takeCategory(const Fields &fields, cb_truth &truth) {
  cb_coco_category category{};
  bool hasID = false, hasName = false;
  for (const auto field : fields) {
    const std::string_view key = field.key;
    if (key == "id") {
      category.id = integer(key, field.value);
      hasID = true;
    } else if (key == "name") {
      category.name = truth.text.size();
      truth.text.append(text(key, field.value));
      truth.text.push_back('\0');
      hasName = true;
    }
  }
  Fields::require(hasID, "id", instances);
  Fields::require(hasName, "name", instances);
  truth.categories.push_back(category);
}

void takeObject(const Fields &fields, size_t position, cb_truth &truth) {
  cb_truth_object object{};
  bool hasImage = false, hasCategory = false, hasBox = false, hasArea = false;
  for (const auto field : fields) {
    const std::string_view key = field.key;
    if (key == "image_id") {
      object.image_id = integer(key, field.value);
      hasImage = true;
    } else if (key == "category_id") {
      object.category_id = integer(key, field.value);
      hasCategory = true;
    } else if (key == "bbox") {
      takeBox(field.value, object.box);
      requireExtent("width of bbox", object.box[2]);
      requireExtent("height of bbox", object.box[3]);
      hasBox = true;
    } else if (key == "area") {
      object.area = number(key, field.value);
      requireExtent("area", object.area);
      hasArea = true;
    } else if (key == "id" && !field.value.is_null()) {
      truth.ids.emplace_back(integer(key, field.value), position);
    } else if (key == "iscrowd" && !field.value.is_null()) {
      object.is_crowd = flag(key, field.value);
    }
  }
  Fields::require(hasImage, "image_id", instances);
  Fields::require(hasCategory, "category_id", instances);
  Fields::require(hasBox, "bbox", instances);
  Fields::require(hasArea, "area", instances);
  truth.objects.push_back(object);
}

void takeResult(const Fields &fields, cb_results &list) {
  cb_result result{};
  bool hasImage = false, hasCategory = false, hasBox = false, hasScore = false;
  for (const auto field : fields) {
    const std::string_view key = field.key;
    if (key == "image_id") {
      result.image_id = integer(key, field.value);
      hasImage = true;
    } else if (key == "category_id") {
      result.category_id = integer(key, field.value);
      hasCategory = true;
    } else if (key == "bbox") {
      takeBox(field.value, result.box);
      hasBox = true;
    } else if (key == "score") {
      result.score = number(key, field.value);
      hasScore = true;
    }
  }
  Fields::require(hasImage, "image_id", results);
  Fields::require(hasCategory, "category_id", results);
  Fields::require(hasBox, "bbox", results);
  Fields::require(hasScore, "score", results);
  list.results.push_back(result);
}

/// Runs `take` on the fields of an entry; what is wrong with one is said with its place.
template <typename Take>
void taking(std::string_view list, size_t position, element entry, Take &&take) {
  try {
    take(Fields(entry));
  } catch (const Wrong &wrong) {
    int64_t id;
    const bool hasID = !entry["id"].get(id);
    throw Failure(CB_UNREADABLE, std::string(list) + "[" + std::to_string(position) + "]" +
                                     (hasID ? " (id " + std::to_string(id) + ")" : "") + " " +
                                     wrong.what());
  }
}

}  // namespace

/// Of two annotations of one id only the last is found by it, so that figures would depend on their
/// order.
void cb_truth::requireOwnIDs() {
  std::sort(ids.begin(), ids.end());
  const auto twice = std::adjacent_find(ids.begin(), ids.end(),
                                        [](auto &a, auto &b) { return a.first == b.first; });
  if (twice != ids.end())
    throw Failure(CB_UNREADABLE, "annotations[" + std::to_string((twice + 1)->second) +
                                     "] repeats the id " + std::to_string(twice->first) +
                                     ", which must be its own");
  ids = {};
}

cb_status cb_truth_read(const char *path, cb_truth **out_truth, char *message, size_t capacity) {
  return guarded(message, capacity, [&] {
    JSONSource source(path);
    auto truth = std::make_unique<cb_truth>();
    JSONLists(source).walk({"images", "categories", "annotations"},
                           [&](std::string_view list, size_t position, element entry) {
                             taking(list, position, entry, [&](const Fields &fields) {
                               if (list == "images") {
                                 takeImage(fields, *truth);
                               } else if (list == "categories") {
                                 takeCategory(fields, *truth);
                               } else {
                                 takeObject(fields, position, *truth);
                               }
                             });
                           });
    truth->requireOwnIDs();
    *out_truth = truth.release();
  });
}

cb_truth_contents cb_truth_get_contents(const cb_truth *truth) {
  return {.text = truth->text.data(),
          .image_ids = truth->images.data(),
          .image_count = truth->images.size(),
          .categories = truth->categories.data(),
          .category_count = truth->categories.size(),
          .objects = truth->objects.data(),
          .object_count = truth->objects.size()};
}

void cb_truth_destroy(cb_truth *truth) { delete truth; }

cb_status cb_results_read(const char *path, cb_results **out_results, char *message,
                          size_t capacity) {
  return guarded(message, capacity, [&] {
    JSONSource source(path);
    auto list = std::make_unique<cb_results>();
    JSONLists(source).walkList([&](std::string_view key, size_t position, element entry) {
      taking(key, position, entry, [&](const Fields &fields) { takeResult(fields, *list); });
    });
    *out_results = list.release();
  });
}

cb_results_contents cb_results_get_contents(const cb_results *results) {
  return {.results = results->results.data(), .count = results->results.size()};
}

void cb_results_destroy(cb_results *results) { delete results; }
