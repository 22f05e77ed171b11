// Feeds mutated pictures, COCO JSON and VOC XML to the shim, which is built with AddressSanitizer
// and UndefinedBehaviorSanitizer. Input N of seed S is always the same:
//   shim FIXTURES [--seed S] [--first N] [--count N]
#include <sanitizer/lsan_interface.h>
#include <tiffio.h>
#include <unistd.h>

#include <algorithm>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <memory>
#include <string>
#include <vector>

#include "include/CBridge.h"

namespace {

/// SplitMix64 (Steele, Lea, Flood: Fast Splittable Pseudorandom Number Generators, OOPSLA 2014).
class Draws {
 public:
  Draws(uint64_t seed, uint64_t number) : state(seed * 0x9E3779B97F4A7C15 + number) { next(); }

  uint64_t next() {
    uint64_t z = state += 0x9E3779B97F4A7C15;
    z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9;
    z = (z ^ (z >> 27)) * 0x94D049BB133111EB;
    return z ^ (z >> 31);
  }

  size_t below(size_t count) { return count ? next() % count : 0; }

 private:
  uint64_t state;
};

using Input = std::string;

/// Where a change goes: often into the beginning, where headers are.
size_t place(const Input &input, Draws &draws) {
  return draws.below(draws.below(2) ? std::min<size_t>(input.size(), 128) : input.size());
}

Input mutated(Input input, Draws &draws) {
  const size_t changes = 1 + draws.below(8);
  switch (draws.below(5)) {
    case 0:  // cut short
      input.resize(draws.below(input.size()));
      break;
    case 1:  // single bits
      for (size_t i = 0; i < changes && !input.empty(); ++i)
        input[place(input, draws)] ^= char(1 << draws.below(8));
      break;
    case 2: {  // bytes at the ends of their range
      constexpr unsigned char ends[] = {0x00, 0x01, 0x7F, 0x80, 0xFE, 0xFF};
      for (size_t i = 0; i < changes && !input.empty(); ++i)
        input[place(input, draws)] = char(ends[draws.below(6)]);
      break;
    }
    case 3: {  // a stretch left out
      const size_t start = place(input, draws);
      input.erase(start, 1 + draws.below(64));
      break;
    }
    default: {  // a stretch twice, or put elsewhere
      const size_t from = draws.below(input.size());
      const Input stretch = input.substr(from, 1 + draws.below(64));
      input.insert(place(input, draws), stretch);
    }
  }
  return input;
}

[[noreturn]] void fail(uint64_t number, const char *what) {
  std::fprintf(stderr, "input %llu: %s\n", static_cast<unsigned long long>(number), what);
  std::abort();
}

/// What a refusal says is one line that ends.
void judge(uint64_t number, cb_status status, const char *message, size_t capacity) {
  if (status == CB_OK) return;
  if (!std::memchr(message, 0, capacity)) fail(number, "the message does not end");
  if (!message[0]) fail(number, "refused without a word");
  if (std::strchr(message, '\n')) fail(number, "the message has more than one line");
  if (status == CB_INTERNAL) {
    std::fprintf(stderr, "%s\n", message);
    fail(number, "an exception that nobody expected");
  }
}

/// Every kind of change to a canvas, its places drawn beyond the edges too.
void finish(uint64_t number, int side, std::vector<float> &planes, Draws &draws) {
  char message[256];
  const auto place = [&] { return int(draws.below(size_t(2 * side))) - side / 2; };
  const int hidden[] = {place(), place(), place(), place()};
  const cb_finish change{.width = side,
                         .height = side,
                         .scale = 1,
                         .hidden = hidden,
                         .hidden_count = draws.below(2),
                         .grid_period = int(draws.below(12)),
                         .grid_side = int(draws.below(8)),
                         .grid_x = place(),
                         .grid_y = place(),
                         .blur_radius = float(draws.below(5)),
                         .noise_deviation = float(draws.below(20)),
                         .noise_key = number,
                         .jpeg_quality = int(draws.below(101))};
  judge(number, cb_finish_canvas(&change, planes.data(), message, sizeof message), message,
        sizeof message);
}

/// A second handle on an 8-bit picture's pixels, read through once.
void borrow(uint64_t number, const cb_image *image) {
  const cb_image_info info = cb_image_get_info(image);
  if (info.bits != 8) return;
  char message[256];
  const cb_image_layout layout = cb_image_get_layout(image);
  const size_t count = size_t(layout.width) * layout.height * layout.channels;
  constexpr size_t readableBehind = 16;
  std::vector<uint8_t> pixels(count + readableBehind);
  std::memcpy(pixels.data(), cb_image_pixels(image), count);
  cb_image *borrowed = nullptr;
  judge(number, cb_image_borrow(layout, pixels.data(), &borrowed, message, sizeof message), message,
        sizeof message);
  std::vector<cb_channel_sums> sums(size_t(layout.channels));
  if (borrowed)
    judge(number, cb_image_measure(borrowed, sums.data(), nullptr, message, sizeof message),
          message, sizeof message);
  cb_image_destroy(borrowed);
}

void decode(uint64_t number, const void *data, size_t size, Draws &draws) {
  char message[256];
  cb_header header;
  judge(number, cb_image_read_header(data, size, &header, message, sizeof message), message,
        sizeof message);
  const cb_decode_options options{.force_rgb = draws.below(2) == 0,
                                  .keep_16_bits = draws.below(2) == 0,
                                  .keep_floats = draws.below(2) == 0,
                                  .minimum_side = int(draws.below(3)) * 8};
  cb_image *image = nullptr;
  const cb_status status =
      cb_image_decode_bytes(data, size, options, &image, message, sizeof message);
  judge(number, status, message, sizeof message);
  if (status != CB_OK) return;
  constexpr int side = 32;
  std::vector<float> planes(3 * side * side);
  const cb_image_info info = cb_image_get_info(image);
  const cb_source source{
      .image = image,
      .matrix = {double(info.original_width) / side, 0, 0, 0, double(info.original_height) / side,
                 0},
      .right = side,
      .bottom = side,
      .region = {0, 0, double(info.original_width), double(info.original_height)},
      .opacity = draws.below(4) ? 1.0f : 0.5f,
      .feather = draws.below(4) ? 0.0f : 3.0f};
  const cb_recipe recipe{.width = side,
                         .height = side,
                         .sources = &source,
                         .source_count = 1,
                         .saturation_gain = 1,
                         .value_gain = 1,
                         .contrast = 1,
                         .scale = 1};
  const cb_status composed = cb_compose(&recipe, planes.data(), message, sizeof message);
  judge(number, composed, message, sizeof message);
  if (composed == CB_OK) finish(number, side, planes, draws);
  borrow(number, image);
  cb_image *triple = nullptr;
  const int last = info.channels - 1;
  judge(number, cb_image_triple(image, last, &triple, message, sizeof message), message,
        sizeof message);
  cb_image_destroy(triple);
  cb_image_destroy(image);
}

void readCOCO(uint64_t number, const void *data, size_t size, Draws &draws) {
  char message[256];
  cb_coco *coco = nullptr;
  const cb_status status =
      cb_coco_read_bytes(data, size, draws.below(2) == 0, &coco, message, sizeof message);
  judge(number, status, message, sizeof message);
  if (status != CB_OK) return;
  const cb_coco_contents c = cb_coco_get_contents(coco);
  size_t letters = 0;
  for (size_t i = 0; i < c.image_count; ++i) letters += std::strlen(c.text + c.images[i].file_name);
  for (size_t i = 0; i < c.category_count; ++i)
    letters += std::strlen(c.text + c.categories[i].name);
  for (size_t i = 0; i < c.problem_count; ++i) letters += std::strlen(c.text + c.problems[i].text);
  for (size_t i = 0; i < c.image_count; ++i)
    for (int32_t at = c.first_objects[i]; at < c.first_objects[i + 1]; ++at)
      if (c.objects[at].image_id != c.images[i].id) fail(number, "an object of another image");
  cb_coco_release_objects(coco, c.object_count);
  cb_coco_destroy(coco);
}

void readVOC(uint64_t number, const void *data, size_t size) {
  char message[256];
  cb_voc *voc = nullptr;
  int64_t line = 0;
  const cb_status status = cb_voc_read_bytes(data, size, &voc, &line, message, sizeof message);
  judge(number, status, message, sizeof message);
  if (status != CB_OK) {
    if (line < 1) fail(number, "refused without a line");
    return;
  }
  const cb_voc_contents c = cb_voc_get_contents(voc);
  for (size_t i = 0; i < c.object_count; ++i)
    if (!std::strlen(c.objects[i].name)) fail(number, "an object without a name");
  cb_voc_destroy(voc);
}

enum class Kind { picture, coco, voc };

struct Seed {
  Kind kind;
  Input bytes;
};

Input cocoText() {
  Input text = R"({"info": {"year": 2017}, "licenses": [], "images": [)";
  for (int i = 1; i <= 9; ++i)
    text += (i > 1 ? "," : "") + std::string(R"({"license": 1, "file_name": "0000)") +
            std::to_string(i) + R"(.jpg", "height": 480, "width": 640, "id": )" +
            std::to_string(i) + "}";
  text += R"(], "annotations": [)";
  for (int i = 1; i <= 20; ++i)
    text += (i > 1 ? ", " : "") +
            std::string(R"({"segmentation": [[510.66, 423.01, 511.72, 420.03]], "area": 702.1, )") +
            R"("iscrowd": 0, "image_id": )" + std::to_string(1 + i % 9) +
            R"(, "bbox": [473.07, 395.93, 38.65, 28.67], "category_id": )" +
            std::to_string(1 + i % 2) + R"(, "id": )" + std::to_string(i) + "}";
  return text + R"(], "categories": [{"id": 1, "name": "cat"}, {"id": 2, "name": "d\u00f6g"}]})";
}

