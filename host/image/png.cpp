// SPDX-FileCopyrightText: 2026 The spectrohue authors
// SPDX-License-Identifier: MIT
//
// libpng reports errors by longjmp, which must not jump over destructors. So: every call that may fail stands in a
// function object without locals of its own, run by guarded(); what it works on lives outside, in Session.
#include "image/png.h"

#include <png.h>
#include <sys/stat.h>
#include <zlib.h>

#include <bit>
#include <cerrno>
#include <csetjmp>
#include <system_error>

#include "image/picture_file.h"
#include "spectrohue/error.h"

namespace spectrohue::image::png {

namespace {

constexpr char kKeyword[] = "spectrohue";
constexpr std::int64_t kMaxSide = 0x7FFFFFFF;
constexpr std::size_t kIdatBytes = 1 << 20;
constexpr png_alloc_size_t kMaxChunkBytes = 16 << 20;
/// No deflate stream holds more than this many bytes a byte.
constexpr std::int64_t kMaxDeflateRatio = 1032;

/// What a libpng call leaves behind when it fails. Plain data: a longjmp may pass by at any time.
struct Session {
  std::FILE* file = nullptr;
  char problem[128] = "";
  int system_error = 0;
  bool at_end = false;
  std::int64_t row = 0;
};

void on_error(png_structp png, png_const_charp message) {
  auto* session = static_cast<Session*>(png_get_error_ptr(png));
  std::snprintf(session->problem, sizeof(session->problem), "%s", message);
  png_longjmp(png, 1);
}

void on_warning(png_structp, png_const_charp) {}  // what still gives a picture is not worth a word

void on_read(png_structp png, png_bytep to, std::size_t count) {
  auto* session = static_cast<Session*>(png_get_io_ptr(png));
  if (std::fread(to, 1, count, session->file) == count) return;
  session->at_end = std::feof(session->file) != 0;
  if (!session->at_end) session->system_error = errno;
  png_error(png, "the file ends early");
}

void on_write(png_structp png, png_bytep from, std::size_t count) {
  auto* session = static_cast<Session*>(png_get_io_ptr(png));
  if (std::fwrite(from, 1, count, session->file) == count) return;
  session->system_error = errno;
  png_error(png, "cannot write");
}

void on_flush(png_structp) {}

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
  void pixels(const Header& header, Picture& out);
  std::optional<std::string> note() const;

 private:
  [[noreturn]] void fail(const std::string& where) const;
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
    png_read_info(png_, info_);
  });
  if (!read) fail("in its header");

  width_ = png_get_image_width(png_, info_);
  height_ = png_get_image_height(png_, info_);
  const int bits = png_get_bit_depth(png_, info_);
  struct stat status {};
  if (fstat(fileno(session_.file), &status) == 0) {
    check_size(status.st_size, png_get_channels(png_, info_), bits);
  }
  const bool interlaced = png_get_interlace_type(png_, info_) != PNG_INTERLACE_NONE;
  return {width_, height_, bits == 16 ? 16 : 8, describe(bits, png_get_color_type(png_, info_), interlaced), note()};
}

