// JPEG by libjpeg itself: OpenCV keeps its warnings, which tell a damaged file, to itself.
#include <csetjmp>
#include <cstdio>

// jpeglib.h needs stdio's FILE.
#include <jerror.h>
#include <jpeglib.h>

#include "images/decode.h"

namespace dldetect {
namespace {

/// libjpeg's error manager, and where a fatal error returns to.
struct Errors {
  jpeg_error_mgr manager;
  jmp_buf escape;
  char text[JMSG_LENGTH_MAX];
};

[[noreturn]] void escape(j_common_ptr decoder) {
  auto *errors = reinterpret_cast<Errors *>(decoder->err);
  decoder->err->format_message(decoder, errors->text);
  std::longjmp(errors->escape, 1);
}

/// Bytes between a scan and the next marker, as some cameras leave them, up to which they are taken
/// for padding and not for what a damaged scan failed to read.
constexpr int paddingBytes = 16;

/// Stops at the first warning that tells of damage.
void judge(j_common_ptr decoder, int level) {
  if (level >= 0) return;
  const jpeg_error_mgr *manager = decoder->err;
  switch (manager->msg_code) {
    case JWRN_ADOBE_XFORM:
    case JWRN_BOGUS_ICC:
    case JWRN_JFIF_MAJOR:
      return;
    case JWRN_EXTRANEOUS_DATA:
      if (manager->msg_parm.i[0] <= paddingBytes) return;
  }
  escape(decoder);
}

/// A file of few bytes can ask for thousands of passes over the whole picture.
constexpr int maximumScans = 1000;

void limitScans(j_common_ptr decoder) {
  if (reinterpret_cast<j_decompress_ptr>(decoder)->input_scan_number > maximumScans)
    ERREXIT(decoder, JERR_BAD_PROGRESSION);
}

/// Whether so few bytes can hold a picture of the stated size: every 8 × 8 block of the finest
/// component takes at least one bit of Huffman code.
bool isPlausible(const jpeg_decompress_struct &decoder, size_t bytes) {
  return decoder.arith_code ||
         uint64_t{decoder.image_width} * decoder.image_height / 64 <= uint64_t{bytes} * 8;
}

/// Four inks as red, green and blue. Adobe's files, told by their marker, store inks inverted.
void convertInks(const JSAMPLE *inks, uint8_t *pixels, int width, bool inverted) {
  const int flip = inverted ? 0 : 255;
  for (int x = 0; x < width; ++x, inks += 4, pixels += 3)
    for (int channel = 0; channel < 3; ++channel)
      pixels[channel] = uint8_t(((inks[channel] ^ flip) * (inks[3] ^ flip) + 127) / 255);
}

/// The decoding, with nothing on the stack that a long jump would leave undestroyed. False with
/// `errors.text` set on damage.
bool decode(jpeg_decompress_struct &decoder, Errors &errors, jpeg_progress_mgr &progress,
            Bytes bytes, bool forceRGB, int reduction, cv::Mat &pixels, cv::Mat &inks) {
  if (setjmp(errors.escape)) return false;
  jpeg_create_decompress(&decoder);
  decoder.progress = &progress;
  jpeg_mem_src(&decoder, bytes.data, bytes.size);
  jpeg_read_header(&decoder, TRUE);
  if (!isPlausible(decoder, bytes.size)) {
    std::snprintf(errors.text, sizeof errors.text, "too few bytes for %u x %u pixels",
                  decoder.image_width, decoder.image_height);
    return false;
  }
  const bool isInks = decoder.num_components == 4;
  const bool isGray = decoder.num_components == 1 && !forceRGB;
  decoder.out_color_space = isInks ? JCS_CMYK : isGray ? JCS_GRAYSCALE : JCS_RGB;
  decoder.scale_num = 1;
  decoder.scale_denom = reduction;
  jpeg_start_decompress(&decoder);
  const int width = decoder.output_width, height = decoder.output_height;
  pixels = makePixels(width, height, isGray ? CV_8UC1 : CV_8UC3);
  if (isInks) inks = cv::Mat(1, width, CV_8UC4);
  while (decoder.output_scanline < decoder.output_height) {
    uint8_t *target = pixels.ptr(decoder.output_scanline);
    JSAMPROW row = isInks ? inks.data : target;
    jpeg_read_scanlines(&decoder, &row, 1);
    if (isInks) convertInks(row, target, width, decoder.saw_Adobe_marker);
  }
  // Reads on to the end marker.
  jpeg_finish_decompress(&decoder);
  return true;
}

}  // namespace

cv::Mat decodeJPEG(Bytes bytes, const cb_decode_options &options, int reduction) {
  jpeg_decompress_struct decoder{};
  Errors errors{};
  decoder.err = jpeg_std_error(&errors.manager);
  errors.manager.error_exit = escape;
  errors.manager.emit_message = judge;
  jpeg_progress_mgr progress{};
  progress.progress_monitor = limitScans;
  cv::Mat pixels, inks;
  bool whole = false;
  try {
    whole = decode(decoder, errors, progress, bytes, options.force_rgb, reduction, pixels, inks);
  } catch (...) {
    jpeg_destroy_decompress(&decoder);
    throw;
  }
  jpeg_destroy_decompress(&decoder);
  if (!whole)
    throw Failure(CB_TRUNCATED, std::string("the JPEG is cut short or damaged: ") + errors.text);
  return pixels;
}

}  // namespace dldetect
