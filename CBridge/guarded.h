// Turns C++ exceptions into a status and a message at the C boundary.
#pragma once

#include <cstdio>
#include <exception>
#include <new>
#include <stdexcept>
#include <string>

#include "include/status.h"

namespace dldetect {

/// A failure with the status that the caller shall see.
struct Failure : std::runtime_error {
  cb_status status;
  Failure(cb_status status, const std::string &message)
      : std::runtime_error(message), status(status) {}
};

/// Texts out of files and libraries may hold ends of lines: a message is one line.
inline void writeMessage(char *message, size_t capacity, const char *text) {
  if (!message || !capacity) return;
  std::snprintf(message, capacity, "%s", text);
  for (char *c = message; *c; ++c)
    if (static_cast<unsigned char>(*c) < ' ' || *c == 0x7F) *c = ' ';
}

template <typename Body>
cb_status guarded(char *message, size_t capacity, Body &&body) noexcept {
  try {
    body();
    return CB_OK;
  } catch (const Failure &failure) {
    writeMessage(message, capacity, failure.what());
    return failure.status;
  } catch (const std::bad_alloc &) {
    writeMessage(message, capacity, "out of memory");
    return CB_OUT_OF_MEMORY;
  } catch (const std::exception &error) {
    writeMessage(message, capacity, error.what());
    return CB_INTERNAL;
  } catch (...) {
    writeMessage(message, capacity, "unknown failure");
    return CB_INTERNAL;
  }
}

}  // namespace dldetect
