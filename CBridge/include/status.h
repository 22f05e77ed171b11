// The C boundary of dldetect's shim, stated once:
// - C only. A call that can fail returns a cb_status and, unless it is CB_OK, writes one lower-case
//   sentence into the caller's `message` buffer (borrowed for the call, always NUL-terminated, may
//   be NULL with capacity 0).
// - Results leave through `out_` parameters, which are written only on CB_OK.
// - Whoever receives a handle destroys it with the call named at its declaration.
// - Pointers passed in are borrowed for the call only.
// - No C++ exception leaves; no globals hold errors; nothing but handles needs freeing.
#ifndef CBRIDGE_STATUS_H
#define CBRIDGE_STATUS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef enum cb_status {
  CB_OK = 0,
  CB_INVALID_ARGUMENT = 1,
  CB_NOT_FOUND = 2,
  CB_UNREADABLE = 3,  // not a picture, or a kind that is not supported
  CB_TRUNCATED = 4,   // a picture whose data ends early or is damaged
  CB_WRITE_FAILED = 5,
  CB_OUT_OF_MEMORY = 6,
  CB_UNSUPPORTED = 7,  // the processor or the library lacks what was asked for
  CB_INTERNAL = 8,
} cb_status;

#ifdef __cplusplus
}
#endif

#endif
