// SPDX-FileCopyrightText: 2026 The spectrohue authors
// SPDX-License-Identifier: MIT
//
// What a stripe of a PNG is: the one description of it, for the writer on the CPU and for one on a device. Both must
// make the same bytes. docs/png.md says why it is so.
//
// The filtered bytes of the picture (a row: its filter byte and its pixels) are cut every kStripeBytes, wherever that
// falls; the last stripe is shorter. A stripe is coded on its own, into
//   - one dynamic Huffman block, not final, and an empty stored block, which ends on a byte; or
//   - a dynamic block for each part instead, if parts differ and that is smaller by one in kPartsGain; or, if neither
//   is shorter,
//   - one stored block.
// A part starts at the first token that starts at a multiple of kPartBytes or behind it.
// Tokens of the dynamic block: a byte that equals the one before it repeats. A stretch of repeats is a run if it covers
// a whole cell (kCellBytes, from a multiple of it); every other byte is a literal. A run of n repeats is sent as
// n / 258 matches of 258 bytes at distance 1, and what remains as one match if it is 3 or more, else as literals.
// In pictures where that is smaller, all stretches of kShortRun repeats and more are runs, or all that a match can be.
//
// Sparse stripes, one after another in a group of kGroupStripes, are coded together, as one long stripe:
//   - if all are zeros;
//   - if none has more than kSparseBytes by itself and all have no more than kMergedBytes: as many as there are, but an
//     even number unless they end the picture, where that is smaller by one in kMergedGain. Runs are those of kMinMatch
//     repeats, or of kShortRun if that makes fewer bits. An empty stored block stands before the dynamic one; in the
//     bits that fill its first byte it says how many stripes there are.
#pragma once

#include "math/huffman.h"
#include "spectrohue/encode_png.h"

