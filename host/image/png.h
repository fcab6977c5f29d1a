// SPDX-FileCopyrightText: 2026 The spectrohue authors
// SPDX-License-Identifier: MIT
//
// PNG files. libpng stops here. The text of the note passes through unread.
#pragma once

#include <array>
#include <cstdint>
#include <cstdio>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "image/alpha.h"
#include "image/file_io.h"
#include "image/write_options.h"
#include "math/deflate.h"
#include "spectrohue/encode_png.h"
#include "spectrohue/types.h"

namespace spectrohue::image::png {

inline constexpr std::string_view kSignature{"\x89PNG\r\n\x1A\n", 8};

/// What stands before the pixels.
struct Header {
  std::int64_t width = 0;
  std::int64_t height = 0;
  PixelLayout layout;                    ///< of the picture that read() makes
  std::string description;               ///< for example "PNG, 8-bit RGB"
  std::optional<std::string> note_json;  ///< the text with the keyword "spectrohue"
};

/// A picture to be written, seen in place.
struct Pixels {
  const std::uint8_t* data = nullptr;  ///< [height] rows, row_bytes apart; 16-bit values in native byte order
  std::int64_t row_bytes = 0;          ///< >= width * channels * bits / 8
  std::int64_t width = 0;
  std::int64_t height = 0;
  int channels = 3;                 ///< 3: red, green, blue; 1: gray, or indices if there is a palette
  int bits = 8;                     ///< a channel: 8 or 16; indices: 8
  std::span<const Colour> palette;  ///< up to 256; empty: not indexed
};
/// Coder::write() says what a PNG cannot hold.
Pixels pixels_of(const Picture& picture);

/// What a device made of a picture's stripes with filter None and Runs::Cells: math/deflate.h, docs/png.md.
struct CodedPixels {
  std::span<const math::StripeChunk> stripes;
  std::span<const std::uint8_t> chunks;  ///< theirs, one after another
};

using image::Pieces;
using image::Sink;
using image::write_to;

/// Writes pictures with memory that it keeps from one to the next: one coder a worker, not shared between threads.
class Coder {
 public:
  Coder();
  ~Coder();
  Coder(Coder&&) noexcept;
  Coder& operator=(Coder&&) noexcept;

  /// Calls the sink a few times; lets through what it throws. The bytes depend on the picture, the note and the
  /// compression alone. Throws Error(Unsupported) if a side is 0 or longer than 2^31 - 1, or the note than 2^31 - 1, or
  /// if the pixels are floats or pairs.
  void write(const Pixels& pixels, const std::string* note_json, const WriteOptions& options, const Sink& sink);

  /// True if write() would choose filter None and Runs::Cells for a picture, from samples of it: math::plan_samples().
  bool is_plain(const FilterSamples& samples);

  /// The same, with Compression::Fast, of pixels whose stripes are coded; pixels.data is not looked at. The bytes are
  /// those of the other write() if the picture is_plain(). Throws Error(Internal) if `coded` is
  /// not of such a picture as far as it has to look into it.
  void write(const Pixels& pixels, const CodedPixels& coded, const std::string* note_json, const Sink& sink);

 private:
  struct State;
  std::unique_ptr<State> state_;
};

/// The same as image::write_to.
void write_to(std::FILE* file, Pieces pieces);

/// The same as Coder::write with a coder, and memory, of its own.
void write(std::FILE* file, const Picture& picture, const std::string* note_json, const WriteOptions& options = {});

/// Reads pictures with memory that it keeps from one to the next: one decoder a worker, not shared between threads.
class Decoder {
 public:
  Decoder();
  ~Decoder();
  Decoder(Decoder&&) noexcept;
  Decoder& operator=(Decoder&&) noexcept;

  /// Reads a regular file from its start; where the file is left is not said. Files of Coder with Compression::Fast are
  /// decoded on that many threads, all others by libpng on one; the outcome is the same. A note that stands behind the
  /// pixels is found too. Gray stays gray, of 1, 2 and 4 bits at 8; indices of any depth become 8 bits, and the palette
  /// has a colour for each (black where the file has none); alpha is dropped unless it is asked for, and gamma ignored.
  /// Throws Error(Read) if the system fails, Error(BadFormat) if the file is damaged, truncated (the message names the
  /// row) or, as RGB, larger than kMaxPixelBytes.
  Header read(std::FILE* file, Picture& out, int threads = 1, Alpha alpha = Alpha::Drop);

  /// True if the last read() did without libpng's decoder. For tests and benches.
  bool was_fast() const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

/// The same with a decoder, and memory, of its own.
Header read(std::FILE* file, Picture& out);
/// Reads what stands before the pixels, from the file's start. Throws as Decoder::read.
Header read_header(std::FILE* file);

}  // namespace spectrohue::image::png
