// TIFF 6.0, of which EXIF's block is one: a chain of directories of tagged fields.
#include <algorithm>
#include <set>
#include <vector>

#include "images/header.h"
#include "images/image.h"

namespace dldetect {
namespace {

/// One directory of a TIFF block.
struct Directory {
  Bytes block;
  bool bigEndian;
  size_t at;  // where its count of fields stands

  uint64_t number(size_t offset, int count) const { return block.number(offset, count, bigEndian); }
  size_t fieldCount() const { return number(at, 2); }
  size_t field(size_t index) const { return at + 2 + 12 * index; }
  size_t next() const { return number(field(fieldCount()), 4); }

  static int size(int type) {
    constexpr int sizes[] = {0, 1, 1, 2, 4, 8, 1, 1, 2, 4, 8, 4, 8};
    return type >= 1 && type <= 12 ? sizes[type] : 1;
  }

  /// Where the values of the field at `field` lie: in place up to four bytes, else elsewhere.
  Bytes values(size_t field) const {
    const uint64_t bytes = number(field + 4, 4) * size(int(number(field + 2, 2)));
    return block.part(bytes <= 4 ? field + 8 : number(field + 8, 4), bytes);
  }

  /// All values of an integer field; none where the directory has no such tag.
  std::vector<uint64_t> integers(int tag) const {
    std::vector<uint64_t> result;
    for (size_t i = 0; i < fieldCount(); ++i) {
      if (int(number(field(i), 2)) != tag) continue;
      const int width = size(int(number(field(i) + 2, 2)));
      const Bytes list = values(field(i));
      for (size_t at = 0; width <= 4 && at + width <= list.size; at += width)
        result.push_back(list.number(at, width, bigEndian));
    }
    return result;
  }

  uint64_t integer(int tag, uint64_t absent) const {
    const auto all = integers(tag);
    return all.empty() ? absent : all[0];
  }
};

enum Tag {
  imageWidth = 256,
  imageLength = 257,
  bitsPerSample = 258,
  photometric = 262,
  stripOffsets = 273,
  orientation = 274,
  samplesPerPixel = 277,
  stripByteCounts = 279,
  tileOffsets = 324,
  tileByteCounts = 325,
  extraSamples = 338,
  sampleFormat = 339,
};

Directory firstDirectory(Bytes block) {
  const bool bigEndian = block.startsWith("MM");
  if (block.number(2, 2, bigEndian) != 42) throw Failure(CB_UNREADABLE, "not a TIFF block");
  return {block, bigEndian, size_t(block.number(4, 4, bigEndian))};
}

constexpr size_t maximumPages = 1024;

// Values of `photometric` and `sampleFormat`.
constexpr uint64_t blackIsZero = 1, rgb = 2, floating = 3;

/// Gray and RGB keep whatever channels they have, except that gray with alpha is gray.
int channelCount(const Directory &directory) {
  const uint64_t samples = directory.integer(samplesPerPixel, 1);
  const uint64_t colours = directory.integer(photometric, blackIsZero);
  if (samples > maximumChannels)
    throw Failure(CB_UNREADABLE,
                  "a TIFF of " + std::to_string(samples) + " channels; at most 16 are taken");
  const bool hasAlpha = directory.integer(extraSamples, 0) != 0;
  const bool isWhole = samples > 2 || (samples == 2 && !hasAlpha);
  if (colours == blackIsZero && isWhole) return int(samples);
  if (colours == rgb && samples > 4) return int(samples);
  return colours <= blackIsZero ? 1 : samples == 4 ? 4 : 3;
}

int bitCount(const Directory &directory) {
  const uint64_t bits = directory.integer(bitsPerSample, 1);
  const bool floats = directory.integer(sampleFormat, 1) == floating;
  if (bits == 32 && floats) return 32;
  if (bits > 16)
    throw Failure(CB_UNREADABLE,
                  "a TIFF with more than 16 bits a channel that are no 32-bit floats");
  return bits == 16 ? 16 : 8;
}

void checkData(const Directory &directory, int offsetsTag, int countsTag) {
  const auto offsets = directory.integers(offsetsTag), counts = directory.integers(countsTag);
  for (size_t i = 0; i < std::min(offsets.size(), counts.size()); ++i)
    directory.block.part(offsets[i], counts[i]);
}

}  // namespace

Header readTIFFHeader(Bytes bytes) {
  const Directory directory = firstDirectory(bytes);
  Header header{.format = Format::tiff};
  header.width = int64_t(directory.integer(imageWidth, 0));
  header.height = int64_t(directory.integer(imageLength, 0));
  header.orientation = int(directory.integer(orientation, 1));
  if (header.orientation < 1 || header.orientation > 8) header.orientation = 1;
  header.bits = bitCount(directory);
  header.channels = channelCount(directory);
  return header;
}

void checkTIFFComplete(Bytes bytes) {
  Directory directory = firstDirectory(bytes);
  std::set<size_t> seen;
  for (; directory.at != 0; directory.at = directory.next()) {
    if (!seen.insert(directory.at).second || seen.size() > maximumPages)
      throw Failure(CB_TRUNCATED, "the TIFF's pages do not end");
    for (size_t i = 0; i < directory.fieldCount(); ++i) directory.values(directory.field(i));
    checkData(directory, stripOffsets, stripByteCounts);
    checkData(directory, tileOffsets, tileByteCounts);
  }
}

int exifOrientation(Bytes block) {
  try {
    const uint64_t value = firstDirectory(block).integer(orientation, 1);
    return value >= 1 && value <= 8 ? int(value) : 1;
  } catch (const Failure &) {
    return 1;
  }
}

}  // namespace dldetect
