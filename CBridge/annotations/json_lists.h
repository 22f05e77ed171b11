// Walks the lists of a JSON document that is too large to hold: one object whose values are mostly
// long lists of small entries, as COCO's files are.
#pragma once

#include <simdjson.h>

#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "guarded.h"

namespace dldetect {

/// A file or bytes in memory, read from its beginning to its end.
class JSONSource {
 public:
  explicit JSONSource(const char *path);
  JSONSource(const void *data, size_t size) : rest(static_cast<const char *>(data)), left(size) {}
  ~JSONSource();
  JSONSource(const JSONSource &) = delete;
  JSONSource &operator=(const JSONSource &) = delete;

  /// Up to `wanted` bytes; 0 at the end.
  size_t read(char *target, size_t wanted);

 private:
  int file = -1;
  const char *rest = nullptr;
  size_t left = 0;
};

/// Hands out the entries of the document's lists, a few hundred kilobytes of them in memory at a
/// time. simdjson judges and reads every byte of them; here only their ends are looked for.
class JSONLists {
 public:
  /// `take` gets each entry, with its list's key and its position there.
  using Take =
      std::function<void(std::string_view list, size_t position, simdjson::dom::element entry)>;

  explicit JSONLists(JSONSource &source);

  /// Walks the whole document. Throws CB_UNREADABLE where it is no JSON object, and where one of
  /// `wanted` is missing, stands there twice or is no list.
  void walk(const std::vector<std::string_view> &wanted, const Take &take);
  /// Walks a document that is one list; its key is empty. Throws CB_UNREADABLE where it is none.
  void walkList(const Take &take);

 private:
  /// Bytes of the document; all positions are in it.
  std::string window;
  size_t length = 0;
  JSONSource &source;
  simdjson::dom::parser parser;

  /// For messages; made into text when there is one.
  struct Place {
    const std::string *list = nullptr;
    bool isEntry = false;
    size_t position = 0;

    std::string text() const;
  };

  /// Gives up the bytes before `keep` and reads more; false at the end. Positions move by `keep`.
  bool more(size_t keep);
  /// The next byte that is no white space, from `at` on; throws at the end.
  char peek(size_t &at, const Place &place);
  /// One past the last byte of the value that begins at `at`; SIZE_MAX where the window ends
  /// before.
  size_t endInWindow(size_t at) const;
  size_t nextInWindow(size_t at) const;
  /// The same, with as much read as it takes; `at` moves with the window.
  size_t valueEnd(size_t &at, const Place &place);
  /// Where the document begins, behind a byte order mark.
  size_t begin();
  std::string walkKey(size_t &at);
  /// Throws where anything follows; `last` is the bracket that closed the document.
  void requireEnd(size_t at, char last);
  size_t walkList(size_t at, const std::string &key, const Take &take);
  void takeEntries(size_t first, size_t end, size_t position, size_t count, const std::string &key,
                   const Take &take);
  [[noreturn]] void failIn(size_t first, size_t end, size_t position, const std::string &key);
  void judgeValue(size_t at, size_t end, const std::string &what);
};

/// "a number", "an object" and so on.
const char *kind(simdjson::dom::element value);

}  // namespace dldetect