namespace spectrohue::math {

/// 63 * 4 * 258: a further stripe of zeros is exactly 63 zero bytes of code. One stored block can hold a stripe.
inline constexpr int kStripeBytes = 65016;
inline constexpr int kGroupStripes = 64;
inline constexpr int kCellBytes = 16;
inline constexpr int kShortRun = 8;
/// Coded by itself. Larger ones have no header worth sharing.
inline constexpr int kSparseBytes = kStripeBytes / 32;
/// The sum of stripes that are coded together: a token takes a bit or more, so counts stay below 2^16.
inline constexpr int kMergedBytes = 8128;
inline constexpr int kMergedGain = 64;
/// What one more stripe of zeros adds, and what they take at least.
inline constexpr int kZerosBytes = kStripeBytes / (4 * 258);
inline constexpr int kZerosEndBytes = 20;
inline constexpr int kParts = 4;
inline constexpr int kPartBytes = kStripeBytes / kParts;
inline constexpr int kPartsGain = 64;
/// Longer codes would save 0.1 % and cost every reader a second table.
inline constexpr int kLiteralCodeBits = 12;

inline constexpr int kEndOfBlock = 256;
inline constexpr int kLiteralSymbols = 286;  ///< literals, end of block, lengths
inline constexpr int kMinMatch = 3;
inline constexpr int kMaxMatch = 258;
inline constexpr int kMaxMatchSymbol = 285;
inline constexpr int kLengthCodeSymbols = 19;
inline constexpr int kLengthCodeBits = 7;
/// Two codes of one bit: distance 1 is a 0. One code would do, but it would not be complete, and readers differ on
/// that.
inline constexpr int kDistanceSymbols = 2;
inline constexpr int kDistanceBits = 1;
inline constexpr int kStoredHeaderBytes = 5;
inline constexpr int kEmptyStoredBytes = 4;  ///< behind its three bits and the padding
inline constexpr int kHeaderWords = 36;      ///< no header of a block is longer than these, of 64 bits

/// Length and type before the data of a chunk, checksum behind it.
inline constexpr int kChunkHeadBytes = 8;
inline constexpr int kChunkTailBytes = 4;
inline constexpr int kChunkBytes = kChunkHeadBytes + kChunkTailBytes;

using spectrohue::StripeChunk;

inline namespace SPECTROHUE_MATH_ABI {

/// In which order a block lists the lengths of the code in which it sends the lengths of its codes.
SPECTROHUE_HD int length_code_order(int i) {
  constexpr std::uint8_t kOrder[kLengthCodeSymbols] = {16, 17, 18, 0, 8,  7, 9,  6, 10, 5,
                                                       11, 4,  12, 3, 13, 2, 14, 1, 15};
  return kOrder[i];
}

/// How a length is sent: the symbol, and n_extra bits that hold `extra`.
struct LengthCode {
  int symbol;
  int n_extra;
  int extra;
};
/// kMinMatch <= length <= kMaxMatch.
SPECTROHUE_HD LengthCode length_code(int length) {
  if (length == kMaxMatch) return {kMaxMatchSymbol, 0, 0};
  const int l = length - kMinMatch;
  if (l < 8) return {257 + l, 0, 0};
  int n_extra = 1;
  while (l >> n_extra >= 8) ++n_extra;
  return {257 + 4 * n_extra + (l >> n_extra), n_extra, l & ((1 << n_extra) - 1)};
}
/// The reverse: the shortest length that the symbol stands for and how many extra bits follow it. 257 <= symbol <= 285.
SPECTROHUE_HD void length_of_symbol(int symbol, int& base, int& n_extra) {
  const int i = symbol - 257;
  n_extra = i < 8 || symbol == kMaxMatchSymbol ? 0 : i / 4 - 1;
  base = symbol == kMaxMatchSymbol ? kMaxMatch : (i < 8 ? i : (4 + i % 4) << n_extra) + kMinMatch;
}

/// True if each of the kCellBytes bytes from p equals the one before it; reads from p[-1].
SPECTROHUE_HD bool cell_repeats(const std::uint8_t* p) {
  std::uint64_t here[2];
  std::uint64_t before[2];
  memcpy(here, p, sizeof here);
  memcpy(before, p - 1, sizeof before);
  return ((here[0] ^ before[0]) | (here[1] ^ before[1])) == 0;
}

/// What stands before stripes that are coded together and are not all zeros: an empty stored block. 5 bits fill its
/// first byte.
inline constexpr int kMergedHeadBytes = 5;
inline constexpr std::uint8_t kMergedHead[kMergedHeadBytes] = {0, 0, 0, 0xFF, 0xFF};
/// The first byte for n stripes. n is odd only if the picture ends with them: `one more` is then meant.
SPECTROHUE_HD std::uint8_t merged_head(int n_stripes) {
  return static_cast<std::uint8_t>(((n_stripes + 1) / 2 - 1) << 3);
}
/// The reverse: n, or n - 1 if no more are left.
SPECTROHUE_HD int merged_stripes(std::uint8_t head) { return 2 * ((head >> 3) + 1); }

/// How a run is sent: `whole` matches of kMaxMatch, then one more match (symbol 0: none), then literals.
struct RunTokens {
  std::uint32_t whole;
  LengthCode last;
  std::uint32_t literals;

  /// Bits of the matches beside their length symbols.
  SPECTROHUE_HD std::uint32_t match_bits() const {
    return whole * kDistanceBits + (last.symbol != 0 ? static_cast<std::uint32_t>(last.n_extra + kDistanceBits) : 0);
  }
};
SPECTROHUE_HD RunTokens run_tokens(std::uint32_t repeats) {
  const std::uint32_t rest = repeats % kMaxMatch;
  if (rest < kMinMatch) return {repeats / kMaxMatch, {0, 0, 0}, rest};
  return {repeats / kMaxMatch, length_code(static_cast<int>(rest)), 0};
}

/// Counts the tokens of a run of `repeats` bytes of the given value. Returns the bits of its matches beside their
/// length symbols.
SPECTROHUE_HD std::uint32_t count_run(std::uint32_t repeats, int value, std::uint32_t* counts) {
  const RunTokens run = run_tokens(repeats);
  counts[kMaxMatchSymbol] += run.whole;
  counts[value] += run.literals;
  if (run.last.symbol != 0) ++counts[run.last.symbol];
  return run.match_bits();
}

/// How far the n_parts counts of a symbol are from what they would be if all parts were alike, times n_parts. sum: of
/// all counts.
SPECTROHUE_HD std::int32_t symbol_difference(const std::uint32_t (*counts)[kMaxSymbols], int n_parts, int symbol,
                                             std::uint32_t sum) {
  std::int32_t difference = 0;
  for (int part = 0; part < n_parts; ++part) {
    const std::int32_t more =
        n_parts * static_cast<std::int32_t>(counts[part][symbol]) - static_cast<std::int32_t>(sum);
    difference += more < 0 ? -more : more;
  }
  return difference;
}
/// True if the tokens of the parts are so different that codes of their own may pay: if a third of them and more are
/// not where they would be if all parts were alike. difference: of all symbols.
SPECTROHUE_HD bool parts_differ(std::int32_t difference, std::int32_t n_tokens) {
  return 4 * difference > 5 * n_tokens;
}

/// The code of one block, and what stands before its tokens.
struct BlockCode {
  std::uint16_t codes[kMaxSymbols];
  std::uint8_t lengths[kMaxSymbols];
  std::uint64_t header[kHeaderWords];  ///< first bit lowest; zeros behind the last
  std::uint32_t header_bits;
  std::uint32_t bits;  ///< of header and tokens, end of block included
};

/// Scratch of make_block_code.
struct BlockWork {
  HuffmanWork huffman;
  std::uint8_t sequence[kMaxSymbols + kDistanceSymbols];
  std::uint8_t symbols[kMaxSymbols + kDistanceSymbols];
  std::uint8_t extras[kMaxSymbols + kDistanceSymbols];
  std::uint32_t counts[kLengthCodeSymbols];
  std::uint8_t lengths[kLengthCodeSymbols];
  std::uint16_t codes[kLengthCodeSymbols];
};

SPECTROHUE_HD void put_header_bits(BlockCode& code, std::uint32_t value, int n) {
  const std::uint32_t at = code.header_bits;
  code.header[at / 64] |= std::uint64_t{value} << (at % 64);
  if (at % 64 + static_cast<std::uint32_t>(n) > 64) code.header[at / 64 + 1] |= std::uint64_t{value} >> (64 - at % 64);
  code.header_bits += static_cast<std::uint32_t>(n);
}

/// Writes the lengths of the codes as the symbols of deflate: 0..15 a length, 16 the last one again 3-6 times, 17 and
/// 18 zero 3-10 and 11-138 times. Returns how many symbols.
SPECTROHUE_HD int code_length_symbols(const std::uint8_t* sequence, int n, std::uint8_t* symbols,
                                      std::uint8_t* extras) {
  int n_symbols = 0;
  const auto add = [&](int symbol, int extra) {
    symbols[n_symbols] = static_cast<std::uint8_t>(symbol);
    extras[n_symbols++] = static_cast<std::uint8_t>(extra);
  };
  for (int i = 0; i < n;) {
    const int length = sequence[i];
    int end = i + 1;
    while (end < n && sequence[end] == length) ++end;
    if (length != 0) {
      add(length, 0);
      ++i;
    }
    while (length == 0 && end - i >= 11) {
      const int zeros = end - i < 138 ? end - i : 138;
      add(18, zeros - 11);
      i += zeros;
    }
    while (end - i >= 3) {
      const int most = length == 0 ? 10 : 6;
      const int repeats = end - i < most ? end - i : most;
      add(length == 0 ? 17 : 16, repeats - 3);
      i += repeats;
    }
    for (; i < end; ++i) add(length, 0);
  }
  return n_symbols;
}

/// What follows from the lengths of the codes of all literal symbols: the rest of make_block_code.
SPECTROHUE_HD void complete_block_code(const std::uint32_t* counts, std::uint32_t match_bits, BlockCode& code,
                                       BlockWork& work) {
  canonical_codes(code.lengths, kLiteralSymbols, code.codes);

  int n_literals = kLiteralSymbols;
  while (code.lengths[n_literals - 1] == 0) --n_literals;
  for (int i = 0; i < n_literals; ++i) work.sequence[i] = code.lengths[i];
  for (int i = 0; i < kDistanceSymbols; ++i) work.sequence[n_literals + i] = kDistanceBits;
  const int n = code_length_symbols(work.sequence, n_literals + kDistanceSymbols, work.symbols, work.extras);
  for (std::uint32_t& count : work.counts) count = 0;
  for (int i = 0; i < n; ++i) ++work.counts[work.symbols[i]];
  huffman_lengths(work.counts, kLengthCodeSymbols, kLengthCodeBits, work.lengths, work.huffman);
  canonical_codes(work.lengths, kLengthCodeSymbols, work.codes);
  int n_length_codes = kLengthCodeSymbols;
  while (n_length_codes > 4 && work.lengths[length_code_order(n_length_codes - 1)] == 0) --n_length_codes;

  for (std::uint64_t& word : code.header) word = 0;
  code.header_bits = 0;
  put_header_bits(code, 0, 1);  // not the last block
  put_header_bits(code, 2, 2);  // dynamic
  put_header_bits(code, static_cast<std::uint32_t>(n_literals - 257), 5);
  put_header_bits(code, kDistanceSymbols - 1, 5);
  put_header_bits(code, static_cast<std::uint32_t>(n_length_codes - 4), 4);
  for (int i = 0; i < n_length_codes; ++i) put_header_bits(code, work.lengths[length_code_order(i)], 3);
  for (int i = 0; i < n; ++i) {
    const int symbol = work.symbols[i];
    put_header_bits(code, work.codes[symbol], work.lengths[symbol]);
    if (symbol >= 16) put_header_bits(code, work.extras[i], symbol == 16 ? 2 : (symbol == 17 ? 3 : 7));
  }

  code.bits = code.header_bits + match_bits;
  for (int i = 0; i < kLiteralSymbols; ++i) code.bits += counts[i] * code.lengths[i];
}

/// Makes the code for tokens that occur counts[symbol] times (each < 2^16; kEndOfBlock among them, once), whose matches
/// take match_bits beside their length symbols.
SPECTROHUE_HD void make_block_code(const std::uint32_t* counts, std::uint32_t match_bits, BlockCode& code,
                                   BlockWork& work) {
  huffman_lengths(counts, kLiteralSymbols, kLiteralCodeBits, code.lengths, work.huffman);
  complete_block_code(counts, match_bits, code, work);
}

/// True if parts whose code is so long together are worth one each; bits: of one code for all.
SPECTROHUE_HD bool parts_pay(std::uint32_t part_bits, std::uint32_t bits) {
  return part_bits < bits - bits / kPartsGain;
}

/// Bytes of dynamic blocks of so many bits together, with the empty stored one behind them. A stripe of n bytes is
/// stored instead if these are not fewer than kStoredHeaderBytes + n.
SPECTROHUE_HD std::uint32_t dynamic_bytes(std::uint32_t bits) { return (bits + 3 + 7) / 8 + kEmptyStoredBytes; }

inline constexpr std::uint32_t kAdlerModulus = 65521;

/// Adler-32 of a followed by b, from those of the two; n_b bytes are in b.
SPECTROHUE_HD std::uint32_t combine_adler32(std::uint32_t a, std::uint32_t b, std::uint64_t n_b) {
  const auto rest = static_cast<std::uint32_t>(n_b % kAdlerModulus);
  const std::uint32_t low_a = a & 0xFFFF;
  const std::uint32_t low = (low_a + (b & 0xFFFF) + kAdlerModulus - 1) % kAdlerModulus;
  const auto carried = static_cast<std::uint32_t>(std::uint64_t{rest} * (low_a + kAdlerModulus - 1) % kAdlerModulus);
  const std::uint32_t high = (carried + (a >> 16) + (b >> 16)) % kAdlerModulus;
  return high << 16 | low;
}
/// Adler-32 of n zeros.
SPECTROHUE_HD std::uint32_t adler32_of_zeros(std::uint64_t n) {
  return static_cast<std::uint32_t>(n % kAdlerModulus) << 16 | 1;
}

}  // namespace SPECTROHUE_MATH_ABI
}  // namespace spectrohue::math
