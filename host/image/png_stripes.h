// SPDX-FileCopyrightText: 2026 The spectrohue authors
// SPDX-License-Identifier: MIT
//
// Stripes on the CPU: coding one and decoding one. math/deflate.h says what a stripe is.
#pragma once

#include <cstddef>
#include <cstdint>

#include "math/deflate.h"

namespace spectrohue::image::png {

/// What a buffer must hold behind the bytes that count, because words are loaded and stored whole.
inline constexpr std::size_t kSlackBytes = 16;
/// No coded stripe, and no group of silent ones, is longer.
inline constexpr std::size_t kMaxCodedBytes = math::kStripeBytes + math::kStoredHeaderBytes;

/// True if all n bytes are zero.
bool is_silent(const std::uint8_t* bytes, std::size_t n);

/// Codes stripes. Holds scratch only: what it makes depends on the arguments alone.
class StripeCoder {
 public:
  /// Codes n bytes, 1 to math::kStripeBytes, into out, which has room for kMaxCodedBytes + kSlackBytes. Returns how
  /// many bytes it made.
  std::size_t code(const std::uint8_t* bytes, std::size_t n, std::uint8_t* out);
  /// The same for a group of whole stripes that hold zeros only, 1 to math::kGroupStripes.
  std::size_t code_silence(int n_stripes, std::uint8_t* out);

 private:
  /// Bytes [start, start + repeats) each equal the one before.
  struct Run {
    std::uint32_t start;
    std::uint32_t repeats;
  };

  void find_runs(const std::uint8_t* bytes, std::uint32_t n);
  void count_tokens(const std::uint8_t* bytes, std::uint32_t n);
  std::size_t write_block(const std::uint8_t* bytes, std::uint32_t n, std::uint8_t* out) const;

  static constexpr int kMaxRuns = math::kStripeBytes / math::kCellBytes;
  Run runs_[kMaxRuns + 1];
  int n_runs_ = 0;
  std::uint32_t counts_[math::kMaxSymbols];
  std::uint32_t match_bits_ = 0;
  math::BlockCode code_;
  math::BlockWork work_;
};

/// A stripe to be decoded: exactly n_coded bytes to exactly n, 1 to math::kStripeBytes. Both buffers go on for
/// kSlackBytes.
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