Input vocText() {
  Input text =
      "<annotation>\n<folder>a</folder><filename>b.jpg</filename>\n<size><width>640"
      "</width><height>480</height><depth>3</depth></size>\n";
  for (int i = 1; i <= 5; ++i)
    text += "<object><name>cat &amp; dog</name><difficult>" + std::to_string(i % 2) +
            "</difficult><bndbox><xmin>1" + std::to_string(i) +
            "</xmin><ymin>20.5</ymin><xmax>300</xmax><ymax>400</ymax></bndbox></object>\n";
  return text + "</annotation>\n";
}

/// A drawn picture in each format, gray and RGBA too.
void addPictures(std::vector<Seed> &seeds) {
  constexpr int width = 61, height = 47;
  for (int channels : {1, 3, 4}) {
    std::vector<uint8_t> pixels(size_t(width) * height * channels);
    for (size_t i = 0; i < pixels.size(); ++i) pixels[i] = uint8_t(i * 7 + i / 97 * 13);
    char message[256];
    cb_image *image = nullptr;
    if (cb_image_create(pixels.data(), width, height, channels, &image, message, sizeof message))
      fail(0, message);
    for (const char *format : {"jpg", "png", "bmp", "tif", "webp"}) {
      uint8_t *data = nullptr;
      size_t size = 0;
      if (!cb_image_encode_bytes(image, format, 80, &data, &size, message, sizeof message)) {
        seeds.push_back({Kind::picture, Input(reinterpret_cast<char *>(data), size)});
        cb_bytes_destroy(data);
      }
    }
    cb_image_destroy(image);
  }
}

