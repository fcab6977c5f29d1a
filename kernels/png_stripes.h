// SPDX-FileCopyrightText: 2026 The spectrohue authors
// SPDX-License-Identifier: MIT
//
// What a block of the PNG coder's kernels does; png_stripes.cu launches them, png_coder.h says in which order. They
// make the chunks of stripes as math/deflate.h describes them, of pictures whose filter is None and whose runs are
// those that cover a cell, to the bytes of host/image/png_writer.cpp. What is coded together over several stripes is
// left to it.
//   count_stripe   the tokens of each part, Adler-32                            one block a stripe
//   code_stripe    the codes, their number, the size of the chunk               one warp a stripe
//   place_stripes  where each chunk goes                                        one block
//   pack_stripe    the chunk                                                    one block a stripe
#pragma once

#include "kernels/block.h"
#include "kernels/launch_shape.h"
#include "math/crc32.h"
#include "math/deflate.h"

namespace spectrohue::cuda {

/// A picture in device memory. All words of 4 bytes that it lies in, also in part, can be read.
struct DevicePicture {
  const std::uint8_t* data = nullptr;  ///< [height] rows, row_bytes apart; 16-bit values native and at even addresses
  std::int64_t row_bytes = 0;          ///< >= 3 * width * bits / 8
  std::int64_t width = 0;
  std::int64_t height = 0;
  int bits = 8;  ///< of red, green, blue: 8 or 16
};

/// The same for kernels: what is filtered.
struct FilteredPicture {
  const std::uint8_t* data = nullptr;
  std::int64_t row_stride = 0;    ///< from row to row in memory
  std::uint32_t row_bytes = 0;    ///< of a row in the file, its filter byte included; no more than kMaxRowBytes
  std::uint32_t is_wide = 0;      ///< 16-bit values
  std::int64_t bytes = 0;         ///< in the file
  std::int64_t first_stripe = 0;  ///< of the batch
};
inline constexpr std::int64_t kMaxRowBytes = 0x7FFFFFFF;

/// All stripes of a batch, one picture after another.
struct StripeBatch {
  const FilteredPicture* pictures = nullptr;
  const std::uint32_t* picture_of_stripe = nullptr;  ///< [n_stripes]
  std::int64_t n_stripes = 0;
};

/// Tokens that start in each quarter of a stripe.
struct StripeCounts {
  std::uint32_t symbols[math::kParts][math::kMaxSymbols];
  std::uint32_t match_bits[math::kParts];
  std::uint32_t adler;
  std::uint32_t is_zeros;  ///< and whole: nothing else is written then
};

/// How a stripe is coded: by n_codes codes, of all or of each part that has tokens; stored if there are none.
struct StripeCodes {
  math::BlockCode codes[math::kParts];
  std::uint32_t n_codes;
};

struct CountStripesArgs {
  StripeBatch batch;
  StripeCounts* counts = nullptr;  ///< [n_stripes]
};
struct CodeStripesArgs {
  StripeBatch batch;
  const StripeCounts* counts = nullptr;  ///< [n_stripes]
  StripeCodes* codes = nullptr;          ///< [n_stripes]
  math::StripeChunk* chunks = nullptr;   ///< [n_stripes]
};
struct PlaceStripesArgs {
  std::int64_t n_stripes = 0;
  const math::StripeChunk* chunks = nullptr;  ///< [n_stripes]
  std::int64_t* places = nullptr;             ///< [n_stripes]
};

inline constexpr int kStripeThreads = 256;
inline constexpr int kCodeThreads = 32;
inline constexpr int kPlaceThreads = 1024;

/// What makes a CRC-32 of words that are dealt out to kStripeThreads threads, in turn, so that the last thread has the
/// last word.
struct CrcTables {
  std::uint32_t next[4][256];           ///< what byte i of a checksum is kStripeThreads words later
  std::uint32_t place[kStripeThreads];  ///< what the words of each thread are multiplied with in the end
  std::uint32_t inverse[4];             ///< undoes so many zero bytes behind the last one
};
inline CrcTables make_crc_tables() {
  CrcTables tables;
  const std::uint32_t step = math::crc32_of_shift(4 * kStripeThreads);
  for (int byte = 0; byte < 4; ++byte) {
    for (std::uint32_t value = 0; value < 256; ++value) {
      tables.next[byte][value] = math::multiply_crc32(step, value << (8 * byte));
    }
  }
  for (unsigned i = 0; i < kStripeThreads; ++i) tables.place[i] = math::crc32_of_shift(4 * (kStripeThreads - i));
  // x^(2^32 - 1) is 1.
  for (unsigned zeros = 0; zeros < 4; ++zeros) tables.inverse[zeros] = math::crc32_of_shift(0xFFFFFFFFU - zeros);
  return tables;
}

struct PackStripesArgs {
  StripeBatch batch;
  const StripeCodes* codes = nullptr;         ///< [n_stripes]
  const math::StripeChunk* chunks = nullptr;  ///< [n_stripes]
  const std::int64_t* places = nullptr;       ///< [n_stripes]
  const CrcTables* crc = nullptr;
  std::uint32_t* out = nullptr;  ///< bytes, in words because most are stored as such
};

inline LaunchShape count_stripes_launch(const CountStripesArgs& a) {
  return {{static_cast<unsigned>(a.batch.n_stripes)}, {kStripeThreads}};
}
inline LaunchShape code_stripes_launch(const CodeStripesArgs& a) {
  return {{static_cast<unsigned>(a.batch.n_stripes)}, {kCodeThreads}};
}
inline LaunchShape place_stripes_launch(const PlaceStripesArgs&) { return {{1}, {kPlaceThreads}}; }
inline LaunchShape pack_stripes_launch(const PackStripesArgs& a) {
  return {{static_cast<unsigned>(a.batch.n_stripes)}, {kStripeThreads}};
}

// --- The bytes of a stripe.

inline constexpr int kStripeCells = (math::kStripeBytes + math::kCellBytes - 1) / math::kCellBytes;
inline constexpr std::uint32_t kWholeCell = 0xFFFF;

/// A stripe, seen through the picture that it is of.
struct StripeView {
  FilteredPicture picture;
  std::int64_t first_row;    ///< in which it starts
  std::uint32_t first_byte;  ///< in that row
  int n;                     ///< bytes
  int n_cells;
};

SPECTROHUE_HD StripeView view_stripe(const StripeBatch& batch, std::int64_t stripe) {
  StripeView view;
  view.picture = batch.pictures[batch.picture_of_stripe[stripe]];
  const std::int64_t offset = (stripe - view.picture.first_stripe) * math::kStripeBytes;
  const std::int64_t left = view.picture.bytes - offset;
  view.first_row = offset / view.picture.row_bytes;
  view.first_byte = static_cast<std::uint32_t>(offset % view.picture.row_bytes);
  view.n = left < math::kStripeBytes ? static_cast<int>(left) : math::kStripeBytes;
  view.n_cells = static_cast<int>(ceil_div(view.n, math::kCellBytes));
  return view;
}

/// kCellBytes filtered bytes from a multiple of that, and the one before them; 0 where there are none.
struct Cell {
  std::uint32_t words[4];
  std::uint32_t before;
};

/// 16 bytes from any address; on a device all words that they lie in are read.
SPECTROHUE_HD void load_bytes(const std::uint8_t* from, std::uint32_t* words) {
#ifdef __CUDA_ARCH__
  const unsigned odd = static_cast<unsigned>(reinterpret_cast<std::uintptr_t>(from) & 3);
  const auto* const aligned = reinterpret_cast<const std::uint32_t*>(from - odd);
  std::uint32_t here = aligned[0];
  for (int i = 0; i < 4; ++i) {
    const std::uint32_t next = i < 3 || odd != 0 ? aligned[i + 1] : 0;
    words[i] = __funnelshift_r(here, next, 8 * odd);
    here = next;
  }
#else
  memcpy(words, from, 16);
#endif
}

/// The bytes of a cell that are pixels of one row, from byte `at` of it on.
SPECTROHUE_HD void load_pixels(const std::uint8_t* row, std::uint32_t at, bool is_wide, std::uint32_t* words) {
  if (!is_wide) {
    load_bytes(row + at, words);
    return;
  }
  const std::uint32_t even = at & ~1U;
  load_bytes(row + even, words);
  for (int i = 0; i < 4; ++i) words[i] = (words[i] & 0x00FF00FF) << 8 | (words[i] >> 8 & 0x00FF00FF);
  if (even == at) return;
  const std::uint32_t last = row[even + 17];  // the high byte comes first in the file
  for (int i = 0; i < 4; ++i) words[i] = words[i] >> 8 | (i < 3 ? words[i + 1] : last) << 24;
}

SPECTROHUE_HD Cell load_cell(const StripeView& view, int cell) {
  const int from = cell * math::kCellBytes;
  const std::uint32_t row_bytes = view.picture.row_bytes;
  const std::uint32_t swap = view.picture.is_wide;
  const std::uint32_t local = view.first_byte + static_cast<std::uint32_t>(from);
  const std::uint32_t rows = local / row_bytes;
  const std::uint32_t at = local - rows * row_bytes;
  const std::uint8_t* row = view.picture.data + (view.first_row + rows) * view.picture.row_stride;
  Cell out{};
  if (at >= 2) out.before = row[(at - 2) ^ swap];
  if (at == 0 && from > 0) out.before = (row - view.picture.row_stride)[(row_bytes - 2) ^ swap];
  if (at > 0 && at + math::kCellBytes <= row_bytes && from + math::kCellBytes <= view.n) {
    load_pixels(row, at - 1, swap != 0, out.words);
    return out;
  }
  std::uint32_t x = at;
  for (int word = 0; word < 4; ++word) {  // unrolled, so that the words stay in registers
    for (int byte = 0; byte < 4; ++byte) {
      if (from + 4 * word + byte >= view.n) continue;
      const std::uint32_t value = x == 0 ? 0 : row[(x - 1) ^ swap];
      out.words[word] |= value << (8 * byte);
      if (++x != row_bytes) continue;
      x = 0;
      row += view.picture.row_stride;
    }
  }
  return out;
}

/// Calls use(i, byte i of the cell).
template <class Use>
SPECTROHUE_HD void for_cell_bytes(const Cell& cell, Use&& use) {
  for (int word = 0; word < 4; ++word) {
    for (int byte = 0; byte < 4; ++byte) use(4 * word + byte, static_cast<int>(cell.words[word] >> (8 * byte) & 255));
  }
}

/// Bit i: byte i of n repeats, that is, equals the one before it. is_first: of the stripe, nothing is before it.
SPECTROHUE_HD std::uint32_t repeats_of(const Cell& cell, bool is_first, int n) {
  std::uint32_t repeats = 0;
  std::uint32_t before = cell.before << 24;
  for (int i = 0; i < 4; ++i) {
    const std::uint32_t x = cell.words[i] ^ (cell.words[i] << 8 | before >> 24);
    before = cell.words[i];
    const std::uint32_t zeros = ~(((x & 0x7F7F7F7F) + 0x7F7F7F7F) | x | 0x7F7F7F7F);  // 0x80 in each
    repeats |= ((zeros >> 7) * 0x00204081 >> 21 & 15) << (4 * i);
  }
  if (is_first) repeats &= ~1U;
  return n < math::kCellBytes ? repeats & ((1U << n) - 1) : repeats;
}

// --- Its tokens.

/// Which bytes repeat, for the whole stripe: in shared memory. Behind the last cell nothing does.
struct RepeatMap {
  std::uint16_t repeats[kStripeCells + 32];
  std::uint32_t whole[kStripeCells / 32 + 1];  ///< bit a cell

