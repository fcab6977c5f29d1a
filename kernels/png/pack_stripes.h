// SPDX-FileCopyrightText: 2026 The spectrohue authors
// SPDX-License-Identifier: MIT
//
// Kernel: the chunk of a stripe. One block a stripe.
#pragma once

#include "kernels/block.h"
#include "kernels/png/checksum.h"
#include "kernels/png/code_stripes.h"
#include "kernels/png/tokens.h"

namespace spectrohue::cuda {

struct PackStripesArgs {
  StripeBatch batch;
  const StripeCodes* codes = nullptr;         ///< [n_stripes]
  const math::StripeChunk* chunks = nullptr;  ///< [n_stripes]
  const std::int64_t* places = nullptr;       ///< [n_stripes]
  const CrcTables* crc = nullptr;
  std::uint32_t* out = nullptr;  ///< bytes, in words because most are stored as such
};

inline LaunchShape pack_stripes_launch(const PackStripesArgs& a) { return stripes_launch(a.batch, kStripeThreads); }

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
  BlockCrc crc;
  std::uint32_t thread_crc[kStripeThreads];
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

  block.each([&](int thread) {
    shared.crc.begin(*a.crc, thread);
    shared.thread_crc[thread] = 0;
    if (thread == 0) shared.last_word = 0;
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
      std::uint32_t crc = shared.thread_crc[thread];
      for (std::uint32_t word = first_crc_word(thread, first_word, n_words); word < end_word; word += kStripeThreads) {
        const std::uint32_t value = shared.words[word - first_word];
        crc = shared.crc.add(crc, value);
        // Whole words: what they hold of the chunk's head and tail, and no more, is written again in the end.
        if (word >= data_byte / 4) out_words[word] = value;
      }
      shared.thread_crc[thread] = crc;
      if (thread == 0) shared.last_word = shared.words[end_word - first_word];
    });
  }

  block.each([&](int thread) { shared.crc.finish(*a.crc, thread, shared.thread_crc[thread]); });
  block.each([&](int thread) {
    if (thread != 0) return;
    const std::uint32_t crc = ~shared.crc.value(*a.crc, 4 * n_words - end_byte);
    constexpr std::uint8_t kType[] = {'I', 'D', 'A', 'T'};
    for (int i = 0; i < 4; ++i) {
      out_bytes[i] = static_cast<std::uint8_t>(data_bytes >> (24 - 8 * i));
      out_bytes[4 + i] = kType[i];
      out_bytes[math::kChunkHeadBytes + data_bytes + i] = static_cast<std::uint8_t>(crc >> (24 - 8 * i));
    }
  });
}

}  // namespace spectrohue::cuda
