// SPDX-FileCopyrightText: 2026 The spectrohue authors
// SPDX-License-Identifier: MIT
//
// Reads PNG files: those with stripes by StripeReader, all others, and all that it does not take, by libpng.
//
// libpng reports errors by longjmp, which must not jump over destructors. So: every call that may fail stands in a
// function object without locals of its own, run by guarded(); what it works on lives outside, in Session.
#include "image/png.h"

#include <png.h>
#include <sys/stat.h>

#include <algorithm>
#include <array>
#include <bit>
#include <cerrno>
#include <csetjmp>
#include <cstring>
#include <system_error>

#include "image/note.h"
#include "image/picture_file.h"
#include "image/png_format.h"
#include "image/png_stripe_reader.h"
#include "image/png_text.h"
#include "spectrohue/error.h"

namespace spectrohue::image::png {

namespace {

constexpr png_alloc_size_t kMaxChunkBytes = 16 << 20;
constexpr int kAllAncillaryChunks = -1;  ///< but tRNS
/// No deflate stream holds more than this many bytes a byte.
constexpr std::int64_t kMaxDeflateRatio = 1032;

/// What libpng's calls leave behind. It lives outside of what a longjmp passes by.
struct Session {
  std::FILE* file = nullptr;
  char problem[128] = "";
  int system_error = 0;
  bool at_end = false;
  std::int64_t row = 0;
  std::int64_t n_read = 0;
  bool has_stripes = false;  ///< says the file; nothing is known of them yet
  std::optional<std::string> note_json;
  bool no_memory = false;
};

void on_error(png_structp png, png_const_charp message) {
  auto* session = static_cast<Session*>(png_get_error_ptr(png));
  std::snprintf(session->problem, sizeof(session->problem), "%s", message);
  png_longjmp(png, 1);
}

void on_warning(png_structp, png_const_charp) {}  // what still gives a picture is not worth a word

void on_read(png_structp png, png_bytep to, std::size_t count) {
  auto* session = static_cast<Session*>(png_get_io_ptr(png));
  if (std::fread(to, 1, count, session->file) == count) {
    session->n_read += static_cast<std::int64_t>(count);
    return;
  }
  session->at_end = std::feof(session->file) != 0;
  if (!session->at_end) session->system_error = errno;
  png_error(png, "the file ends early");
}

/// Takes every chunk that pixels do not depend on, one at a time, so that libpng keeps none of them, however many there
/// are and whatever they inflate to.
int on_chunk(png_structp png, png_unknown_chunkp chunk) {
  constexpr int kDone = 1;
  constexpr int kLeftToLibpng = 0;
  constexpr unsigned kAncillary = 0x20;
  if ((chunk->name[0] & kAncillary) == 0) return kLeftToLibpng;
  auto* session = static_cast<Session*>(png_get_user_chunk_ptr(png));
  const std::string_view type(reinterpret_cast<const char*>(chunk->name), 4);
  const std::span<const std::uint8_t> data(chunk->data, chunk->size);
  const std::array<std::uint8_t, kStripesChunkDataBytes> expected = stripes_chunk_data();
  if (type == kStripesChunk && std::ranges::equal(data, expected)) session->has_stripes = true;
  try {
    // Programs that store a picture again may turn the iTXt chunk into another kind of text.
    if (!session->note_json) session->note_json = note_in_chunk(type, data, kMaxNoteBytes);
  } catch (const std::bad_alloc&) {
    session->no_memory = true;  // no exception may pass through libpng
  }
  return kDone;
}

/// Runs a function without locals that need a destructor; false if libpng jumped out of it.
template <class F>
bool guarded(png_structp png, F&& f) {
  if (setjmp(png_jmpbuf(png)) != 0) return false;
  f();
  return true;
}

[[noreturn]] void fail_without_memory() { throw Error(ErrorCode::OutOfMemory, "cannot allocate memory for libpng"); }

class Reader {
 public:
  explicit Reader(std::FILE* file) {
    session_.file = file;
    png_ = png_create_read_struct(PNG_LIBPNG_VER_STRING, &session_, on_error, on_warning);
    info_ = png_ != nullptr ? png_create_info_struct(png_) : nullptr;
    if (info_ == nullptr) {
      png_destroy_read_struct(&png_, nullptr, nullptr);
      fail_without_memory();
    }
  }
  Reader(const Reader&) = delete;
  Reader& operator=(const Reader&) = delete;
  ~Reader() { png_destroy_read_struct(&png_, &info_, nullptr); }

  Header header();
  void prepare(const Header& header, Alpha alpha, Picture& out) const;
  bool read_stripes(StripeReader& stripes, int threads, Picture& out) const;
  void pixels(Alpha alpha, Picture& out);
  void complete_palette(Picture& out) const;
  const std::optional<std::string>& note() const { return session_.note_json; }

