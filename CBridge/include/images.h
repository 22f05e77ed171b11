// Pictures: decode, encode, draw, and compose a training or inference sample. See status.h for the
// rules of this boundary.
#ifndef CBRIDGE_IMAGES_H
#define CBRIDGE_IMAGES_H

#include "status.h"

#ifdef __cplusplus
extern "C" {
#endif

/// A decoded picture: interleaved rows, 1 (gray), 3 (RGB), 4 (RGBA) or, of TIFF, 2 to 16 channels;
/// 8 or 16 bits, or 32-bit floats.
typedef struct cb_image cb_image;

typedef struct cb_image_info {
  int width, height, channels;
  int bits;            // 8, 16, or 32: floats
  int original_width;  // before reduced-size decoding, after EXIF orientation
  int original_height;
  int reduction;  // 1, 2, 4 or 8: full-size pixels along each side of one of this picture's
} cb_image_info;

typedef struct cb_decode_options {
  // Colour pictures (palette, CMYK and alpha included) become RGB when true, alpha left out without
  // blending; a gray one becomes RGB too. When false, gray stays one channel and alpha is kept.
  // Pictures of 2 or of more than 4 channels stay as they are.
  bool force_rgb;
  // 16-bit pictures stay 16-bit when true; else they are CB_UNSUPPORTED, never narrowed without a
  // word.
  bool keep_16_bits;
  // Pictures of 32-bit floats are taken when true; else they are CB_UNREADABLE.
  bool keep_floats;
  // JPEG only: decode at 1/2, 1/4 or 1/8 as long as both sides stay at least this; 0: full size.
  int minimum_side;
} cb_decode_options;

/// Decodes a file, or `size` bytes at `data`: JPEG, PNG, BMP, TIFF (first page) or WebP, told by
/// its first bytes; EXIF orientation applied. At most 2^28 pixels. Free the handle with
/// cb_image_destroy.
cb_status cb_image_decode_file(const char *path, cb_decode_options options, cb_image **out_image,
                               char *message, size_t capacity);
cb_status cb_image_decode_bytes(const void *data, size_t size, cb_decode_options options,
                                cb_image **out_image, char *message, size_t capacity);
/// Width and height after EXIF orientation, and bits and channels, from the header alone.
cb_status cb_image_probe_file(const char *path, cb_image_info *out_info, char *message,
                              size_t capacity);

/// A file's kind, told by its first bytes.
typedef enum cb_format {
  CB_FORMAT_JPEG = 0,
  CB_FORMAT_PNG = 1,
  CB_FORMAT_BMP = 2,
  CB_FORMAT_TIFF = 3,
  CB_FORMAT_WEBP = 4,
} cb_format;

/// What a file says about itself.
typedef struct cb_header {
  cb_format format;
  int stored_width, stored_height;  // before EXIF orientation
  int orientation;                  // EXIF: 1 upright; 5 to 8 swap width and height
} cb_header;

cb_status cb_image_read_header(const void *data, size_t size, cb_header *out_header, char *message,
                               size_t capacity);

/// A picture of `channels` (1 to 16) × 8 bits copied from interleaved rows. Free with
/// cb_image_destroy.
cb_status cb_image_create(const uint8_t *pixels, int width, int height, int channels,
                          cb_image **out_image, char *message, size_t capacity);
/// The same for 16 bits a channel.
cb_status cb_image_create_16(const uint16_t *pixels, int width, int height, int channels,
                             cb_image **out_image, char *message, size_t capacity);
/// The same for floats.
cb_status cb_image_create_float(const float *pixels, int width, int height, int channels,
                                cb_image **out_image, char *message, size_t capacity);
/// A picture of its own with the same pixels. Free with cb_image_destroy.
cb_status cb_image_copy(const cb_image *image, cb_image **out_image, char *message,
                        size_t capacity);
void cb_image_destroy(cb_image *image);

/// All of an 8-bit picture but its pixels, to keep with them: a picture decoded at reduced size has
/// its full-size point (x, y) at (x · scale_x + origin_x, y · scale_y + origin_y).
typedef struct cb_image_layout {
  int width, height, channels;
  int original_width, original_height, reduction;
  double scale_x, scale_y, origin_x, origin_y;
} cb_image_layout;

cb_image_layout cb_image_get_layout(const cb_image *image);
/// A picture for reading only whose pixels stay where they are: they must last as long as the
/// handle, with 16 readable bytes behind them. Free with cb_image_destroy.
cb_status cb_image_borrow(cb_image_layout layout, const uint8_t *pixels, cb_image **out_image,
                          char *message, size_t capacity);
cb_image_info cb_image_get_info(const cb_image *image);
/// First row; rows follow each other without gaps. uint8_t, uint16_t or float by `bits`.
const void *cb_image_pixels(const cb_image *image);
/// For writing, before the next call that reads the picture.
void *cb_image_mutable_pixels(cb_image *image);
/// Bytes held: the pixels, and the smaller copies that cb_compose has made of them so far.
size_t cb_image_byte_count(const cb_image *image);

/// Encodes by the path's extension (jpg, jpeg, png, bmp, tif, tiff, webp), or into a buffer freed
/// with cb_bytes_destroy. `jpeg_quality` 0–100 is also WebP's. A file that could not be written
/// whole is removed.
cb_status cb_image_encode_file(const cb_image *image, const char *path, int jpeg_quality,
                               char *message, size_t capacity);
cb_status cb_image_encode_bytes(const cb_image *image, const char *extension, int jpeg_quality,
                                uint8_t **out_data, size_t *out_size, char *message,
                                size_t capacity);
void cb_bytes_destroy(uint8_t *data);

/// What one channel of a picture holds; values that are not finite are left out.
typedef struct cb_channel_sums {
  uint64_t count;           // of finite values
  double sum, square_sum;   // of integers exact up to 2^53
  double minimum, maximum;  // 0 without values
} cb_channel_sums;

/// Sums over a picture's pixels, one for each channel. Of 8 and 16 bits every value is counted as
/// well: `histogram[(channel << bits) + value]` grows; NULL: not counted.
cb_status cb_image_measure(const cb_image *image, cb_channel_sums *out_sums, uint64_t *histogram,
                           char *message, size_t capacity);
/// How many values are NaN or infinite: 0 unless the picture is one of floats.
size_t cb_image_nonfinite_count(const cb_image *image);
/// Replaces them, each by its channel's value in `replacements`.
void cb_image_replace_nonfinite(cb_image *image, const float *replacements);
/// Three channels of a picture from `first` on, as a picture of its own; after the last one it is
/// repeated. Free with cb_image_destroy.
cb_status cb_image_triple(const cb_image *image, int first, cb_image **out_image, char *message,
                          size_t capacity);
/// A picture of 8-bit RGB to be looked at: channel values `low` and below become 0, `high` and
/// above 255, those between follow linearly. The first three channels are shown; of one or two the
/// first, as gray. Free with cb_image_destroy.
cb_status cb_image_window(const cb_image *image, const float *low, const float *high,
                          cb_image **out_image, char *message, size_t capacity);

typedef struct cb_colour {
  uint8_t red, green, blue;
} cb_colour;

/// Draws a box outline (pixels, half-open) with a label on a filled tag; line width and text size
/// follow the picture's size so that they are legible at any. `label` may be NULL.
cb_status cb_draw_box(cb_image *image, float left, float top, float right, float bottom,
                      cb_colour colour, const char *label, char *message, size_t capacity);
/// Primitives for charts: `thickness` < 0 fills. `scale` 1 is text about 22 pixels high. Drawing
/// takes 8-bit pictures; characters beyond ASCII are drawn as question marks. Coordinates are
/// those of edges, so that (½, ½) is the centre of the first pixel.
cb_status cb_draw_rectangle(cb_image *image, float left, float top, float right, float bottom,
                            cb_colour colour, int thickness, char *message, size_t capacity);
cb_status cb_draw_line(cb_image *image, float x0, float y0, float x1, float y1, cb_colour colour,
                       int thickness, char *message, size_t capacity);
cb_status cb_draw_ellipse(cb_image *image, float x, float y, float radius_x, float radius_y,
                          float degrees, cb_colour colour, int thickness, char *message,
                          size_t capacity);
cb_status cb_draw_text(cb_image *image, const char *text, float x, float baseline, float scale,
                       cb_colour colour, char *message, size_t capacity);

/// One source of a sample: a picture, and where and how it lands on the canvas.
typedef struct cb_source {
  const cb_image *image;
  // Canvas point (x, y) takes its value from picture point
  // (m[0]·x + m[1]·y + m[2], m[3]·x + m[4]·y + m[5]). Pixel (i, j) of either has its centre at
  // (i + ½, j + ½). The picture point is one of the full-size picture (original_width ×
  // original_height), also where it was decoded at reduced size.
  double matrix[6];
  // For a map in perspective both coordinates are divided by perspective[0]·x + perspective[1]·y +
  // 1, which must be positive all over the rectangle below; {0, 0}: affine.
  double perspective[2];
  int left, top, right, bottom;  // the canvas rectangle it may write, half-open, inside the canvas
  // The part of the full-size picture that it shows: left, top, right, bottom; what lies beyond the
  // picture is not shown.
  double region[4];
  // Of what it writes, in [0, 1]; the rest is what earlier sources or the fill left there.
  float opacity;
  // Canvas pixels over which it fades in, linearly, from each border of the region that it shows.
  float feather;
} cb_source;

typedef struct cb_recipe {
  int width, height;         // canvas
  const cb_source *sources;  // later ones lie over earlier ones
  size_t source_count;
  float fill[3];          // RGB 0–255 where no source lands; colour gains leave it as it is
  float hue_shift;        // degrees added to hue; 0: none
  float saturation_gain;  // 1: none
  float value_gain;       // 1: none
  float brightness;       // added, as a part of 255, after all other changes of colour; 0: none
  float contrast;         // factor on the distance from 127.5; 1: none
  bool gray;              // luma in all three channels
  float scale;            // output = pixel · scale + offset, pixel in 0–255
  float offset;
} cb_recipe;

/// Executes a recipe: each source resampled once (bilinear; where the map shrinks by more than 2 an
/// area-averaged smaller copy is read), colour changed, and written as three planes RGB of
/// width × height floats at `out_planes`. A source writes the points of its rectangle that fall
/// inside its picture and its region; the picture's border pixels reach to its edge. Sources are
/// blended after their colour is changed. Gray counts as RGB of equal parts, alpha is ignored,
/// 16-bit values are divided by 257. Floats of three channels are taken as they are, for recipes
/// that change no colour; other kinds of pictures are CB_INVALID_ARGUMENT.
cb_status cb_compose(const cb_recipe *recipe, float *out_planes, char *message, size_t capacity);

/// What happens to a composed canvas, in this order: parts are hidden, then it is blurred, then
/// noise is added, then it goes through a JPEG.
typedef struct cb_finish {
  int width, height;    // canvas
  float scale, offset;  // as in cb_recipe; the scale must not be 0
  const int *hidden;    // rectangles filled with black: left, top, right, bottom each, half-open
  size_t hidden_count;  // of rectangles
  // Black squares with sides of grid_side, one in each square of grid_period, the first with its
  // upper left corner at (grid_x, grid_y); a period of 0: none.
  int grid_period, grid_side, grid_x, grid_y;
  float blur_radius;      // pixels, twice the standard deviation of the Gaussian; 0: none
  float noise_deviation;  // of the Gaussian added to each value, in 0–255; 0: none
  uint64_t noise_key;     // decides the noise, together with the place on the canvas
  int jpeg_quality;       // 1–100; 0: none
} cb_finish;

cb_status cb_finish_canvas(const cb_finish *finish, float *planes, char *message, size_t capacity);

/// How the values of one plane become network input.
typedef struct cb_normalization {
  float low, high, offset, factor;
} cb_normalization;

/// value → (clamp(value, low, high) − offset) · factor, in place, one entry of `channels` for each
/// plane of `plane_size` floats.
void cb_normalize(float *planes, size_t plane_size, int channel_count,
                  const cb_normalization *channels);

#ifdef __cplusplus
}
#endif

#endif