void Reader::pixels(const Header& header, Picture& out) {
  out.width = width_;
  out.height = height_;
  out.bits = header.bits;
  out.pixels.resize(static_cast<std::size_t>(out.row_bytes() * out.height));

  Picture* const picture = &out;
  bool fits = false;
  const bool set_up = guarded(png_, [this, picture, &fits] {
    png_set_palette_to_rgb(png_);
    png_set_expand_gray_1_2_4_to_8(png_);
    png_set_gray_to_rgb(png_);
    png_set_strip_alpha(png_);
    if (picture->bits == 16 && std::endian::native == std::endian::little) png_set_swap(png_);
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
}

std::optional<std::string> Reader::note() const {
  png_textp texts = nullptr;
  const int count = png_get_text(png_, info_, &texts, nullptr);
  for (int i = 0; i < count; ++i) {
    // Programs that store a picture again may turn the iTXt chunk into another kind of text.
    const png_text& text = texts[i];
    if (std::string_view(text.key) != kKeyword || text.text == nullptr) continue;
    const bool international = text.compression >= PNG_ITXT_COMPRESSION_NONE;
    return std::string(text.text, international ? text.itxt_length : text.text_length);
  }
  return std::nullopt;
}

class Writer {
 public:
  explicit Writer(std::FILE* file) {
    session_.file = file;
    png_ = png_create_write_struct(PNG_LIBPNG_VER_STRING, &session_, on_error, on_warning);
    info_ = png_ != nullptr ? png_create_info_struct(png_) : nullptr;
    if (info_ == nullptr) {
      png_destroy_write_struct(&png_, nullptr);
      fail_without_memory();
    }
  }
  Writer(const Writer&) = delete;
  Writer& operator=(const Writer&) = delete;
  ~Writer() { png_destroy_write_struct(&png_, &info_); }

  void write(const Picture& picture, const std::string* note_json);

 private:
  Session session_;
  png_structp png_ = nullptr;
  png_infop info_ = nullptr;
};

void Writer::write(const Picture& picture, const std::string* note_json) {
  char keyword[] = "spectrohue";
  char nothing[] = "";
  std::string note = note_json != nullptr ? *note_json : "";
  png_text text{};
  text.compression = PNG_ITXT_COMPRESSION_NONE;
  text.key = keyword;
  text.text = note.data();
  text.itxt_length = note.size();
  text.lang = nothing;
  text.lang_key = nothing;

  const bool written = guarded(png_, [this, &picture, &text] {
    png_set_write_fn(png_, &session_, on_write, on_flush);
    png_set_user_limits(png_, kMaxSide, kMaxSide);
    png_set_IHDR(png_, info_, static_cast<png_uint_32>(picture.width), static_cast<png_uint_32>(picture.height),
                 picture.bits, PNG_COLOR_TYPE_RGB, PNG_INTERLACE_NONE, PNG_COMPRESSION_TYPE_DEFAULT,
                 PNG_FILTER_TYPE_DEFAULT);
    // Neighbouring phases have little to do with each other: filters and matches only cost time and bytes.
    png_set_filter(png_, PNG_FILTER_TYPE_BASE, PNG_FILTER_NONE);
    png_set_compression_strategy(png_, Z_HUFFMAN_ONLY);
    png_set_compression_buffer_size(png_, kIdatBytes);
    if (text.itxt_length != 0) png_set_text(png_, info_, &text, 1);
    png_write_info(png_, info_);
    if (picture.bits == 16 && std::endian::native == std::endian::little) png_set_swap(png_);
    for (std::int64_t y = 0; y < picture.height; ++y) png_write_row(png_, picture.row(y));
    png_write_end(png_, nullptr);
  });
  if (written) return;
  if (session_.system_error != 0) {
    throw Error(ErrorCode::Write, "cannot write the file: " + std::generic_category().message(session_.system_error));
  }
  throw Error(ErrorCode::Write, std::string("cannot write the PNG: ") + session_.problem);
}

}  // namespace

Header read_header(std::FILE* file) { return Reader(file).header(); }

Header read(std::FILE* file, Picture& out) {
  Reader reader(file);
  Header header = reader.header();
  reader.pixels(header, out);
  if (!header.note_json) header.note_json = reader.note();
  return header;
}

void write(std::FILE* file, const Picture& picture, const std::string* note_json) {
  const auto fits = [](std::int64_t side) { return side >= 1 && side <= kMaxSide; };
  if (!fits(picture.width) || !fits(picture.height)) {
    throw Error(ErrorCode::Unsupported, "a PNG cannot hold " + std::to_string(picture.width) + " x " +
                                            std::to_string(picture.height) +
                                            " pixels: each side must be 1 to 2147483647");
  }
  Writer(file).write(picture, note_json);
}

}  // namespace spectrohue::image::png
