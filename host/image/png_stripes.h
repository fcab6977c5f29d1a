// SPDX-FileCopyrightText: 2026 The spectrohue authors
// SPDX-License-Identifier: MIT
//
// Stripes on the CPU: coding one and decoding one. math/deflate.h says what a stripe is.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

#include "math/deflate.h"

namespace spectrohue::image::png {

/// What a buffer must hold behind the bytes that count, because words are loaded and stored whole.
inline constexpr std::size_t kSlackBytes = 16;
/// No coded stripe, and no group of silent ones, is longer.
inline constexpr std::size_t kMaxCodedBytes = math::kStripeBytes + math::kStoredHeaderBytes;

/// True if all n bytes are zero.
bool is_silent(const std::uint8_t* bytes, std::size_t n);

class BitWriter;

/// Codes stripes. Holds scratch only: what it makes depends on the arguments alone.
class StripeCoder {
 public:
  /// Which stretches of repeats become matches: those that cover a cell, or those that are not shorter.
  enum class Runs { Cells = 0, Short = math::kShortRun, All = math::kMinMatch };

  /// Codes n bytes, 1 to math::kStripeBytes, into out, which has room for kMaxCodedBytes + kSlackBytes. Returns how
  /// many bytes it made. The kSlackBytes behind the n can be read.
  std::size_t code(const std::uint8_t* bytes, std::size_t n, Runs runs, std::uint8_t* out);
  /// The same for a group of whole stripes that hold zeros only, 1 to math::kGroupStripes.
  std::size_t code_silence(int n_stripes, std::uint8_t* out);
  /// The same for 2 to math::kGroupStripes sparse ones, n bytes. 0 if it is not smaller than `most`; nothing is written
  /// then.
  std::size_t code_merged(int n_stripes, const std::uint8_t* bytes, std::size_t n, std::size_t most, std::uint8_t* out);
  /// How many bytes code() would make.
  std::size_t coded_size(const std::uint8_t* bytes, std::size_t n, Runs runs);
  /// How many bytes Runs::All would put into runs.
  std::size_t bytes_in_runs(const std::uint8_t* bytes, std::size_t n);

 private:
  /// Bytes [start, start + repeats) each equal the one before.
  struct Run {
    std::uint32_t start;
    std::uint32_t repeats;
  };

  /// Tokens that have a code of their own, or may have.
  struct Part {
    std::uint32_t first_run;
    std::uint32_t end;  ///< byte
    std::uint32_t match_bits;
  };

  void make_code(const std::uint8_t* bytes, std::uint32_t n, Runs runs);
  void make_codes(const std::uint8_t* bytes, std::uint32_t n, Runs runs);
  void find_cells(const std::uint8_t* bytes, std::uint32_t n);
  void find_runs(const std::uint8_t* bytes, std::uint32_t n, std::uint32_t shortest);
  void count_tokens(const std::uint8_t* bytes, std::uint32_t n, std::uint32_t part_bytes);
  static void write_block(const std::uint8_t* bytes, std::uint32_t at, std::uint32_t n, std::span<const Run> runs,
                          const math::BlockCode& code, BitWriter& to);
  std::size_t write_blocks(const std::uint8_t* bytes, std::uint8_t* out) const;
  std::size_t size() const;

  /// A run is a token at least, and so is the byte before it; of stripes that are merged there are no more.
  static constexpr int kMaxRuns = 8 * math::kMergedBytes / 2;
  static_assert(kMaxRuns > math::kStripeBytes / (1 + math::kMinMatch));
  Run runs_[kMaxRuns + 1];
  int n_runs_ = 0;
  std::uint32_t counts_[math::kParts][math::kMaxSymbols];
  Part parts_[math::kParts];
  int n_parts_ = 0;
  bool is_split_ = false;  ///< each part has a code of its own
  math::BlockCode code_;   ///< of all parts
  math::BlockCode part_codes_[math::kParts];
  math::BlockWork work_;
};

/// A stripe to be decoded, or several that were coded together: exactly n_coded bytes to exactly n, at least 1. Both
/// buffers go on for kSlackBytes.
struct CodedStripe {
  const std::uint8_t* coded = nullptr;
  std::size_t n_coded = 0;
  std::uint8_t* out = nullptr;
  std::size_t n = 0;
};

/// Decodes what StripeCoder made, and nothing else: whatever it accepts, any decoder of deflate takes for the same
/// bytes.
class StripeDecoder {
 public:
  /// False if it is no such stripe; what is at out is then undefined.
  bool decode(const CodedStripe& stripe);
  /// Two at once: each has to wait for its own last code, not for the other's, so this takes little longer than one.
  /// False if one of them is no such stripe.
  bool decode(const CodedStripe& a, const CodedStripe& b);

 private:
  struct Stream;
  enum class Step { More, End, Bad };
  struct Tables {
    std::uint16_t symbols[1 << math::kLiteralCodeBits];   ///< by the next bits: symbol << 4 | bits of its code
    std::uint32_t literals[1 << math::kLiteralCodeBits];  ///< up to three literals at once, see the source
  };

  static bool make_tables(const std::uint8_t* lengths, int n_symbols, Tables& tables);
  static bool begin(Stream& stream);
  static Step step(Stream& stream);
  static void copy_literals(Stream& stream);
  static void copy_literals(Stream& a, Stream& b);
  static bool is_ended(Stream& stream);
  static bool finish(Stream& stream);

  Tables tables_[2];
};

}  // namespace spectrohue::image::png
