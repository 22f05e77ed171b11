#include "annotations/json_lists.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>

namespace dldetect {
namespace {

/// Small enough for a processor's second cache, with what the parser makes of it.
constexpr size_t blockBytes = size_t{256} << 10;
/// Behind a document simdjson wants readable bytes; and one for a bracket put there.
constexpr size_t slack = simdjson::SIMDJSON_PADDING + 1;
/// A single entry longer than this is refused: no mask needs so much.
constexpr size_t longestEntry = size_t{1} << 30;

constexpr size_t notWhole = SIZE_MAX;

[[noreturn]] void fail(const std::string &text) { throw Failure(CB_UNREADABLE, text); }

/// Bytes at which the search for a container's end has to look.
constexpr std::array<bool, 256> marks = [] {
  std::array<bool, 256> table{};
  for (unsigned char c : {'"', '{', '}', '[', ']'}) table[c] = true;
  return table;
}();

bool isSpace(char c) { return c == ' ' || c == '\n' || c == '\r' || c == '\t'; }

/// One past the quote that ends a string, from behind its first quote on.
size_t stringEnd(const char *bytes, size_t at, size_t length) {
  for (size_t from = at;;) {
    const void *found = std::memchr(bytes + from, '"', length - from);
    if (!found) return notWhole;
    const size_t quote = size_t(static_cast<const char *>(found) - bytes);
    size_t first = quote;
    while (first > at && bytes[first - 1] == '\\') --first;
    // An even number of backslashes escape each other, not the quote.
    if ((quote - first) % 2 == 0) return quote + 1;
    from = quote + 1;
  }
}

std::string entryPlace(const std::string &key, size_t position) {
  return key + "[" + std::to_string(position) + "]";
}

/// A sentence for what simdjson says of `text`.
std::string reason(simdjson::error_code code, std::string_view text) {
  switch (code) {
    case simdjson::UTF8_ERROR:
      return "is not UTF-8";
    case simdjson::DEPTH_ERROR:
      return "is nested too deeply";
    case simdjson::MEMALLOC:
      throw std::bad_alloc();
    default:
      for (const char *word : {"NaN", "Infinity"})
        if (text.find(word) != std::string_view::npos)
          return std::string("is not JSON: there is no ") + word + " in it";
      if (code == simdjson::NUMBER_ERROR) return "is not JSON: a number is malformed or too large";
      if (code == simdjson::STRING_ERROR) return "is not JSON: a string is malformed";
      return "is not JSON";
  }
}

}  // namespace

std::string JSONLists::Place::text() const {
  if (!list) return "";
  return " in " + (isEntry ? entryPlace(*list, position) : *list);
}

const char *kind(simdjson::dom::element value) {
  switch (value.type()) {
    case simdjson::dom::element_type::ARRAY:
      return "a list";
    case simdjson::dom::element_type::OBJECT:
      return "an object";
    case simdjson::dom::element_type::STRING:
      return "a string";
    case simdjson::dom::element_type::BOOL:
      return "true or false";
    case simdjson::dom::element_type::NULL_VALUE:
      return "null";
    default:
      return "a number";
  }
}

JSONSource::JSONSource(const char *path) {
  file = open(path, O_RDONLY | O_CLOEXEC);
  if (file < 0)
    throw Failure(errno == ENOENT || errno == ENOTDIR ? CB_NOT_FOUND : CB_UNREADABLE,
                  std::string("cannot be read: ") + std::strerror(errno));
  posix_fadvise(file, 0, 0, POSIX_FADV_SEQUENTIAL);
}

JSONSource::~JSONSource() {
  if (file >= 0) close(file);
}

size_t JSONSource::read(char *target, size_t wanted) {
  if (file < 0) {
    const size_t count = std::min(wanted, left);
    if (count) std::memcpy(target, rest, count);
    rest += count;
    left -= count;
    return count;
  }
  for (;;) {
    const ssize_t count = ::read(file, target, wanted);
    if (count >= 0) return size_t(count);
    if (errno != EINTR) fail(std::string("cannot be read: ") + std::strerror(errno));
  }
}

JSONLists::JSONLists(JSONSource &source) : window(blockBytes + slack, ' '), source(source) {}

bool JSONLists::more(size_t keep) {
  std::memmove(window.data(), window.data() + keep, length - keep);
  length -= keep;
  if (length == window.size() - slack) {
    if (length >= longestEntry) fail("holds an entry of more than a gigabyte");
    window.resize(2 * length + slack, ' ');
  }
  const size_t count = source.read(window.data() + length, window.size() - slack - length);
  length += count;
  return count > 0;
}

char JSONLists::peek(size_t &at, const Place &place) {
  for (;;) {
    while (at < length && isSpace(window[at])) ++at;
    if (at < length) return window[at];
    // One byte before is kept: a bracket may be put there.
    const size_t keep = at > 0 ? at - 1 : 0;
    if (!more(keep)) fail("ends early" + place.text());
    at -= keep;
  }
}

size_t JSONLists::endInWindow(size_t at) const {
  const char *bytes = window.data();
  if (bytes[at] != '"' && bytes[at] != '{' && bytes[at] != '[') {
    for (; at < length; ++at)
      if (isSpace(bytes[at]) || bytes[at] == ',' || bytes[at] == '}' || bytes[at] == ']') return at;
    return notWhole;
  }
  for (size_t depth = 0;;) {
    while (at < length && !marks[static_cast<unsigned char>(bytes[at])]) ++at;
    if (at >= length) return notWhole;
    switch (bytes[at++]) {
      case '"':
        at = stringEnd(bytes, at, length);
        if (at == notWhole) return notWhole;
        break;
      case '{':
      case '[':
        ++depth;
        break;
      default:
        --depth;
    }
    if (depth == 0) return at;
  }
}

size_t JSONLists::valueEnd(size_t &at, const Place &place) {
  for (;;) {
    const size_t end = endInWindow(at);
    if (end != notWhole) return end;
    const size_t keep = at > 0 ? at - 1 : 0;
    if (!more(keep)) fail("ends early" + place.text());
    at -= keep;
  }
}

size_t JSONLists::begin() {
  if (!more(0)) fail("is empty");
  return std::string_view(window.data(), std::min<size_t>(length, 3)) == "\xEF\xBB\xBF" ? 3 : 0;
}

void JSONLists::walkList(const Take &take) {
  size_t at = begin();
  if (peek(at, {}) != '[') fail("is not a JSON list, expected [ at its beginning");
  requireEnd(walkList(at, "", take), ']');
}

void JSONLists::walk(const std::vector<std::string_view> &wanted, const Take &take) {
  size_t at = begin();
  if (peek(at, {}) != '{') fail("is not a JSON object, expected { at its beginning");
  ++at;
  std::vector<std::string> seen;
  for (bool isFirst = true;; isFirst = false) {
    if (isFirst && peek(at, {}) == '}') {
      ++at;
      break;
    }
    const std::string key = walkKey(at);
    const bool isWanted = std::find(wanted.begin(), wanted.end(), key) != wanted.end();
    if (isWanted && std::find(seen.begin(), seen.end(), key) != seen.end())
      fail("has '" + key + "' twice");
    seen.push_back(key);
    const Place place{&key};
    if (peek(at, place) == '[') {
      at = walkList(at, key, isWanted ? take : Take());
    } else {
      if (isWanted) fail("'" + key + "' is not a list");
      const size_t end = valueEnd(at, place);
      judgeValue(at, end, "'" + key + "'");
      at = end;
    }
    const char next = peek(at, place);
    ++at;
    if (next == '}') break;
    if (next != ',') fail("is not JSON: expected , or } after " + key);
  }
  requireEnd(at, '}');
  for (std::string_view key : wanted)
    if (std::find(seen.begin(), seen.end(), key) == seen.end())
      fail("lacks '" + std::string(key) + "', which COCO instances have");
}

/// A key and the colon behind it.
std::string JSONLists::walkKey(size_t &at) {
  if (peek(at, {}) != '"') fail("is not JSON: expected a key in quotes");
  const size_t end = valueEnd(at, {});
  const std::string key = window.substr(at + 1, end - at - 2);
  judgeValue(at, end, "a key");
  at = end;
  const Place place{&key};
  if (peek(at, place) != ':') fail("is not JSON: expected : after key '" + key + "'");
  ++at;
  return key;
}

void JSONLists::requireEnd(size_t at, char last) {
  for (;;) {
    for (; at < length; ++at)
      if (!isSpace(window[at])) fail(std::string("is not JSON: it goes on after its last ") + last);
    if (!more(length)) return;
    at = 0;
  }
}

/// Walks the list that begins at `at`; returns one past its end.
size_t JSONLists::walkList(size_t at, const std::string &key, const Take &take) {
  ++at;
  Place place{&key, true, 0};
  if (peek(at, place) == ']') return at + 1;
  for (;;) {
    size_t end = valueEnd(at, place), count = 1;
    // Those behind it that are whole in the window.
    for (size_t next; (next = nextInWindow(end)) != notWhole; ++count) end = next;
    takeEntries(at, end, place.position, count, key, take);
    place.position += count;
    at = end;
    const char next = peek(at, place);
    ++at;
    if (next == ']') return at;
    if (next != ',') fail("is not JSON: expected , or ] before " + entryPlace(key, place.position));
    peek(at, place);
  }
}

/// The end of the entry behind the one that ends at `at`.
size_t JSONLists::nextInWindow(size_t at) const {
  while (at < length && isSpace(window[at])) ++at;
  if (at == length || window[at] != ',') return notWhole;
  ++at;
  while (at < length && isSpace(window[at])) ++at;
  return at < length ? endInWindow(at) : notWhole;
}

void JSONLists::takeEntries(size_t first, size_t end, size_t position, size_t count,
                            const std::string &key, const Take &take) {
  // What stands around the entries gives way to brackets while they are read.
  const char before = window[first - 1], behind = window[end];
  window[first - 1] = '[';
  window[end] = ']';
  simdjson::dom::array entries;
  const auto error = parser.parse(window.data() + first - 1, end - first + 2, false).get(entries);
  window[first - 1] = before;
  window[end] = behind;
  if (error || entries.size() != count) failIn(first, end, position, key);
  if (!take) return;
  for (simdjson::dom::element entry : entries) take(key, position++, entry);
}

/// Finds which of the entries in the window is broken.
void JSONLists::failIn(size_t first, size_t end, size_t position, const std::string &key) {
  simdjson::dom::parser judge;
  for (size_t at = first; at < end; ++position) {
    const size_t last = std::min(end, endInWindow(at));
    const std::string_view text(window.data() + at, last - at);
    const auto error = judge.parse(text.data(), text.size()).error();
    if (error) fail(entryPlace(key, position) + " " + reason(error, text));
    at = last;
    while (at < end && (isSpace(window[at]) || window[at] == ',')) ++at;
  }
  fail("is not JSON: a comma is missing or one too many before " + entryPlace(key, position));
}

void JSONLists::judgeValue(size_t at, size_t end, const std::string &what) {
  const std::string_view text(window.data() + at, end - at);
  simdjson::dom::parser judge;
  if (const auto error = judge.parse(text.data(), text.size()).error())
    fail(what + " " + reason(error, text));
}

}  // namespace dldetect