/// TIFFs of floats and of many channels, in planes, strips and tiles, which no encoder of ours
/// writes.
void addTIFFs(std::vector<Seed> &seeds) {
  constexpr int width = 48, height = 32;
  const std::string path = std::filesystem::temp_directory_path() /
                           ("dldetect-fuzz-" + std::to_string(getpid()) + ".tif");
  for (int bits : {8, 16, 32})
    for (int channels : {1, 2, 3, 5, 16})
      for (bool isPlanar : {false, true}) {
        TIFF *file = TIFFOpen(path.c_str(), "w");
        if (!file) fail(0, "no temporary file can be written");
        TIFFSetField(file, TIFFTAG_IMAGEWIDTH, width);
        TIFFSetField(file, TIFFTAG_IMAGELENGTH, height);
        TIFFSetField(file, TIFFTAG_BITSPERSAMPLE, bits);
        TIFFSetField(file, TIFFTAG_SAMPLESPERPIXEL, channels);
        TIFFSetField(file, TIFFTAG_SAMPLEFORMAT,
                     bits == 32 ? SAMPLEFORMAT_IEEEFP : SAMPLEFORMAT_UINT);
        TIFFSetField(file, TIFFTAG_PHOTOMETRIC,
                     channels == 3 ? PHOTOMETRIC_RGB : PHOTOMETRIC_MINISBLACK);
        TIFFSetField(file, TIFFTAG_PLANARCONFIG,
                     isPlanar ? PLANARCONFIG_SEPARATE : PLANARCONFIG_CONTIG);
        TIFFSetField(file, TIFFTAG_COMPRESSION, channels % 2 ? COMPRESSION_LZW : COMPRESSION_NONE);
        TIFFSetField(file, TIFFTAG_ROWSPERSTRIP, 10);
        std::vector<uint8_t> row(size_t(width) * channels * bits / 8);
        for (int plane = 0; plane < (isPlanar ? channels : 1); ++plane)
          for (int y = 0; y < height; ++y) {
            for (size_t i = 0; i < row.size(); ++i) row[i] = uint8_t(i * 5 + y * 3 + plane * 11);
            if (TIFFWriteScanline(file, row.data(), uint32_t(y), uint16_t(plane)) < 0)
              fail(0, "a TIFF cannot be written");
          }
        TIFFClose(file);
        std::ifstream written(path, std::ios::binary);
        seeds.push_back({Kind::picture, Input(std::istreambuf_iterator<char>(written), {})});
      }
  std::filesystem::remove(path);
}