  SPECTROHUE_HD bool is_whole(int cell) const { return cell >= 0 && (whole[cell / 32] >> (cell % 32) & 1) != 0; }
  /// Repeats at the start and at the end of a cell that is not whole.
  SPECTROHUE_HD int head(int cell) const { return low_ones(repeats[cell]); }
  SPECTROHUE_HD int tail(int cell) const { return high_ones(std::uint32_t{repeats[cell]} << 16); }
  /// Where the run ends that goes on in the given whole cell.
  SPECTROHUE_HD int run_end(int cell) const {
    int word = cell / 32;
    std::uint32_t here = whole[word] | ((1U << (cell % 32)) - 1);
    while (here == ~0U) here = whole[++word];
    const int end = 32 * word + low_ones(here);
    return end * math::kCellBytes + head(end);
  }
  /// Where the first token starts at `byte` or behind it.
  SPECTROHUE_HD int token_at(int byte) const {
    const int cell = byte / math::kCellBytes;
    const int i = byte % math::kCellBytes;
    const int before = byte - 1;
    if (byte == 0 || (repeats[before / math::kCellBytes] >> (before % math::kCellBytes) & 1) == 0) return byte;
    if (is_whole(cell)) return run_end(cell);
    if (is_whole(cell - 1) && i < head(cell)) return cell * math::kCellBytes + head(cell);
    if (is_whole(cell + 1) && i >= math::kCellBytes - tail(cell)) return run_end(cell + 1);
    return byte;
  }
};
static_assert(kStripeCells % 32 == 0, "the bit behind the last cell is in a word of its own");

/// The step that completes the map.
template <class Block>
SPECTROHUE_HD void whole_cells(RepeatMap& map, int n_cells, Block&& block) {
  block.each([&](int thread) {
    for (int word = thread; word < kStripeCells / 32 + 1; word += kStripeThreads) {
      std::uint32_t bits = 0;
      for (int i = 0; i < 32; ++i) {
        const int cell = 32 * word + i;
        bits |= static_cast<std::uint32_t>(cell < n_cells && map.repeats[cell] == kWholeCell) << i;
      }
      map.whole[word] = bits;
    }
  });
}

/// Calls literal(byte of the stripe, value) and run(first byte, repeats, value) for the tokens that are a cell's, in
/// order: its literals, and the run whose first whole cell it is. n: bytes of the cell.
template <class Literal, class Run>
SPECTROHUE_HD void for_tokens(const RepeatMap& map, int cell, const Cell& bytes, int n, Literal&& literal, Run&& run) {
  const int first = cell * math::kCellBytes;
  if (map.is_whole(cell)) {
    if (map.is_whole(cell - 1)) return;
    const int start = first - map.tail(cell - 1);
    run(start, static_cast<std::uint32_t>(map.run_end(cell) - start), static_cast<int>(bytes.words[0] & 255));
    return;
  }
  const int from = map.is_whole(cell - 1) ? map.head(cell) : 0;
  const int to = map.is_whole(cell + 1) ? math::kCellBytes - map.tail(cell) : n;
  for_cell_bytes(bytes, [&](int i, int value) {
    if (i >= from && i < to) literal(first + i, value);
  });
}

SPECTROHUE_HD int bytes_of_cell(const StripeView& view, int cell) {
  const int left = view.n - cell * math::kCellBytes;
  return left < math::kCellBytes ? left : math::kCellBytes;
}

// --- count_stripe

/// Several counters of a symbol, because neighbours often are equal; the odd distance puts them into different banks.
inline constexpr int kCountCopies = 4;
struct CountStripeShared {
  RepeatMap map;
  std::uint32_t counts[kCountCopies][math::kParts][math::kMaxSymbols + 1];
  std::uint32_t match_bits[math::kParts];
  std::uint32_t adler_low;   ///< sum of the bytes
  std::uint32_t adler_high;  ///< sum of what is left of each thread's
};

template <class Block>
SPECTROHUE_HD void count_stripe(const CountStripesArgs& a, std::int64_t stripe, CountStripeShared& shared,
                                Block&& block) {
  const StripeView view = view_stripe(a.batch, stripe);
  StripeCounts& out = a.counts[stripe];
  block.each([&](int thread) {
    std::uint32_t* const counts = &shared.counts[0][0][0];
    for (int i = thread; i < static_cast<int>(sizeof shared.counts / 4); i += kStripeThreads) counts[i] = 0;
    if (thread < math::kParts) shared.match_bits[thread] = 0;
    if (thread == 0) shared.adler_low = shared.adler_high = 0;
  });
  block.each([&](int thread) {
    std::uint32_t low = 0;
    std::uint64_t high = 0;
    for (int cell = thread; cell < view.n_cells + 1; cell += kStripeThreads) {
      if (cell == view.n_cells) {
        shared.map.repeats[cell] = 0;
        break;
      }
      const Cell bytes = load_cell(view, cell);
      shared.map.repeats[cell] = static_cast<std::uint16_t>(repeats_of(bytes, cell == 0, bytes_of_cell(view, cell)));
      std::uint32_t sum = 0;
      std::uint32_t weighted = 0;
      for_cell_bytes(bytes, [&](int i, int value) {
        sum += static_cast<std::uint32_t>(value);
        weighted += static_cast<std::uint32_t>(i * value);
      });
      low += sum;
      high += std::uint64_t{sum} * static_cast<std::uint32_t>(view.n - cell * math::kCellBytes) - weighted;
    }
    add_shared(shared.adler_low, low);
    add_shared(shared.adler_high, static_cast<std::uint32_t>(high % math::kAdlerModulus));
  });
  whole_cells(shared.map, view.n_cells, block);

  const bool is_zeros = view.n == math::kStripeBytes && shared.adler_low == 0;
  if (!is_zeros) {
    block.each([&](int thread) {
      auto& counts = shared.counts[thread % kCountCopies];
      for (int cell = thread; cell < view.n_cells; cell += kStripeThreads) {
        const Cell bytes = load_cell(view, cell);
        for_tokens(
            shared.map, cell, bytes, bytes_of_cell(view, cell),
            [&](int at, int value) { add_shared(counts[at / math::kPartBytes][value], 1); },
            [&](int at, std::uint32_t repeats, int value) {
              const int part = at / math::kPartBytes;
              const math::RunTokens run = math::run_tokens(repeats);
              if (run.whole != 0) add_shared(counts[part][math::kMaxMatchSymbol], run.whole);
              if (run.last.symbol != 0) add_shared(counts[part][run.last.symbol], 1);
              if (run.literals != 0) add_shared(counts[part][value], run.literals);
              add_shared(shared.match_bits[part], run.match_bits());
            });
      }
    });
  }
  block.each([&](int thread) {
    if (thread == 0) {
      const std::uint32_t low = (1 + shared.adler_low) % math::kAdlerModulus;
      const std::uint32_t high = (static_cast<std::uint32_t>(view.n) + shared.adler_high) % math::kAdlerModulus;
      out.adler = high << 16 | low;
      out.is_zeros = is_zeros ? 1 : 0;
    }
    if (is_zeros) return;
    if (thread < math::kParts) out.match_bits[thread] = shared.match_bits[thread];
    for (int i = thread; i < math::kParts * math::kMaxSymbols; i += kStripeThreads) {
      const int part = i / math::kMaxSymbols;
      const int symbol = i % math::kMaxSymbols;
      std::uint32_t sum = 0;
      for (int copy = 0; copy < kCountCopies; ++copy) sum += shared.counts[copy][part][symbol];
      out.symbols[part][symbol] = sum;
    }
  });
}

// --- code_stripe

struct CodeStripeShared {
  std::uint32_t sums[math::kMaxSymbols];
  std::uint32_t counts[math::kParts][math::kMaxSymbols];  ///< of the parts that have tokens
  std::uint32_t match_bits[math::kParts];
  std::uint32_t tokens[math::kParts];
  std::uint32_t n_keys;
  std::uint32_t difference;
  math::BlockCode code;       ///< of all parts
  math::BlockCode part_code;  ///< of one
  math::BlockWork work;
};

/// math::make_block_code by a warp: the sort and what goes symbol by symbol together, the rest on one lane.
template <class Block>
SPECTROHUE_HD void make_block_code(const std::uint32_t* counts, std::uint32_t match_bits, math::BlockCode& code,
                                   CodeStripeShared& shared, Block&& block) {
  constexpr int kOwn = math::kMaxSymbols / kCodeThreads;
  constexpr std::uint32_t kNone = 0xFFFFFFFF;
  math::HuffmanWork& work = shared.work.huffman;
  block.each([&](int lane) {
    for (int i = lane; i < math::kMaxSymbols; i += kCodeThreads) {
      code.lengths[i] = 0;
      work.other[i] = counts[i] != 0 ? math::symbol_key(counts[i], i) : kNone;
    }
    if (lane == 0) shared.n_keys = 0;
  });
  // No two keys are equal: a key's place is the number of smaller ones.
  block.each([&](int lane) {
    std::uint32_t own[kOwn];
    int place[kOwn];
    for (int k = 0; k < kOwn; ++k) {
      own[k] = work.other[lane + k * kCodeThreads];
      place[k] = 0;
    }
    for (int i = 0; i < math::kMaxSymbols; ++i) {
      const std::uint32_t key = work.other[i];
      for (int k = 0; k < kOwn; ++k) place[k] += key < own[k] ? 1 : 0;
    }
    std::uint32_t n = 0;
    for (int k = 0; k < kOwn; ++k) {
      if (own[k] == kNone) continue;
      work.keys[place[k]] = own[k];
      ++n;
    }
    add_shared(shared.n_keys, n);
  });
  block.each([&](int lane) {
    if (lane != 0) return;
    math::lengths_of_sorted_keys(work.keys, static_cast<int>(shared.n_keys), math::kLiteralCodeBits, code.lengths,
                                 work);
    math::complete_block_code(counts, match_bits, code, shared.work);
  });
}

/// 32-bit words of a struct, by all threads.
template <class T>
SPECTROHUE_HD void copy_words(T& to, const T& from, int thread, int threads) {
  auto* const out = reinterpret_cast<std::uint32_t*>(&to);
  const auto* const in = reinterpret_cast<const std::uint32_t*>(&from);
  for (int i = thread; i < static_cast<int>(sizeof(T) / 4); i += threads) out[i] = in[i];
}

template <class Block>
SPECTROHUE_HD void code_stripe(const CodeStripesArgs& a, std::int64_t stripe, CodeStripeShared& shared, Block&& block) {
  const StripeCounts& in = a.counts[stripe];
  StripeCodes& out = a.codes[stripe];
  math::StripeChunk& chunk = a.chunks[stripe];
  if (in.is_zeros != 0) {
    block.each([&](int lane) {
      if (lane != 0) return;
      chunk = {0, in.adler};
    });
    return;
  }
  block.each([&](int lane) {
    if (lane < math::kParts) shared.tokens[lane] = 0;
    if (lane == 0) shared.difference = 0;
  });
  block.each([&](int lane) {
    for (int part = 0; part < math::kParts; ++part) {
      std::uint32_t tokens = 0;
      for (int i = lane; i < math::kMaxSymbols; i += kCodeThreads) tokens += in.symbols[part][i];
      add_shared(shared.tokens[part], tokens);
    }
  });
  // The same on all lanes.
  int n_parts = 0;
  std::uint32_t n_tokens = 1;
  std::uint32_t match_bits = 0;
  for (int part = 0; part < math::kParts; ++part) {
    if (shared.tokens[part] == 0) continue;
    ++n_parts;
    n_tokens += shared.tokens[part];
    match_bits += in.match_bits[part];
  }
  block.each([&](int lane) {
    std::uint32_t difference = 0;
    for (int i = lane; i < math::kMaxSymbols; i += kCodeThreads) {
      const bool is_end = i == math::kEndOfBlock;
      std::uint32_t sum = 0;
      int n = 0;
      for (int part = 0; part < math::kParts; ++part) {
        if (shared.tokens[part] == 0) continue;
        sum += shared.counts[n++][i] = is_end ? 1 : in.symbols[part][i];
      }
      shared.sums[i] = is_end ? 1 : sum;
      difference += static_cast<std::uint32_t>(math::symbol_difference(shared.counts, n, i, shared.sums[i]));
    }
    add_shared(shared.difference, difference);
    if (lane != 0) return;
    int n = 0;
    for (int part = 0; part < math::kParts; ++part) {
      if (shared.tokens[part] != 0) shared.match_bits[n++] = in.match_bits[part];
    }
  });
  make_block_code(shared.sums, match_bits, shared.code, shared, block);
  std::uint32_t bits = shared.code.bits;
  bool is_split = false;
  if (n_parts > 1 &&
      math::parts_differ(static_cast<std::int32_t>(shared.difference), static_cast<std::int32_t>(n_tokens))) {
    std::uint32_t part_bits = 0;
    for (int part = 0; part < n_parts; ++part) {
      make_block_code(shared.counts[part], shared.match_bits[part], shared.part_code, shared, block);
      part_bits += shared.part_code.bits;
      block.each([&](int lane) { copy_words(out.codes[part], shared.part_code, lane, kCodeThreads); });
    }
    is_split = math::parts_pay(part_bits, bits);
    if (is_split) bits = part_bits;
  }
  block.each([&](int lane) {
    const auto n = static_cast<std::uint32_t>(view_stripe(a.batch, stripe).n);
    const std::uint32_t stored_bytes = math::kStoredHeaderBytes + n;
    const std::uint32_t coded_bytes = math::dynamic_bytes(bits);
    const bool is_stored = coded_bytes >= stored_bytes;
    if (!is_split) copy_words(out.codes[0], shared.code, lane, kCodeThreads);
    if (lane != 0) return;
    out.n_codes = static_cast<std::uint32_t>(is_stored ? 0 : is_split ? n_parts : 1);
    chunk = {math::kChunkBytes + (is_stored ? stored_bytes : coded_bytes), in.adler};
  });
}

// --- place_stripes

struct PlaceStripesShared {
  std::int64_t sums[kPlaceThreads];
  std::int64_t group_sums[kPlaceThreads / 32];
};

/// An exclusive sum. Each thread has stripes of its own, one after another.
template <class Block>
SPECTROHUE_HD void place_stripes(const PlaceStripesArgs& a, PlaceStripesShared& shared, Block&& block) {
  const std::int64_t own = ceil_div(a.n_stripes, kPlaceThreads);
  const auto end_of = [&](int thread) {
    const std::int64_t end = (thread + 1) * own;
    return end < a.n_stripes ? end : a.n_stripes;
  };
  block.each([&](int thread) {
    std::int64_t sum = 0;
    for (std::int64_t i = thread * own; i < end_of(thread); ++i) sum += a.chunks[i].chunk_bytes;
    shared.sums[thread] = sum;
  });
  block.each([&](int thread) {
    if (thread >= kPlaceThreads / 32) return;
    std::int64_t sum = 0;
    for (int i = 32 * thread; i < 32 * thread + 32; ++i) {
      const std::int64_t here = shared.sums[i];
      shared.sums[i] = sum;
      sum += here;
    }
    shared.group_sums[thread] = sum;
  });
  block.each([&](int thread) {
    std::int64_t place = shared.sums[thread];
    for (int group = 0; group < thread / 32; ++group) place += shared.group_sums[group];
    for (std::int64_t i = thread * own; i < end_of(thread); ++i) {
      a.places[i] = place;
      place += a.chunks[i].chunk_bytes;
    }
  });
}

// --- pack_stripe

/// Cells whose bits are assembled at a time, and the words that they may take: codes of kLiteralCodeBits, the matches
/// of one run that goes on behind them, the headers of all parts with the ends of the blocks before them, head and end.
inline constexpr int kTileCells = 512;
inline constexpr int kTileWords = (kTileCells * math::kCellBytes * math::kLiteralCodeBits +
                                   (math::kStripeBytes / math::kMaxMatch + 2) * (math::kLiteralCodeBits + 6) +
                                   math::kParts * (64 * math::kHeaderWords + math::kLiteralCodeBits)) /
                                      32 +
                                  8;
inline constexpr int kGroupCells = 16;
inline constexpr int kCellGroups = (kStripeCells + kGroupCells - 1) / kGroupCells;
static_assert(kCellGroups <= kStripeThreads);

struct PackStripeShared {
  RepeatMap map;
  std::uint32_t symbols[math::kParts][math::kMaxSymbols];  ///< code | length << 16
  std::uint16_t cell_bits[kStripeCells];                   ///< where in its group a cell's tokens start
  std::uint32_t group_bits[kCellGroups];                   ///< where in its sixteenth a group's do
  std::uint32_t bits[kStripeThreads / 16 + 1];             ///< where the sixteenths do
  std::int32_t first_token[math::kParts];                  ///< of each code; a byte of the stripe
  std::uint32_t words[kTileWords];
  std::uint32_t last_word;  ///< of the tile before: not full yet
  std::uint32_t crc[kStripeThreads];
  std::uint32_t crc_sum;
  std::uint32_t crc_next[4][256];
};

/// Puts bits one after another into zeroed words that other threads put theirs into as well.
class SharedBits {
 public:
  SPECTROHUE_HD SharedBits(std::uint32_t* words, std::uint32_t bit) { seek(words, bit); }
  SPECTROHUE_HD void seek(std::uint32_t* words, std::uint32_t bit) {
    at_ = words + bit / 32;
    n_ = bit % 32;
    bits_ = 0;
  }
  /// n <= 32; value < 2^n.
  SPECTROHUE_HD void put(std::uint32_t value, std::uint32_t n) {
    bits_ |= std::uint64_t{value} << n_;
    n_ += n;
    if (n_ < 32) return;
    or_shared(*at_++, static_cast<std::uint32_t>(bits_));
    bits_ >>= 32;
    n_ -= 32;
  }
  /// The same bits, n of them, so many times.
  SPECTROHUE_HD void put_times(std::uint32_t value, std::uint32_t n, std::uint32_t times) {
    if (value != 0) {
      for (; times > 0; --times) put(value, n);
      return;
    }
    finish();
    bits_ = 0;
    at_ += (n_ + n * times) / 32;
    n_ = (n_ + n * times) % 32;
  }
  SPECTROHUE_HD void finish() {
    if (bits_ != 0) or_shared(*at_, static_cast<std::uint32_t>(bits_));
  }

