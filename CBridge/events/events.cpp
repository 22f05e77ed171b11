// Abadi et al.: TensorFlow, tensorflow/core/lib/io/record_writer.h (framing, masked checksums),
// tensorflow/core/util/event.proto and framework/summary.proto (fields).
#include "include/events.h"

#include <isa-l/crc.h>

#include <cstdlib>
#include <cstring>
#include <protozero/pbf_writer.hpp>
#include <string>

#include "guarded.h"

namespace {

// Numbers of the fields.
namespace event {
constexpr protozero::pbf_tag_type wallTime = 1, step = 2, fileVersion = 3, summary = 5;
}
namespace summary {
constexpr protozero::pbf_tag_type value = 1;
}
namespace value {
constexpr protozero::pbf_tag_type tag = 1, simpleValue = 2;
}

constexpr size_t lengthBytes = 8, checksumBytes = 4;
constexpr size_t framing = lengthBytes + 2 * checksumBytes;

/// So that the checksum of what holds checksums is none of those.
uint32_t masked(const void *data, size_t size) {
  const uint32_t checksum = cb_crc32c(data, size);
  return (checksum >> 15 | checksum << 17) + 0xa282ead8u;
}

void appendLittleEndian(std::string &bytes, uint64_t number, size_t count) {
  for (size_t index = 0; index < count; ++index)
    bytes.push_back(static_cast<char>(number >> 8 * index));
}

uint64_t littleEndian(const uint8_t *bytes, size_t count) {
  uint64_t number = 0;
  for (size_t index = 0; index < count; ++index) number |= uint64_t{bytes[index]} << 8 * index;
  return number;
}

/// Length, its checksum, the event, its checksum.
std::string record(const std::string &event) {
  std::string bytes;
  appendLittleEndian(bytes, event.size(), lengthBytes);
  appendLittleEndian(bytes, masked(bytes.data(), lengthBytes), checksumBytes);
  bytes += event;
  appendLittleEndian(bytes, masked(event.data(), event.size()), checksumBytes);
  return bytes;
}

void hand(const std::string &bytes, uint8_t **out_data, size_t *out_size) {
  auto *data = static_cast<uint8_t *>(std::malloc(bytes.size()));
  if (!data) throw std::bad_alloc();
  std::memcpy(data, bytes.data(), bytes.size());
  *out_data = data;
  *out_size = bytes.size();
}

/// Of the record at `bytes`, framing included; 0 unless it is whole and undamaged.
size_t recordBytes(const uint8_t *bytes, size_t size) {
  if (size < framing) return 0;
  const uint64_t length = littleEndian(bytes, lengthBytes);
  if (length > size - framing) return 0;
  const uint8_t *checksum = bytes + lengthBytes, *event = checksum + checksumBytes;
  if (littleEndian(checksum, checksumBytes) != masked(bytes, lengthBytes)) return 0;
  if (littleEndian(event + length, checksumBytes) != masked(event, length)) return 0;
  return framing + length;
}

}  // namespace

uint32_t cb_crc32c(const void *data, size_t size) {
  auto *bytes = static_cast<unsigned char *>(const_cast<void *>(data));
  uint32_t checksum = 0xffffffffu;
  // The library counts in int.
  for (constexpr size_t piece = 1 << 30; size > 0;) {
    const size_t count = size < piece ? size : piece;
    checksum = crc32_iscsi(bytes, static_cast<int>(count), checksum);
    bytes += count;
    size -= count;
  }
  return ~checksum;
}

cb_status cb_event_header(double wall_time, uint8_t **out_data, size_t *out_size, char *message,
                          size_t capacity) {
  return dldetect::guarded(message, capacity, [&] {
    std::string bytes;
    protozero::pbf_writer writer(bytes);
    writer.add_double(event::wallTime, wall_time);
    writer.add_string(event::fileVersion, "brain.Event:2");
    hand(record(bytes), out_data, out_size);
  });
}

cb_status cb_event_scalars(double wall_time, int64_t step, const cb_scalar *scalars, size_t count,
                           uint8_t **out_data, size_t *out_size, char *message, size_t capacity) {
  return dldetect::guarded(message, capacity, [&] {
    std::string bytes;
    protozero::pbf_writer writer(bytes);
    writer.add_double(event::wallTime, wall_time);
    writer.add_int64(event::step, step);
    {
      protozero::pbf_writer list(writer, event::summary);
      for (size_t index = 0; index < count; ++index) {
        protozero::pbf_writer entry(list, summary::value);
        entry.add_string(value::tag, scalars[index].tag);
        entry.add_float(value::simpleValue, scalars[index].value);
      }
    }
    hand(record(bytes), out_data, out_size);
  });
}

size_t cb_event_extent(const void *data, size_t size, size_t most, size_t *out_records) {
  const auto *bytes = static_cast<const uint8_t *>(data);
  size_t extent = 0, records = 0;
  while (records < most) {
    const size_t count = recordBytes(bytes + extent, size - extent);
    if (count == 0) break;
    extent += count;
    ++records;
  }
  *out_records = records;
  return extent;
}