void addFixtures(std::vector<Seed> &seeds, const char *folder) {
  std::vector<std::filesystem::path> paths;
  for (const auto &entry : std::filesystem::directory_iterator(folder))
    if (entry.is_regular_file() && entry.path().extension() != ".py") paths.push_back(entry.path());
  std::sort(paths.begin(), paths.end());
  for (const auto &path : paths) {
    std::ifstream file(path, std::ios::binary);
    seeds.push_back({Kind::picture, Input(std::istreambuf_iterator<char>(file), {})});
  }
}

volatile unsigned long long current;

void tooSlow(int) {
  char text[64];
  const int length = std::snprintf(text, sizeof text, "input %llu takes too long\n", current);
  if (write(2, text, size_t(length)) < 0) _exit(3);
  std::abort();
}

uint64_t option(int count, char **arguments, const char *name, uint64_t absent) {
  for (int i = 2; i + 1 < count; ++i)
    if (!std::strcmp(arguments[i], name)) return std::strtoull(arguments[i + 1], nullptr, 10);
  return absent;
}

}  // namespace

int main(int count, char **arguments) {
  if (count < 2) {
    std::fprintf(stderr, "usage: shim FIXTURES [--seed S] [--first N] [--count N]\n");
    return 64;
  }
  const uint64_t seed = option(count, arguments, "--seed", 1);
  const uint64_t first = option(count, arguments, "--first", 0);
  const uint64_t inputs = option(count, arguments, "--count", 5000);
  std::vector<Seed> pictures;
  addPictures(pictures);
  addTIFFs(pictures);
  addFixtures(pictures, arguments[1]);
  const Seed coco{Kind::coco, cocoText()}, voc{Kind::voc, vocText()};
  constexpr unsigned secondsPerInput = 20;
  constexpr uint64_t leakCheckEvery = 250;
  std::signal(SIGALRM, tooSlow);
  for (uint64_t number = first; number < first + inputs; ++number) {
    current = number;
    Draws draws(seed, number);
    const size_t kind = draws.below(4);
    const Seed &chosen = kind == 0   ? coco
                         : kind == 1 ? voc
                                     : pictures[draws.below(pictures.size())];
    Input input = chosen.bytes;
    for (size_t rounds = 1 + draws.below(3); rounds > 0; --rounds) input = mutated(input, draws);
    // Of exactly its size, so that reading past its end is noticed.
    const std::unique_ptr<char[]> bytes(new char[input.size()]);
    std::copy(input.begin(), input.end(), bytes.get());
    alarm(secondsPerInput);
    if (chosen.kind == Kind::coco)
      readCOCO(number, bytes.get(), input.size(), draws);
    else if (chosen.kind == Kind::voc)
      readVOC(number, bytes.get(), input.size());
    else
      decode(number, bytes.get(), input.size(), draws);
    alarm(0);
    if ((number + 1) % leakCheckEvery == 0 && __lsan_do_recoverable_leak_check())
      fail(number, "memory leaked in the inputs up to here");
  }
  std::printf("shim: inputs %llu to %llu of seed %llu, nothing found\n",
              static_cast<unsigned long long>(first),
              static_cast<unsigned long long>(first + inputs - 1),
              static_cast<unsigned long long>(seed));
}