 private:
  [[noreturn]] void fail(const std::string& where) const;
  void put_palette_over_black(Picture& out) const;
  void set_up_alpha(Alpha alpha);
  void check_size(std::int64_t file_bytes, int channels, int bits) const;

  Session session_;
  png_structp png_ = nullptr;
  png_infop info_ = nullptr;
  std::int64_t width_ = 0;
  std::int64_t height_ = 0;
};

void Reader::fail(const std::string& where) const {
  if (session_.system_error != 0) {
    throw Error(ErrorCode::Read, "cannot read the file: " + std::generic_category().message(session_.system_error));
  }
  if (session_.at_end) throw Error(ErrorCode::BadFormat, "truncated PNG: the file ends early, " + where);
  throw Error(ErrorCode::BadFormat, std::string("damaged PNG, ") + where + ": " + session_.problem);
}

void Reader::check_size(std::int64_t file_bytes, int channels, int bits) const {
  const std::string size = std::to_string(width_) + " x " + std::to_string(height_);
  const std::int64_t decoded_row = width_ * 3 * (bits == 16 ? 2 : 1);
  if (decoded_row > kMaxPixelBytes / height_) {
    throw Error(ErrorCode::BadFormat, "a PNG of " + size + " pixels is larger than the limit of " +
                                          std::to_string(kMaxPixelBytes >> 30) + " GiB");
  }
  const std::int64_t stored = (width_ * channels * bits + 7) / 8 * height_;
  if (stored / kMaxDeflateRatio > file_bytes) {
    throw Error(ErrorCode::BadFormat, "truncated PNG: the file ends early, its " + std::to_string(file_bytes) +
                                          " bytes cannot hold " + size + " pixels");
  }
}

std::string describe(int bits, int color_type, bool interlaced) {
  const char* kind = "RGB";
  if (color_type == PNG_COLOR_TYPE_GRAY) kind = "gray";
  if (color_type == PNG_COLOR_TYPE_GRAY_ALPHA) kind = "gray with alpha";
  if (color_type == PNG_COLOR_TYPE_PALETTE) kind = "palette";
  if (color_type == PNG_COLOR_TYPE_RGB_ALPHA) kind = "RGB with alpha";
  return "PNG, " + std::to_string(bits) + "-bit " + kind + (interlaced ? ", interlaced" : "");
}

Header Reader::header() {
  const bool read = guarded(png_, [this] {
    png_set_read_fn(png_, &session_, on_read);
    png_set_crc_action(png_, PNG_CRC_ERROR_QUIT, PNG_CRC_ERROR_QUIT);
    png_set_user_limits(png_, kMaxSide, kMaxSide);
    png_set_chunk_malloc_max(png_, kMaxChunkBytes);
    png_set_read_user_chunk_fn(png_, &session_, on_chunk);
    png_set_keep_unknown_chunks(png_, PNG_HANDLE_CHUNK_NEVER, nullptr, kAllAncillaryChunks);
    png_read_info(png_, info_);
  });
  if (!read) fail("in its header");
  if (session_.no_memory) fail_without_memory();

  width_ = png_get_image_width(png_, info_);
  height_ = png_get_image_height(png_, info_);
  const int bits = png_get_bit_depth(png_, info_);
  struct stat status {};
  if (fstat(fileno(session_.file), &status) == 0) {
    check_size(status.st_size, png_get_channels(png_, info_), bits);
  }
  const bool interlaced = png_get_interlace_type(png_, info_) != PNG_INTERLACE_NONE;
  const int color_type = png_get_color_type(png_, info_);
  const bool is_rgb = color_type == PNG_COLOR_TYPE_RGB || color_type == PNG_COLOR_TYPE_RGB_ALPHA;
  const PixelLayout layout{is_rgb ? 3 : 1, bits == 16 ? 16 : 8};
  return {width_, height_, layout, describe(bits, color_type, interlaced), note()};
}

void Reader::prepare(const Header& header, Alpha alpha, Picture& out) const {
  out.resize(width_, height_, header.layout);
  out.palette.clear();
  png_colorp colors = nullptr;
  int n_colors = 0;
  if (png_get_color_type(png_, info_) != PNG_COLOR_TYPE_PALETTE) return;
  png_get_PLTE(png_, info_, &colors, &n_colors);
  for (int i = 0; i < n_colors; ++i) out.palette.push_back({colors[i].red, colors[i].green, colors[i].blue});
  if (alpha == Alpha::OverBlack) put_palette_over_black(out);
}

void Reader::put_palette_over_black(Picture& out) const {
  png_bytep alphas = nullptr;
  int n_alphas = 0;
  if (png_get_tRNS(png_, info_, &alphas, &n_alphas, nullptr) == 0) return;
  for (std::size_t i = 0; i < std::min<std::size_t>(n_alphas, out.palette.size()); ++i) {
    for (std::uint8_t& code : out.palette[i]) code = static_cast<std::uint8_t>((code * alphas[i] + 127) / 255);
  }
}

/// So that nobody meets an index without a colour: what a palette lacks is black.
void Reader::complete_palette(Picture& out) const {
  if (png_get_color_type(png_, info_) != PNG_COLOR_TYPE_PALETTE || out.palette.size() == 256) return;
  std::uint8_t highest = 0;
  for (const std::uint8_t index : out.pixels) highest = std::max(highest, index);
  if (highest >= out.palette.size()) out.palette.resize(std::size_t{highest} + 1);
}

/// Reads the pixels without libpng, whose place in the file does not change; false if it has to do it after all.
bool Reader::read_stripes(StripeReader& stripes, int threads, Picture& out) const {
  const int color_type = png_get_color_type(png_, info_);
  const int bits = png_get_bit_depth(png_, info_);
  const bool is_ours = session_.has_stripes && bits >= 8 && (color_type & PNG_COLOR_MASK_ALPHA) == 0 &&
                       png_get_interlace_type(png_, info_) == PNG_INTERLACE_NONE;
  if (!is_ours) return false;

  const int pixel_bytes = out.layout.bytes();
  const StripedRows rows{height_, width_ * pixel_bytes, pixel_bytes, bits};
  // libpng has read the head of the first IDAT chunk.
  return stripes.read(fileno(session_.file), session_.n_read - kChunkHeadBytes, rows, threads, out.pixels.data());
}

/// May be jumped out of, as libpng's own calls.
void Reader::set_up_alpha(Alpha alpha) {
  if (alpha == Alpha::Drop) {
    png_set_expand_gray_1_2_4_to_8(png_);
    png_set_strip_alpha(png_);
    return;
  }
  png_set_expand(png_);  // a colour that counts as transparent becomes alpha too
  const bool has_alpha = (png_get_color_type(png_, info_) & PNG_COLOR_MASK_ALPHA) != 0;
  if (!has_alpha && png_get_valid(png_, info_, PNG_INFO_tRNS) == 0) return;
  const png_color_16 black{};
  png_set_background(png_, &black, PNG_BACKGROUND_GAMMA_SCREEN, 0, 1.0);
}

void Reader::pixels(Alpha alpha, Picture& out) {
  Picture* const picture = &out;
  bool fits = false;
  const bool set_up = guarded(png_, [this, alpha, picture, &fits] {
    if (png_get_color_type(png_, info_) == PNG_COLOR_TYPE_PALETTE) {
      png_set_packing(png_);
    } else {
      set_up_alpha(alpha);
    }
    if (picture->layout.bits == 16 && std::endian::native == std::endian::little) png_set_swap(png_);
    png_set_interlace_handling(png_);
    png_read_update_info(png_, info_);
    fits = static_cast<std::int64_t>(png_get_rowbytes(png_, info_)) == picture->row_bytes();
  });
  if (!set_up) fail("in its header");
  if (!fits) throw Error(ErrorCode::Internal, "libpng's rows are not what they were set up to be");

  const int passes = png_get_interlace_type(png_, info_) != PNG_INTERLACE_NONE ? PNG_INTERLACE_ADAM7_PASSES : 1;
  const bool read = guarded(png_, [this, picture, passes] {
    for (int pass = 0; pass < passes; ++pass) {
      for (session_.row = 0; session_.row < picture->height; ++session_.row) {
        png_read_row(png_, picture->row(session_.row), nullptr);
      }
    }
  });
  if (!read) fail("at row " + std::to_string(session_.row) + " of " + std::to_string(height_));
  if (!guarded(png_, [this] { png_read_end(png_, info_); })) fail("behind its last row");
  if (session_.no_memory) fail_without_memory();
}

}  // namespace

struct Decoder::State {
  StripeReader stripes;
  bool was_fast = false;
};

Decoder::Decoder() : state_(std::make_unique<State>()) {}
Decoder::~Decoder() = default;
Decoder::Decoder(Decoder&&) noexcept = default;
Decoder& Decoder::operator=(Decoder&&) noexcept = default;

Header Decoder::read(std::FILE* file, Picture& out, int threads, Alpha alpha) {
  Reader reader(file);
  Header header = reader.header();
  reader.prepare(header, alpha, out);
  state_->was_fast = reader.read_stripes(state_->stripes, threads, out);
  if (!state_->was_fast) {
    reader.pixels(alpha, out);
    if (!header.note_json) header.note_json = reader.note();
  }
  reader.complete_palette(out);
  return header;
}

bool Decoder::was_fast() const { return state_->was_fast; }

Header read(std::FILE* file, Picture& out) { return Decoder().read(file, out); }

Header read_header(std::FILE* file) { return Reader(file).header(); }

}  // namespace spectrohue::image::png