 private:
  std::uint32_t* at_;
  std::uint32_t n_;  ///< < 32, of the word
  std::uint64_t bits_ = 0;
};

/// The same calls, for those who want to know how many bits it will be.
struct BitCount {
  std::uint32_t n = 0;
  SPECTROHUE_HD void put(std::uint32_t, std::uint32_t bits) { n += bits; }
  SPECTROHUE_HD void put_times(std::uint32_t, std::uint32_t bits, std::uint32_t times) { n += bits * times; }
};

/// Word i of the header of a code.
SPECTROHUE_HD std::uint32_t header_word(const math::BlockCode& code, std::uint32_t i) {
  return static_cast<std::uint32_t>(code.header[i / 2] >> (i % 2 * 32));
}

/// Puts the tokens of a cell, and before the first token of each code but the first one the end of the block and the
/// header.
template <class Bits>
SPECTROHUE_HD void put_cell(const PackStripeShared& shared, const StripeView& view, const StripeCodes& codes, int cell,
                            Bits& to) {
  const auto n_codes = static_cast<int>(codes.n_codes);
  int code = 0;
  int next_code = n_codes > 1 ? shared.first_token[1] : view.n;
  const auto begin_token = [&](int at) {
    while (at >= next_code) {
      if (at == next_code) {
        const std::uint32_t end = shared.symbols[code][math::kEndOfBlock];
        to.put(end & 0xFFFF, end >> 16);
        const math::BlockCode& here = codes.codes[code + 1];
        for (std::uint32_t bit = 0; bit < here.header_bits; bit += 32) {
          const std::uint32_t left = here.header_bits - bit;
          to.put(header_word(here, bit / 32), left < 32 ? left : 32);
        }
      }
      ++code;
      next_code = code + 1 < n_codes ? shared.first_token[code + 1] : view.n;
    }
  };
  const auto put_symbol = [&](int symbol) {
    const std::uint32_t entry = shared.symbols[code][symbol];
    to.put(entry & 0xFFFF, entry >> 16);
  };
  for_tokens(
      shared.map, cell, load_cell(view, cell), bytes_of_cell(view, cell),
      [&](int at, int value) {
        begin_token(at);
        put_symbol(value);
      },
      [&](int at, std::uint32_t repeats, int value) {
        begin_token(at);
        const math::RunTokens run = math::run_tokens(repeats);
        const std::uint32_t whole = shared.symbols[code][math::kMaxMatchSymbol];
        to.put_times(whole & 0xFFFF, (whole >> 16) + math::kDistanceBits, run.whole);
        if (run.last.symbol != 0) {
          put_symbol(run.last.symbol);
          to.put(static_cast<std::uint32_t>(run.last.extra),
                 static_cast<std::uint32_t>(run.last.n_extra + math::kDistanceBits));
        }
        for (std::uint32_t i = 0; i < run.literals; ++i) put_symbol(value);
      });
}

SPECTROHUE_HD std::uint32_t next_crc(const PackStripeShared& shared, std::uint32_t crc) {
  return shared.crc_next[0][crc & 255] ^ shared.crc_next[1][crc >> 8 & 255] ^ shared.crc_next[2][crc >> 16 & 255] ^
         shared.crc_next[3][crc >> 24];
}

template <class Block>
SPECTROHUE_HD void pack_stripe(const PackStripesArgs& a, std::int64_t stripe, PackStripeShared& shared, Block&& block) {
  const std::uint32_t chunk_bytes = a.chunks[stripe].chunk_bytes;
  if (chunk_bytes == 0) return;
  const StripeView view = view_stripe(a.batch, stripe);
  const StripeCodes& codes = a.codes[stripe];
  const bool is_stored = codes.n_codes == 0;
  const std::uint32_t data_bytes = chunk_bytes - math::kChunkBytes;
  const std::int64_t place = a.places[stripe];
  std::uint32_t* const out_words = a.out + place / 4;
  auto* const out_bytes = reinterpret_cast<std::uint8_t*>(a.out) + place;

  // Words are those of the output, so that most can be stored as such. Bits are counted from the first one.
  const auto first_byte = static_cast<std::uint32_t>(place % 4);
  const std::uint32_t data_byte = first_byte + math::kChunkHeadBytes;
  const std::uint32_t end_byte = data_byte + data_bytes;
  const auto n_words = (end_byte + 3) / 4;
  const std::uint32_t header_bits = is_stored ? 8 * math::kStoredHeaderBytes : codes.codes[0].header_bits;
  const std::uint32_t token_bit = 8 * data_byte + header_bits;
  const std::uint32_t crc_shift = (kStripeThreads - n_words % kStripeThreads) % kStripeThreads;

  block.each([&](int thread) {
    copy_words(shared.crc_next, a.crc->next, thread, kStripeThreads);
    shared.crc[thread] = 0;
    if (thread == 0) shared.crc_sum = shared.last_word = 0;
    for (int i = thread; i < math::kParts * math::kMaxSymbols; i += kStripeThreads) {
      const int code = i / math::kMaxSymbols;
      const int symbol = i % math::kMaxSymbols;
      if (code >= static_cast<int>(codes.n_codes)) {
        shared.symbols[code][symbol] = static_cast<std::uint32_t>(symbol & 255) | 8U << 16;  // stored
      } else if (symbol < math::kLiteralSymbols) {
        const math::BlockCode& from = codes.codes[code];
        shared.symbols[code][symbol] = from.codes[symbol] | std::uint32_t{from.lengths[symbol]} << 16;
      }
    }
    for (int cell = thread; cell < view.n_cells + 1; cell += kStripeThreads) {
      std::uint32_t repeats = 0;
      if (cell < view.n_cells && !is_stored) {
        repeats = repeats_of(load_cell(view, cell), cell == 0, bytes_of_cell(view, cell));
      }
      shared.map.repeats[cell] = static_cast<std::uint16_t>(repeats);
    }
  });
  whole_cells(shared.map, view.n_cells, block);
  block.each([&](int thread) {
    if (thread != 0 || codes.n_codes < 2) return;
    int n = 0;
    for (int part = 0; part < math::kParts; ++part) {
      const int begin = part * math::kPartBytes;
      const int end = begin + math::kPartBytes;
      if (begin >= view.n) break;
      const int token = shared.map.token_at(begin);
      if (token < (end < view.n ? end : view.n)) shared.first_token[n++] = token;
    }
  });

  // Where each cell's bits start.
  block.each([&](int thread) {
    for (int cell = thread; cell < view.n_cells; cell += kStripeThreads) {
      BitCount bits;
      put_cell(shared, view, codes, cell, bits);
      shared.cell_bits[cell] = static_cast<std::uint16_t>(bits.n);
    }
  });
  block.each([&](int thread) {
    std::uint32_t sum = 0;
    for (int cell = thread * kGroupCells; cell < (thread + 1) * kGroupCells && cell < view.n_cells; ++cell) {
      const std::uint32_t here = shared.cell_bits[cell];
      shared.cell_bits[cell] = static_cast<std::uint16_t>(sum);
      sum += here;
    }
    if (thread < kCellGroups) shared.group_bits[thread] = sum;
  });
  block.each([&](int thread) {
    if (thread >= kStripeThreads / 16) return;
    std::uint32_t sum = 0;
    for (int group = thread * 16; group < (thread + 1) * 16 && group < kCellGroups; ++group) {
      const std::uint32_t here = shared.group_bits[group];
      shared.group_bits[group] = sum;
      sum += here;
    }
    shared.bits[thread] = sum;
  });
  block.each([&](int thread) {
    if (thread != 0) return;
    std::uint32_t sum = token_bit;
    for (std::uint32_t& bits : shared.bits) {
      const std::uint32_t here = bits;
      bits = sum;
      sum += here;
    }
  });
  const std::uint32_t end_bit = shared.bits[kStripeThreads / 16];
  const auto bit_of = [&](int cell) {
    if (cell >= view.n_cells) return end_bit;
    const int group = cell / kGroupCells;
    return shared.bits[group / 16] + shared.group_bits[group] + shared.cell_bits[cell];
  };

  for (int first_cell = 0; first_cell < view.n_cells; first_cell += kTileCells) {
    const bool is_first = first_cell == 0;
    const bool is_last = first_cell + kTileCells >= view.n_cells;
    const int end_cell = is_last ? view.n_cells : first_cell + kTileCells;
    const std::uint32_t first_word = is_first ? 0 : bit_of(first_cell) / 32;
    const std::uint32_t end_word = is_last ? n_words : bit_of(end_cell) / 32;
    block.each([&](int thread) {
      for (auto i = static_cast<std::uint32_t>(thread); i < end_word - first_word + 1; i += kStripeThreads) {
        shared.words[i] = i == 0 ? shared.last_word : 0;
      }
    });
    block.each([&](int thread) {
      const auto bits_at = [&](std::uint32_t bit) { return SharedBits(shared.words, bit - 32 * first_word); };
      if (is_first) {
        if (thread == 0) {
          // What the checksum sees: no length, and the type inverted, which is how a CRC-32 starts.
          SharedBits type = bits_at(8 * first_byte + 32);
          type.put(~(std::uint32_t{'I'} | 'D' << 8 | 'A' << 16 | std::uint32_t{'T'} << 24), 32);
          type.finish();
        }
        if (is_stored && thread == 0) {
          SharedBits bits = bits_at(8 * data_byte);
          const auto n = static_cast<std::uint32_t>(view.n);
          bits.put(0, 8);
          bits.put(n | (~n & 0xFFFF) << 16, 32);
          bits.finish();
        }
        for (auto i = static_cast<std::uint32_t>(thread); !is_stored && 32 * i < header_bits; i += kStripeThreads) {
          SharedBits bits = bits_at(8 * data_byte + 32 * i);
          bits.put(header_word(codes.codes[0], i), 32);
          bits.finish();
        }
      }
      for (int cell = first_cell + thread; cell < end_cell; cell += kStripeThreads) {
        SharedBits bits = bits_at(bit_of(cell));
        put_cell(shared, view, codes, cell, bits);
        bits.finish();
      }
      if (is_last && !is_stored && thread == 0) {
        SharedBits bits = bits_at(end_bit);
        const std::uint32_t end = shared.symbols[codes.n_codes - 1][math::kEndOfBlock];
        bits.put(end & 0xFFFF, end >> 16);
        bits.finish();
        SharedBits filler = bits_at(8 * (end_byte - 2));  // an empty stored block ends with these
        filler.put(0xFFFF, 16);
        filler.finish();
      }
    });
    block.each([&](int thread) {
      std::uint32_t crc = shared.crc[thread];
      const auto own = static_cast<std::uint32_t>(thread) - crc_shift;
      for (std::uint32_t word = first_word + (own - first_word) % kStripeThreads; word < end_word;
           word += kStripeThreads) {
        const std::uint32_t value = shared.words[word - first_word];
        crc = next_crc(shared, crc) ^ value;
        // Whole words: what they hold of the chunk's head and tail, and no more, is written again in the end.
        if (word >= data_byte / 4) out_words[word] = value;
      }
      shared.crc[thread] = crc;
      if (thread == 0) shared.last_word = shared.words[end_word - first_word];
    });
  }

  block.each(
      [&](int thread) { xor_shared(shared.crc_sum, math::multiply_crc32(a.crc->place[thread], shared.crc[thread])); });
  block.each([&](int thread) {
    if (thread != 0) return;
    const std::uint32_t crc = ~math::multiply_crc32(a.crc->inverse[4 * n_words - end_byte], shared.crc_sum);
    constexpr std::uint8_t kType[] = {'I', 'D', 'A', 'T'};
    for (int i = 0; i < 4; ++i) {
      out_bytes[i] = static_cast<std::uint8_t>(data_bytes >> (24 - 8 * i));
      out_bytes[4 + i] = kType[i];
      out_bytes[math::kChunkHeadBytes + data_bytes + i] = static_cast<std::uint8_t>(crc >> (24 - 8 * i));
    }
  });
}

}  // namespace spectrohue::cuda
