// SPDX-FileCopyrightText: 2026 The spectrohue authors
// SPDX-License-Identifier: MIT
//
// Kernel: the codes of a stripe, how many, the size of its chunk. One warp a stripe.
#pragma once

#include "kernels/block.h"
#include "kernels/png/count_stripes.h"

namespace spectrohue::cuda {

/// How a stripe is coded: by n_codes codes, of all or of each part that has tokens; stored if there are none.
struct StripeCodes {
  math::BlockCode codes[math::kParts];
  std::uint32_t n_codes;
};

struct CodeStripesArgs {
  StripeBatch batch;
  const StripeCounts* counts = nullptr;  ///< [n_stripes]
  StripeCodes* codes = nullptr;          ///< [n_stripes]
  math::StripeChunk* chunks = nullptr;   ///< [n_stripes]
};

inline constexpr int kCodeThreads = 32;

inline LaunchShape code_stripes_launch(const CodeStripesArgs& a) { return stripes_launch(a.batch, kCodeThreads); }

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

}  // namespace spectrohue::cuda
