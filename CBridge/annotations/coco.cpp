// COCO instances (Lin et al.: Microsoft COCO, ECCV 2014; cocodataset.org, "data format"), read into
// plain arrays.
#include <sys/mman.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <memory>

#include "annotations/json_fields.h"
#include "annotations/json_lists.h"
#include "include/annotations.h"

namespace dldetect {
namespace {

/// Values in pages of their own: it grows without a copy, and its beginning can be given back.
template <typename Value>
class Pages {
 public:
  Pages() = default;
  ~Pages() {
    if (values) munmap(values, capacity * sizeof(Value));
  }
  Pages(const Pages &) = delete;
  Pages &operator=(const Pages &) = delete;

  Value *begin() { return values; }
  const Value *begin() const { return values; }
  size_t size() const { return count; }
  Value &operator[](size_t index) { return values[index]; }

  void add(const Value &value) {
    if (count == capacity) grow();
    values[count++] = value;
  }

  /// Gives back the whole pages before `end`.
  void release(size_t end) {
    const size_t bytes = end * sizeof(Value) / pageBytes * pageBytes;
    if (bytes <= released) return;
    madvise(reinterpret_cast<char *>(values) + released, bytes - released, MADV_DONTNEED);
    released = bytes;
  }

 private:
  static constexpr size_t pageBytes = 4096;

  Value *values = nullptr;
  size_t count = 0, capacity = 0, released = 0;

  void grow() {
    const size_t wanted = capacity ? 2 * capacity : pageBytes;
    void *moved =
        values ? mremap(values, capacity * sizeof(Value), wanted * sizeof(Value), MREMAP_MAYMOVE)
               : mmap(nullptr, wanted * sizeof(Value), PROT_READ | PROT_WRITE,
                      MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (moved == MAP_FAILED) throw std::bad_alloc();
    values = static_cast<Value *>(moved);
    capacity = wanted;
  }
};

}  // namespace
}  // namespace dldetect

using namespace dldetect;

struct cb_coco {
  std::string text;
  std::vector<cb_coco_image> images;
  std::vector<cb_coco_category> categories;
  Pages<cb_coco_object> objects;
  std::vector<int32_t> firstObjects;
  std::vector<cb_coco_problem> problems;

  void read(JSONSource &source, bool keepsGoing);

