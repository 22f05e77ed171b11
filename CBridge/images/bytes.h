// Reading numbers from a file's bytes without ever leaving them.
#pragma once

#include <cstring>
#include <string_view>

#include "guarded.h"

namespace dldetect {

/// Borrowed bytes of a file, or of its beginning.
struct Bytes {
  const uint8_t *data;
  size_t size;

  bool contains(size_t offset, size_t count) const {
    return offset <= size && count <= size - offset;
  }

  bool startsWith(std::string_view prefix, size_t offset = 0) const {
    return contains(offset, prefix.size()) &&
           std::memcmp(data + offset, prefix.data(), prefix.size()) == 0;
  }

  /// The part of `count` bytes at `offset`; throws where the data ends before.
  Bytes part(size_t offset, size_t count) const {
    if (!contains(offset, count)) throw Failure(CB_TRUNCATED, "the data ends early");
    return {data + offset, count};
  }

  /// An unsigned number of `count` bytes at `offset`.
  uint64_t number(size_t offset, int count, bool bigEndian) const {
    const Bytes digits = part(offset, count);
    uint64_t value = 0;
    for (int i = 0; i < count; ++i) value = value << 8 | digits.data[bigEndian ? i : count - 1 - i];
    return value;
  }

  uint32_t little16(size_t offset) const { return uint32_t(number(offset, 2, false)); }
  uint32_t little32(size_t offset) const { return uint32_t(number(offset, 4, false)); }
  uint32_t big16(size_t offset) const { return uint32_t(number(offset, 2, true)); }
  uint32_t big32(size_t offset) const { return uint32_t(number(offset, 4, true)); }
};

}  // namespace dldetect
