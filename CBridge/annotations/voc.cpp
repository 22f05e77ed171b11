// Pascal VOC annotations (Everingham et al.: The PASCAL Visual Object Classes Challenge,
// development kit) by expat.
#include <expat.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <charconv>
#include <cmath>
#include <cstring>
#include <memory>
#include <optional>
#include <string_view>
#include <vector>

#include "guarded.h"
#include "include/annotations.h"

struct cb_voc {
  std::string fileName;
  bool hasFileName = false;
  int64_t width = 0, height = 0;
  std::vector<std::string> names;
  std::vector<cb_voc_object> objects;
};

namespace dldetect {
namespace {

constexpr size_t largestFile = size_t{256} << 20;

struct Close {
  void operator()(XML_Parser parser) const { XML_ParserFree(parser); }
};

std::string_view trimmed(std::string_view text) {
  constexpr std::string_view space = " \t\r\n";
  const size_t first = text.find_first_not_of(space);
  if (first == text.npos) return {};
  return text.substr(first, text.find_last_not_of(space) - first + 1);
}

std::optional<double> parsed(std::string_view text) {
  if (text.starts_with('+')) text.remove_prefix(1);
  double value;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size() || !std::isfinite(value)) return {};
  return value;
}

/// Follows the parser's events; elements of no interest pass by.
class Reader {
 public:
  Reader() : parser(XML_ParserCreate(nullptr)), result(std::make_unique<cb_voc>()) {
    if (!parser) throw std::bad_alloc();
    XML_SetUserData(parser.get(), this);
    XML_SetElementHandler(parser.get(), begin, end);
    XML_SetCharacterDataHandler(parser.get(), characters);
  }

  std::unique_ptr<cb_voc> read(const char *data, size_t size, int64_t &line) {
    const XML_Status status = XML_Parse(parser.get(), data, int(size), XML_TRUE);
    if (outOfMemory) throw std::bad_alloc();
    if (!problem.empty()) {
      line = problemLine;
      throw Failure(CB_UNREADABLE, problem);
    }
    if (status != XML_STATUS_OK) {
      line = std::max<int64_t>(1, int64_t(XML_GetCurrentLineNumber(parser.get())));
      const XML_Error error = XML_GetErrorCode(parser.get());
      if (error == XML_ERROR_UNKNOWN_ENCODING)
        throw Failure(
            CB_UNREADABLE,
            "the XML's encoding is none of UTF-8, UTF-16, ISO-8859-1 and ASCII; convert it "
            "to UTF-8");
      throw Failure(CB_UNREADABLE,
                    std::string("the XML is broken or ends early here: ") + XML_ErrorString(error));
    }
    for (size_t i = 0; i < result->objects.size(); ++i)
      result->objects[i].name = result->names[i].c_str();
    return std::move(result);
  }

 private:
  std::unique_ptr<std::remove_pointer_t<XML_Parser>, Close> parser;
  std::unique_ptr<cb_voc> result;
  std::string path;  // of elements below the root, each behind a slash
  size_t depth = 0;
  std::string text;
  cb_voc_object object{};
  std::string name;
  bool isInObject = false;
  bool hasCorner[4]{};
  std::string problem;
  int64_t problemLine = 1;
  bool outOfMemory = false;

  int64_t line() const { return int64_t(XML_GetCurrentLineNumber(parser.get())); }

  void fail(const std::string &what) {
    if (!problem.empty()) return;
    problem = what;
    problemLine = line();
    XML_StopParser(parser.get(), XML_FALSE);
  }

  /// Exceptions must not cross expat.
  template <typename Body>
  static void safely(void *user, Body &&body) {
    auto *reader = static_cast<Reader *>(user);
    try {
      body(*reader);
    } catch (...) {
      reader->outOfMemory = true;
      XML_StopParser(reader->parser.get(), XML_FALSE);
    }
  }

  static void begin(void *user, const XML_Char *tag, const XML_Char **) {
    safely(user, [&](Reader &r) { r.begin(tag); });
  }
  static void end(void *user, const XML_Char *tag) {
    safely(user, [&](Reader &r) { r.end(tag); });
  }
  static void characters(void *user, const XML_Char *text, int count) {
    safely(user, [&](Reader &r) { r.text.append(text, size_t(count)); });
  }

  void begin(std::string_view tag) {
    if (depth == 0 && tag != "annotation")
      fail("the root element is <" + std::string(tag) + ">, expected <annotation>");
    if (depth++ > 0) path.append("/").append(tag);
    text.clear();
    if (path == "/object") {
      object = {.line = line()};
      name.clear();
      std::memset(hasCorner, 0, sizeof hasCorner);
      isInObject = true;
    }
  }