 private:
  void take(std::string_view list, size_t position, element entry, bool keepsGoing);
  void takeImage(const Fields &fields);
  void takeCategory(const Fields &fields);
  void takeObject(const Fields &fields, size_t position);
  void refuse(std::string_view list, size_t position, element entry, const char *reason,
              bool keepsGoing);
  size_t keep(std::string_view words);
  void sortObjects();
};

void cb_coco::read(JSONSource &source, bool keepsGoing) {
  JSONLists lists(source);
  lists.walk({"images", "annotations", "categories"},
             [&](std::string_view list, size_t position, element entry) {
               take(list, position, entry, keepsGoing);
             });
  sortObjects();
}

void cb_coco::take(std::string_view list, size_t position, element entry, bool keepsGoing) {
  try {
    const Fields fields(entry);
    if (list == "images")
      takeImage(fields);
    else if (list == "categories")
      takeCategory(fields);
    else
      takeObject(fields, position);
  } catch (const Wrong &wrong) {
    refuse(list, position, entry, wrong.what(), keepsGoing && list == "annotations");
  }
}

void cb_coco::takeImage(const Fields &fields) {
  cb_coco_image image{};
  bool hasID = false, hasName = false, hasWidth = false, hasHeight = false;
  for (const auto field : fields) {
    const std::string_view key = field.key;
    if (key == "id") {
      image.id = integer(key, field.value);
      hasID = true;
    } else if (key == "width") {
      image.width = integer(key, field.value);
      hasWidth = true;
    } else if (key == "height") {
      image.height = integer(key, field.value);
      hasHeight = true;
    } else if (key == "file_name") {
      image.file_name = keep(dldetect::text(key, field.value));
      hasName = true;
    }
  }
  Fields::require(hasID, "id");
  Fields::require(hasName, "file_name");
  Fields::require(hasWidth, "width");
  Fields::require(hasHeight, "height");
  images.push_back(image);
}

void cb_coco::takeCategory(const Fields &fields) {
  cb_coco_category category{};
  bool hasID = false, hasName = false;
  for (const auto field : fields) {
    const std::string_view key = field.key;
    if (key == "id") {
      category.id = integer(key, field.value);
      hasID = true;
    } else if (key == "name") {
      category.name = keep(dldetect::text(key, field.value));
      hasName = true;
    }
  }
  Fields::require(hasID, "id");
  Fields::require(hasName, "name");
  categories.push_back(category);
}

void cb_coco::takeObject(const Fields &fields, size_t position) {
  if (position > size_t(std::numeric_limits<int32_t>::max()))
    throw Failure(CB_UNREADABLE, "has more than 2^31 annotations");
  cb_coco_object object{};
  object.area = std::numeric_limits<double>::quiet_NaN();
  object.position = int32_t(position);
  bool hasImage = false, hasCategory = false, hasBox = false;
  for (const auto field : fields) {
    const std::string_view key = field.key;
    if (key == "segmentation") continue;
    const bool isNull = field.value.is_null();
    if (key == "id" && !isNull) {
      object.id = integer(key, field.value);
      object.has_id = true;
    } else if (key == "image_id") {
      object.image_id = integer(key, field.value);
      hasImage = true;
    } else if (key == "category_id") {
      object.category_id = integer(key, field.value);
      hasCategory = true;
    } else if (key == "bbox") {
      simdjson::dom::array sides;
      if (field.value.get(sides)) mistyped(key, field.value, "a list of four numbers");
      object.box_count = 0;
      for (element side : sides) {
        if (object.box_count < 4) object.box[object.box_count] = number(key, side);
        object.box_count = uint8_t(std::min(object.box_count + 1, 255));
      }
      hasBox = true;
    } else if (key == "area" && !isNull) {
      object.area = number(key, field.value);
    } else if (key == "iscrowd" && !isNull) {
      object.is_crowd = flag(key, field.value);
    } else if (key == "ignore" && !isNull) {
      object.is_ignored = flag(key, field.value);
    }
  }
  Fields::require(hasImage, "image_id");
  Fields::require(hasCategory, "category_id");
  Fields::require(hasBox, "bbox");
  objects.add(object);
}

/// Throws what is wrong with an entry, or keeps it.
void cb_coco::refuse(std::string_view list, size_t position, element entry, const char *reason,
                     bool keepsGoing) {
  cb_coco_problem problem{};
  problem.position = int32_t(position);
  problem.has_id = !entry["id"].get(problem.id);
  problem.has_image_id = !entry["image_id"].get(problem.image_id);
  if (keepsGoing) {
    problem.text = keep(reason);
    problems.push_back(problem);
    return;
  }
  const std::string id = problem.has_id ? " (id " + std::to_string(problem.id) + ")" : "";
  throw Failure(CB_UNREADABLE,
                std::string(list) + "[" + std::to_string(position) + "]" + id + ": " + reason);
}

size_t cb_coco::keep(std::string_view words) {
  const size_t start = text.size();
  text.append(words);
  text.push_back('\0');
  return start;
}

namespace {

/// Ids in order with their places; throws where two are equal.
template <typename Entry>
std::vector<std::pair<int64_t, int32_t>> placesByID(const std::vector<Entry> &entries,
                                                    const char *what) {
  std::vector<std::pair<int64_t, int32_t>> places;
  places.reserve(entries.size());
  for (const Entry &entry : entries) places.emplace_back(entry.id, int32_t(places.size()));
  std::sort(places.begin(), places.end());
  const auto twice = std::adjacent_find(places.begin(), places.end(),
                                        [](auto &a, auto &b) { return a.first == b.first; });
  if (twice != places.end())
    throw Failure(CB_UNREADABLE, std::string(what) + " id " + std::to_string(twice->first) +
                                     " stands here twice, ids must differ");
  return places;
}

}  // namespace

/// Moves every object to its image's in place, those of one image in the file's order: a counting
/// sort that follows each chain of moves to its end.
void cb_coco::sortObjects() {
  placesByID(categories, "category");
  const auto places = placesByID(images, "image");
  std::vector<int32_t> target(objects.size());
  firstObjects.assign(images.size() + 2, 0);
  for (size_t i = 0; i < objects.size(); ++i) {
    const int64_t id = objects[i].image_id;
    const auto found = std::lower_bound(places.begin(), places.end(), std::pair(id, int32_t{0}));
    const bool isKnown = found != places.end() && found->first == id;
    target[i] = isKnown ? found->second : int32_t(images.size());
    ++firstObjects[size_t(target[i]) + 1];
  }
  for (size_t i = 1; i < firstObjects.size(); ++i) firstObjects[i] += firstObjects[i - 1];
  std::vector<int32_t> next(firstObjects.begin(), firstObjects.end());
  for (int32_t &place : target) place = next[size_t(place)]++;
  for (size_t i = 0; i < target.size(); ++i) {
    while (size_t(target[i]) != i) {
      const size_t to = size_t(target[i]);
      std::swap(objects[i], objects[to]);
      std::swap(target[i], target[to]);
    }
  }
  firstObjects.pop_back();
}

cb_status cb_coco_read_file(const char *path, bool keeps_going, cb_coco **out_coco, char *message,
                            size_t capacity) {
  return guarded(message, capacity, [&] {
    JSONSource source(path);
    auto coco = std::make_unique<cb_coco>();
    coco->read(source, keeps_going);
    *out_coco = coco.release();
  });
}

cb_status cb_coco_read_bytes(const void *data, size_t size, bool keeps_going, cb_coco **out_coco,
                             char *message, size_t capacity) {
  return guarded(message, capacity, [&] {
    JSONSource source(data, size);
    auto coco = std::make_unique<cb_coco>();
    coco->read(source, keeps_going);
    *out_coco = coco.release();
  });
}

cb_coco_contents cb_coco_get_contents(const cb_coco *coco) {
  return {.text = coco->text.data(),
          .images = coco->images.data(),
          .image_count = coco->images.size(),
          .categories = coco->categories.data(),
          .category_count = coco->categories.size(),
          .objects = coco->objects.begin(),
          .object_count = coco->objects.size(),
          .first_objects = coco->firstObjects.data(),
          .problems = coco->problems.data(),
          .problem_count = coco->problems.size()};
}

void cb_coco_release_objects(cb_coco *coco, size_t end) { coco->objects.release(end); }

void cb_coco_destroy(cb_coco *coco) { delete coco; }
