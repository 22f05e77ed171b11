// The fields of one entry of a JSON list, each checked for its type.
#pragma once

#include <simdjson.h>

#include <cmath>
#include <stdexcept>
#include <string>
#include <string_view>

#include "annotations/json_lists.h"

namespace dldetect {

using simdjson::dom::element;

/// What is wrong with an entry.
struct Wrong : std::runtime_error {
  using std::runtime_error::runtime_error;
};

/// A value's text for a message: what it should be and is not.
[[noreturn]] inline void mistyped(std::string_view key, element value, const char *expected) {
  throw Wrong(std::string(key) + " is " + kind(value) + ", expected " + expected);
}

inline int64_t integer(std::string_view key, element value) {
  int64_t number;
  if (!value.get(number)) return number;
  // Some writers put a point behind every number.
  double real;
  constexpr double exact = 9007199254740992;  // 2^53
  if (!value.get(real)) {
    if (std::trunc(real) == real && std::abs(real) <= exact) return int64_t(real);
    throw Wrong(std::string(key) +
                " is a number with a fraction or too large, expected an integer");
  }
  mistyped(key, value, "an integer");
}

inline double number(std::string_view key, element value) {
  double real;
  if (!value.get(real)) return real;
  mistyped(key, value, "a number");
}

inline bool flag(std::string_view key, element value) {
  bool truth;
  if (!value.get(truth)) return truth;
  const int64_t number = integer(key, value);
  if (number != 0 && number != 1)
    throw Wrong(std::string(key) + " is " + std::to_string(number) + ", expected 0 or 1");
  return number == 1;
}

inline std::string_view text(std::string_view key, element value) {
  std::string_view text;
  if (value.get(text)) mistyped(key, value, "a string");
  if (text.find('\0') != std::string_view::npos)
    throw Wrong(std::string(key) + " holds a zero byte");
  return text;
}

/// The fields of an entry, each once.
class Fields {
 public:
  explicit Fields(element entry) {
    if (entry.get(object)) throw Wrong(std::string("is ") + kind(entry) + ", expected an object");
  }

  auto begin() const { return object.begin(); }
  auto end() const { return object.end(); }

  static void require(bool isThere, const char *key, const char *where = "COCO instances") {
    if (!isThere) throw Wrong(std::string("lacks '") + key + "', which " + where + " have");
  }

 private:
  simdjson::dom::object object;
};

}  // namespace dldetect
