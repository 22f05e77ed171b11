// TensorBoard's event files: records of TFRecord's framing, each an Event of protocol buffers. See
// status.h for the rules of this boundary.
#ifndef CBRIDGE_EVENTS_H
#define CBRIDGE_EVENTS_H

#include "status.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef struct cb_scalar {
  const char *tag;
  float value;
} cb_scalar;

/// The record that a file begins with. `wall_time` in seconds since 1970. Free with
/// cb_bytes_destroy.
cb_status cb_event_header(double wall_time, uint8_t **out_data, size_t *out_size, char *message,
                          size_t capacity);
/// A record of scalars at a step.
cb_status cb_event_scalars(double wall_time, int64_t step, const cb_scalar *scalars, size_t count,
                           uint8_t **out_data, size_t *out_size, char *message, size_t capacity);

/// Bytes of the whole and undamaged records, at most `most` of them, that `data` begins with;
/// `out_records` is their number.
size_t cb_event_extent(const void *data, size_t size, size_t most, size_t *out_records);

/// CRC-32C (Castagnoli), as RFC 3720 has it.
uint32_t cb_crc32c(const void *data, size_t size);

#ifdef __cplusplus
}
#endif

#endif
