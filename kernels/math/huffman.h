// SPDX-FileCopyrightText: 2026 The spectrohue authors
// SPDX-License-Identifier: MIT
//
// Prefix codes of limited length, the same on every machine: integers only, ties broken by symbol. Plain arrays, no
// allocation, so that one lane of a device can run it.
#pragma once

#include "math/hd.h"

namespace spectrohue::math {

/// No alphabet of deflate is larger.
inline constexpr int kMaxSymbols = 288;
/// No code of deflate is longer.
inline constexpr int kMaxCodeBits = 15;

inline namespace SPECTROHUE_MATH_ABI {

/// What symbols are sorted by: rising count, then rising symbol. No two keys are equal, so every sort gives the same
/// order. count < 2^23.
SPECTROHUE_HD std::uint32_t symbol_key(std::uint32_t count, int symbol) {
  return count << 9 | static_cast<std::uint32_t>(symbol);
}
SPECTROHUE_HD int key_symbol(std::uint32_t key) { return static_cast<int>(key & 511); }
SPECTROHUE_HD std::uint32_t key_count(std::uint32_t key) { return key >> 9; }

/// Sorts keys that rise in their symbols by count as well, n <= kMaxSymbols, counts < 2^16. other: as many keys of
/// scratch. A stable radix sort, or of few an insertion sort; a device may sort in any other way.
SPECTROHUE_HD void sort_symbol_keys(std::uint32_t* keys, int n, std::uint32_t* other) {
  constexpr int kFew = 24;
  if (n <= kFew) {
    for (int i = 1; i < n; ++i) {
      const std::uint32_t key = keys[i];
      int to = i;
      for (; to > 0 && keys[to - 1] > key; --to) keys[to] = keys[to - 1];
      keys[to] = key;
    }
    return;
  }
  for (int shift = 9; shift < 25; shift += 8) {
    std::uint16_t place[256] = {};
    for (int i = 0; i < n; ++i) ++place[keys[i] >> shift & 255];
    std::uint16_t before = 0;
    for (std::uint16_t& p : place) {
      const std::uint16_t here = p;
      p = before;
      before = static_cast<std::uint16_t>(before + here);
    }
    for (int i = 0; i < n; ++i) other[place[keys[i] >> shift & 255]++] = keys[i];
    std::uint32_t* const sorted = other;
    other = keys;
    keys = sorted;
  }
}

/// How many codes of each length a minimum-redundancy code over n sorted weights has: n_codes[1 .. limit], after Moffat
/// and Katajainen. Weights are overwritten. Codes longer than `limit` become `limit` long, and as many shorter ones are
/// split as it takes until the code is complete again. 2 <= n <= 2^limit, limit <= kMaxCodeBits.
SPECTROHUE_HD void count_code_lengths(std::uint32_t* weights, int n, int limit, int* n_codes) {
  std::uint32_t* const a = weights;
  a[0] += a[1];
  int root = 0;
  int leaf = 2;
  for (int next = 1; next < n - 1; ++next) {  // inner nodes: their weight, then their parent
    if (leaf >= n || a[root] < a[leaf]) {
      a[next] = a[root];
      a[root++] = static_cast<std::uint32_t>(next);
    } else {
      a[next] = a[leaf++];
    }
    if (leaf >= n || (root < next && a[root] < a[leaf])) {
      a[next] += a[root];
      a[root++] = static_cast<std::uint32_t>(next);
    } else {
      a[next] += a[leaf++];
    }
  }
  a[n - 2] = 0;
  for (int next = n - 3; next >= 0; --next) a[next] = a[a[next]] + 1;  // parents become depths

  for (int i = 0; i <= kMaxCodeBits; ++i) n_codes[i] = 0;
  int free_nodes = 1;
  root = n - 2;
  for (std::uint32_t depth = 0; free_nodes > 0; ++depth) {
    int inner = 0;
    while (root >= 0 && a[root] == depth) {
      ++inner;
      --root;
    }
    n_codes[static_cast<int>(depth) < limit ? static_cast<int>(depth) : limit] += free_nodes - inner;
    free_nodes = 2 * inner;
  }

  // In units of the longest code: 2^limit are there to be given away.
  std::int32_t used = 0;
  for (int i = 1; i <= limit; ++i) used += n_codes[i] << (limit - i);
  for (; used > std::int32_t{1} << limit; --used) {
    --n_codes[limit];
    int i = limit - 1;
    while (n_codes[i] == 0) --i;
    --n_codes[i];
    n_codes[i + 1] += 2;
  }
}

/// The bits of a code in the order in which deflate sends them.
SPECTROHUE_HD std::uint32_t reverse_bits(std::uint32_t code, int n) {
  code = (code & 0x5555) << 1 | (code >> 1 & 0x5555);
  code = (code & 0x3333) << 2 | (code >> 2 & 0x3333);
  code = (code & 0x0F0F) << 4 | (code >> 4 & 0x0F0F);
  code = (code & 0x00FF) << 8 | (code >> 8 & 0x00FF);
  return code >> (16 - n);
}

/// Deflate's codes of the given lengths (0 = no code): lengths[symbol] bits, ready to be sent.
SPECTROHUE_HD void canonical_codes(const std::uint8_t* lengths, int n_symbols, std::uint16_t* codes) {
  std::uint32_t next[kMaxCodeBits + 2] = {};
  for (int i = 0; i < n_symbols; ++i) ++next[lengths[i] + 1];
  next[1] = 0;
  for (int i = 2; i <= kMaxCodeBits + 1; ++i) next[i] = (next[i] + next[i - 1]) << 1;
  for (int i = 0; i < n_symbols; ++i) {
    const int length = lengths[i];
    codes[i] = length == 0 ? std::uint16_t{0} : static_cast<std::uint16_t>(reverse_bits(next[length]++, length));
  }
}

/// Scratch of huffman_lengths.
struct HuffmanWork {
  std::uint32_t keys[kMaxSymbols];
  std::uint32_t other[kMaxSymbols];
  int n_codes[kMaxCodeBits + 1];
};

/// What follows from n keys in their order: gives their symbols, of `lengths`, as many bits as a code for them takes.
/// The others must be 0.
SPECTROHUE_HD void lengths_of_sorted_keys(const std::uint32_t* keys, int n, int limit, std::uint8_t* lengths,
                                          HuffmanWork& work) {
  if (n < 2) {
    if (n == 1) lengths[key_symbol(keys[0])] = 1;
    return;
  }
  for (int i = 0; i < n; ++i) work.other[i] = key_count(keys[i]);
  count_code_lengths(work.other, n, limit, work.n_codes);
  int i = 0;
  for (int length = limit; length > 0; --length) {
    for (int k = work.n_codes[length]; k > 0; --k) lengths[key_symbol(keys[i++])] = static_cast<std::uint8_t>(length);
  }
}

/// Lengths of a code for symbols that occur counts[symbol] times, each < 2^16; 0 for those that do not. Of two symbols
/// the rarer, or of equally rare ones the smaller, never has the shorter code. A lone symbol gets one bit.
SPECTROHUE_HD void huffman_lengths(const std::uint32_t* counts, int n_symbols, int limit, std::uint8_t* lengths,
                                   HuffmanWork& work) {
  int n = 0;
  for (int i = 0; i < n_symbols; ++i) {
    lengths[i] = 0;
    if (counts[i] != 0) work.keys[n++] = symbol_key(counts[i], i);
  }
  sort_symbol_keys(work.keys, n, work.other);
  lengths_of_sorted_keys(work.keys, n, limit, lengths, work);
}

}  // namespace SPECTROHUE_MATH_ABI
}  // namespace spectrohue::math