  void end(std::string_view tag) {
    const std::string_view value = trimmed(text);
    if (path == "/filename") {
      result->hasFileName = !value.empty();
      result->fileName = value;
    } else if (path == "/size/width") {
      result->width = side(value, tag);
    } else if (path == "/size/height") {
      result->height = side(value, tag);
    } else if (path == "/object") {
      finishObject();
    } else if (isInObject) {
      endInObject(tag, value);
    }
    if (--depth > 0) path.resize(path.size() - tag.size() - 1);
    text.clear();
  }

  void endInObject(std::string_view tag, std::string_view value) {
    constexpr std::string_view corners[] = {"/object/bndbox/xmin", "/object/bndbox/ymin",
                                            "/object/bndbox/xmax", "/object/bndbox/ymax"};
    if (path == "/object/name") name = value;
    if (path == "/object/difficult") object.is_difficult = value == "1";
    for (int i = 0; i < 4; ++i) {
      if (path != corners[i]) continue;
      const auto number = parsed(value);
      if (!number) return fail(expectation(tag, value));
      object.corners[i] = *number;
      hasCorner[i] = true;
    }
  }

  static std::string expectation(std::string_view tag, std::string_view value) {
    constexpr size_t most = 60;
    return "<" + std::string(tag) + "> is '" + std::string(value.substr(0, most)) +
           "', expected a number of pixels";
  }

  int64_t side(std::string_view value, std::string_view tag) {
    const auto number = parsed(value);
    if (!number || *number < 0 || *number >= 1e6) {
      fail(expectation(tag, value));
      return 0;
    }
    return int64_t(*number);
  }

  void finishObject() {
    isInObject = false;
    if (name.empty()) fail("an <object> has no <name>");
    if (!(hasCorner[0] && hasCorner[1] && hasCorner[2] && hasCorner[3]))
      fail("an <object> lacks one of <xmin>, <ymin>, <xmax>, <ymax> in its <bndbox>");
    result->names.push_back(name);
    result->objects.push_back(object);
  }
};

std::string readWhole(const char *path) {
  const int file = open(path, O_RDONLY | O_CLOEXEC);
  if (file < 0)
    throw Failure(errno == ENOENT || errno == ENOTDIR ? CB_NOT_FOUND : CB_UNREADABLE,
                  std::string("cannot be read: ") + std::strerror(errno));
  std::string bytes(size_t{8} << 10, '\0');
  size_t length = 0;
  ssize_t count;
  while ((count = ::read(file, bytes.data() + length, bytes.size() - length)) != 0) {
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) break;
    length += size_t(count);
    if (length > largestFile) break;
    if (length == bytes.size()) bytes.resize(4 * length);
  }
  const int reason = errno;
  close(file);
  if (count < 0)
    throw Failure(CB_UNREADABLE, std::string("cannot be read: ") + std::strerror(reason));
  if (length > largestFile) throw Failure(CB_UNREADABLE, "is larger than 256 MiB");
  bytes.resize(length);
  return bytes;
}

}  // namespace
}  // namespace dldetect

using namespace dldetect;

cb_status cb_voc_read_file(const char *path, cb_voc **out_voc, int64_t *out_line, char *message,
                           size_t capacity) {
  int64_t line = 1;
  const cb_status status = guarded(message, capacity, [&] {
    const std::string bytes = readWhole(path);
    *out_voc = Reader().read(bytes.data(), bytes.size(), line).release();
  });
  *out_line = line;
  return status;
}

cb_status cb_voc_read_bytes(const void *data, size_t size, cb_voc **out_voc, int64_t *out_line,
                            char *message, size_t capacity) {
  int64_t line = 1;
  const cb_status status = guarded(message, capacity, [&] {
    if (size > largestFile) throw Failure(CB_UNREADABLE, "is larger than 256 MiB");
    *out_voc = Reader().read(static_cast<const char *>(data), size, line).release();
  });
  *out_line = line;
  return status;
}

cb_voc_contents cb_voc_get_contents(const cb_voc *voc) {
  return {.file_name = voc->hasFileName ? voc->fileName.c_str() : nullptr,
          .width = voc->width,
          .height = voc->height,
          .objects = voc->objects.data(),
          .object_count = voc->objects.size()};
}

void cb_voc_destroy(cb_voc *voc) { delete voc; }
