// SPDX-FileCopyrightText: 2026 The spectrohue authors
// SPDX-License-Identifier: MIT
#include "image/png_stripes.h"

#include <algorithm>
#include <bit>
#include <cstring>
#include <iterator>
#include <numeric>

namespace spectrohue::image::png {

namespace {

static_assert(std::endian::native == std::endian::little, "bits are stored and loaded as whole words");

std::uint64_t load64(const std::uint8_t* p) {
  std::uint64_t word;
  std::memcpy(&word, p, sizeof word);
  return word;
}

}  // namespace

/// Bits into bytes, the first one lowest. Fewer than 8 wait between the calls. Stores go up to 8 bytes too far.
class BitWriter {
 public:
  explicit BitWriter(std::uint8_t* to) : to_(to) {}

  /// n <= 56.
  void put(std::uint64_t bits, unsigned n) {
    word_ |= bits << n_bits_;
    std::memcpy(to_, &word_, sizeof word_);
    n_bits_ += n;
    to_ += n_bits_ >> 3;
    word_ >>= n_bits_ & 56;
    n_bits_ &= 7;
  }
  void put_zeros(std::uint64_t n) {
    for (; n >= 56; n -= 56) put(0, 56);
    put(0, static_cast<unsigned>(n));
  }
  /// Fills the last byte with zeros; returns where the next one goes.
  std::uint8_t* finish() {
    if (n_bits_ != 0) put(0, 8 - n_bits_);
    return to_;
  }

 private:
  std::uint8_t* to_;
  std::uint64_t word_ = 0;
  unsigned n_bits_ = 0;
};

namespace {

/// Counts must stay below 2^16, and of merged stripes only Runs::All is sure to leave so few.
constexpr std::uint32_t kMaxTokens = 65535;
static_assert(8 * math::kMergedBytes < static_cast<int>(kMaxTokens));

constexpr std::uint8_t kEmptyStored[math::kEmptyStoredBytes] = {0, 0, 0xFF, 0xFF};

std::size_t write_stored(const std::uint8_t* bytes, std::size_t n, std::uint8_t* out) {
  out[0] = 0;
  out[1] = static_cast<std::uint8_t>(n);
  out[2] = static_cast<std::uint8_t>(n >> 8);
  out[3] = static_cast<std::uint8_t>(~n);
  out[4] = static_cast<std::uint8_t>(~n >> 8);
  std::memcpy(out + math::kStoredHeaderBytes, bytes, n);
  return math::kStoredHeaderBytes + n;
}

}  // namespace

bool is_silent(const std::uint8_t* bytes, std::size_t n) {
  return n == 0 || (bytes[0] == 0 && std::memcmp(bytes, bytes + 1, n - 1) == 0);
}

std::size_t StripeCoder::code(const std::uint8_t* bytes, std::size_t n, Runs runs, std::uint8_t* out) {
  make_codes(bytes, static_cast<std::uint32_t>(n), runs);
  return size() >= math::kStoredHeaderBytes + n ? write_stored(bytes, n, out) : write_blocks(bytes, out);
}

std::size_t StripeCoder::coded_size(const std::uint8_t* bytes, std::size_t n, Runs runs) {
  make_codes(bytes, static_cast<std::uint32_t>(n), runs);
  return std::min(size(), math::kStoredHeaderBytes + n);
}

std::size_t StripeCoder::bytes_in_runs(const std::uint8_t* bytes, std::size_t n) {
  find_runs(bytes, static_cast<std::uint32_t>(n), static_cast<std::uint32_t>(Runs::All));
  return std::accumulate(runs_, runs_ + n_runs_, std::size_t{0},
                         [](std::size_t sum, const Run& run) { return sum + run.repeats; });
}

std::size_t StripeCoder::code_merged(int n_stripes, const std::uint8_t* bytes, std::size_t n, std::size_t most,
                                     std::uint8_t* out) {
  const auto count = static_cast<std::uint32_t>(n);
  make_code(bytes, count, Runs::All);
  const std::uint32_t bits = code_.bits;
  n_runs_ = static_cast<int>(
      std::remove_if(runs_, runs_ + n_runs_, [](const Run& run) { return run.repeats < math::kShortRun; }) - runs_);
  count_tokens(bytes, count, count);
  if (std::accumulate(std::begin(counts_[0]), std::end(counts_[0]), 0U) <= kMaxTokens) {
    math::make_block_code(counts_[0], parts_[0].match_bits, code_, work_);
  }
  if (code_.bits >= bits) make_code(bytes, count, Runs::All);
  if (math::kMergedHeadBytes + size() >= most) return 0;
  std::copy_n(math::kMergedHead, math::kMergedHeadBytes, out);
  out[0] = math::merged_head(n_stripes);
  return math::kMergedHeadBytes + write_blocks(bytes, out + math::kMergedHeadBytes);
}

std::size_t StripeCoder::code_silence(int n_stripes, std::uint8_t* out) {
  // As if it were one stripe: a literal and a run. Only the literal is looked at.
  const std::uint8_t zero = 0;
  const auto n = static_cast<std::uint32_t>(n_stripes) * math::kStripeBytes;
  n_runs_ = 1;
  runs_[0] = {1, n - 1};
  is_split_ = false;
  count_tokens(&zero, n, n);
  math::make_block_code(counts_[0], parts_[0].match_bits, code_, work_);
  return write_blocks(&zero, out);
}

/// One code for all.
void StripeCoder::make_code(const std::uint8_t* bytes, std::uint32_t n, Runs runs) {
  is_split_ = false;
  find_runs(bytes, n, static_cast<std::uint32_t>(runs));
  count_tokens(bytes, n, n);
  math::make_block_code(counts_[0], parts_[0].match_bits, code_, work_);
}

/// One code for all, or one for each part.
void StripeCoder::make_codes(const std::uint8_t* bytes, std::uint32_t n, Runs runs) {
  if (runs == Runs::Cells) {
    find_cells(bytes, n);
  } else {
    find_runs(bytes, n, static_cast<std::uint32_t>(runs));
  }
  count_tokens(bytes, n, math::kPartBytes);
  std::uint32_t counts[math::kMaxSymbols] = {};
  std::uint32_t match_bits = 0;
  for (int part = 0; part < n_parts_; ++part) {
    for (int i = 0; i < math::kMaxSymbols; ++i) counts[i] += counts_[part][i];
    match_bits += parts_[part].match_bits;
  }
  counts[math::kEndOfBlock] = 1;
  math::make_block_code(counts, match_bits, code_, work_);
  is_split_ = false;
  std::int32_t difference = 0;
  std::int32_t n_tokens = 0;
  for (int i = 0; i < math::kMaxSymbols; ++i) {
    difference += math::symbol_difference(counts_, n_parts_, i, counts[i]);
    n_tokens += static_cast<std::int32_t>(counts[i]);
  }
  if (n_parts_ == 1 || !math::parts_differ(difference, n_tokens)) return;
  std::uint32_t bits = 0;
  for (int part = 0; part < n_parts_; ++part) {
    math::make_block_code(counts_[part], parts_[part].match_bits, part_codes_[part], work_);
    bits += part_codes_[part].bits;
  }
  is_split_ = math::parts_pay(bits, code_.bits);
}

std::size_t StripeCoder::size() const {
  std::uint32_t bits = is_split_ ? 0 : code_.bits;
  for (int part = 0; is_split_ && part < n_parts_; ++part) bits += part_codes_[part].bits;
  return math::dynamic_bytes(bits);
}

void StripeCoder::find_runs(const std::uint8_t* bytes, std::uint32_t n, std::uint32_t shortest) {
  constexpr std::uint32_t kFarBytes = 64;  // after so many it is worth while to look far ahead
  n_runs_ = 0;
  const auto difference = [bytes](std::uint32_t i) { return load64(bytes + i) ^ load64(bytes + i - 1); };
  for (std::uint32_t i = 1; i < n;) {
    const std::uint64_t here = difference(i);
    // The lowest bit that is set is right: that of the first byte of zeros.
    const std::uint64_t is_zero = (here - 0x0101010101010101) & ~here & 0x8080808080808080;
    if (is_zero == 0) {
      i += 8;
      continue;
    }
    const std::uint32_t start = i + static_cast<std::uint32_t>(std::countr_zero(is_zero)) / 8;
    std::uint32_t end = start;
    std::uint64_t there = 0;
    while (end < n && (there = difference(end)) == 0) {
      end += 8;
      if ((end - start) % kFarBytes != 0) continue;
      while (end + kFarBytes * 16 <= n && std::memcmp(bytes + end, bytes + end - 1, kFarBytes * 16) == 0) {
        end += kFarBytes * 16;
      }
    }
    if (end < n) end += static_cast<std::uint32_t>(std::countr_zero(there)) / 8;
    end = std::min(end, n);
    if (end >= start + shortest) runs_[n_runs_++] = {start, end - start};
    i = end + 1;  // the byte at `end` does not repeat
  }
}

void StripeCoder::find_cells(const std::uint8_t* bytes, std::uint32_t n) {
  constexpr std::uint32_t kCell = math::kCellBytes;
  n_runs_ = 0;
  for (std::uint32_t cell = kCell; cell + kCell <= n; cell += kCell) {
    if (!math::cell_repeats(bytes + cell)) continue;
    std::uint32_t start = cell;
    while (start > 1 && bytes[start - 1] == bytes[start - 2]) --start;
    std::uint32_t end = cell + kCell;
    while (end + kCell <= n && math::cell_repeats(bytes + end)) end += kCell;
    while (end < n && bytes[end] == bytes[end - 1]) ++end;
    runs_[n_runs_++] = {start, end - start};
    cell = end / kCell * kCell;  // holds a byte that does not repeat, or is cut short
  }
}

void StripeCoder::count_tokens(const std::uint8_t* bytes, std::uint32_t n, std::uint32_t part_bytes) {
  n_parts_ = 0;
  std::uint32_t at = 0;
  int run = 0;
  while (at < n) {
    // Neighbours often are equal, and one counter cannot be raised in every cycle.
    alignas(64) std::uint32_t counts[4][256] = {};
    std::uint32_t* const sums = counts_[n_parts_];
    std::fill_n(sums, math::kMaxSymbols, 0U);
    Part& part = parts_[n_parts_++];
    part = {static_cast<std::uint32_t>(run), 0, 0};
    const std::uint32_t part_end = std::min(n, (at / part_bytes + 1) * part_bytes);
    while (at < part_end) {
      const bool has_run = run < n_runs_ && runs_[run].start < part_end;
      const std::uint32_t end = has_run ? runs_[run].start : part_end;
      for (; at + 8 <= end; at += 8) {
        const std::uint64_t word = load64(bytes + at);
        ++counts[0][word & 255];
        ++counts[1][word >> 8 & 255];
        ++counts[2][word >> 16 & 255];
        ++counts[3][word >> 24 & 255];
        ++counts[0][word >> 32 & 255];
        ++counts[1][word >> 40 & 255];
        ++counts[2][word >> 48 & 255];
        ++counts[3][word >> 56];
      }
      for (; at < end; ++at) ++counts[0][bytes[at]];
      if (!has_run) break;
      part.match_bits += math::count_run(runs_[run].repeats, bytes[end - 1], sums);
      at += runs_[run++].repeats;
    }
    part.end = at;
    for (int i = 0; i < 256; ++i) sums[i] += counts[0][i] + counts[1][i] + counts[2][i] + counts[3][i];
    sums[math::kEndOfBlock] = 1;
  }
}

std::size_t StripeCoder::write_blocks(const std::uint8_t* bytes, std::uint8_t* out) const {
  BitWriter writer(out);
  std::uint32_t at = 0;
  for (int part = 0; part < (is_split_ ? n_parts_ : 1); ++part) {
    const math::BlockCode& code = is_split_ ? part_codes_[part] : code_;
    const std::uint32_t end = is_split_ ? parts_[part].end : parts_[n_parts_ - 1].end;
    const auto end_run = static_cast<int>(is_split_ && part + 1 < n_parts_ ? parts_[part + 1].first_run
                                                                           : static_cast<unsigned>(n_runs_));
    write_block(bytes, at, end, std::span(runs_).subspan(parts_[part].first_run, end_run - parts_[part].first_run),
                code, writer);
    at = end;
  }
  writer.put(0, 3);  // a stored block, not the last
  std::uint8_t* const end = writer.finish();
  std::memcpy(end, kEmptyStored, sizeof kEmptyStored);
  return static_cast<std::size_t>(end + sizeof kEmptyStored - out);
}

void StripeCoder::write_block(const std::uint8_t* bytes, std::uint32_t at, std::uint32_t n, std::span<const Run> runs,
                              const math::BlockCode& code, BitWriter& to) {
  BitWriter writer = to;  // in registers: bytes are stored through it
  std::uint32_t codes[math::kLiteralSymbols];
  std::uint32_t lengths[math::kLiteralSymbols];  // one table of pairs would cost a quarter of the speed
  std::copy_n(code.codes, math::kLiteralSymbols, codes);
  std::copy_n(code.lengths, math::kLiteralSymbols, lengths);
  const auto put_symbol = [&](int symbol) { writer.put(codes[symbol], lengths[symbol]); };

  for (std::uint32_t bit = 0; bit < code.header_bits; bit += 32) {
    const std::uint64_t word = code.header[bit / 64] >> (bit % 64) & 0xFFFFFFFF;
    writer.put(word, std::min<std::uint32_t>(code.header_bits - bit, 32));
  }
  for (std::size_t i = 0; i <= runs.size(); ++i) {
    const std::uint32_t end = i < runs.size() ? runs[i].start : n;
    static_assert(4 * math::kLiteralCodeBits <= 56);
    for (; at + 4 <= end; at += 4) {
      const std::uint8_t* const four = bytes + at;
      const std::uint32_t ab = codes[four[0]] | codes[four[1]] << lengths[four[0]];
      const std::uint32_t cd = codes[four[2]] | codes[four[3]] << lengths[four[2]];
      const std::uint32_t n_ab = lengths[four[0]] + lengths[four[1]];
      const std::uint32_t n_cd = lengths[four[2]] + lengths[four[3]];
      writer.put(ab | std::uint64_t{cd} << n_ab, n_ab + n_cd);
    }
    for (; at < end; ++at) put_symbol(bytes[at]);
    if (i == runs.size()) break;

    const int value = bytes[end - 1];
    const math::RunTokens run = math::run_tokens(runs[i].repeats);
    const std::uint32_t n_match = lengths[math::kMaxMatchSymbol] + math::kDistanceBits;
    if (codes[math::kMaxMatchSymbol] == 0) {
      writer.put_zeros(std::uint64_t{run.whole} * n_match);
    } else {
      for (std::uint32_t k = 0; k < run.whole; ++k) writer.put(codes[math::kMaxMatchSymbol], n_match);
    }
    if (run.last.symbol != 0) {
      put_symbol(run.last.symbol);
      writer.put(static_cast<std::uint64_t>(run.last.extra),
                 static_cast<unsigned>(run.last.n_extra + math::kDistanceBits));
    }
    for (std::uint32_t k = 0; k < run.literals; ++k) put_symbol(value);
    at = end + runs[i].repeats;
  }
  put_symbol(math::kEndOfBlock);
  to = writer;
}

// --- Decoding.
//
// An entry of literals_: in its low byte the bits that the codes of its literals take (six bits) and their number (two
// bits: 0 to 3; 0: the next symbol is a length or the end of the block), above it the literals, the first lowest.

namespace {

constexpr std::uint32_t kNumberShift = 6;
constexpr std::uint32_t kBitsMask = 63;
constexpr int kTableBits = math::kLiteralCodeBits;
constexpr std::uint64_t kTableMask = (1U << kTableBits) - 1;

/// Bytes into bits, the first one lowest. Goes on behind the last byte with any bits: n_used() tells.
class BitReader {
 public:
  BitReader(const std::uint8_t* from, std::size_t n) : from_(from), n_(n) {}

  /// At least 56 bits are in bits() afterwards. Loads up to 8 bytes too far.
  void refill() {
    bits_ |= (at_ <= n_ ? load64(from_ + at_) : 0) << n_bits_;
    advance();
  }
  /// The same where is_inside() holds.
  void refill_inside() {
    bits_ |= load64(from_ + at_) << n_bits_;
    advance();
  }
  bool is_inside() const { return at_ <= n_; }
  std::uint64_t bits() const { return bits_; }
  void drop(unsigned n) {
    bits_ >>= n;
    n_bits_ -= n;
  }
  unsigned take(unsigned n) {
    const auto value = static_cast<unsigned>(bits_ & ((std::uint64_t{1} << n) - 1));
    drop(n);
    return value;
  }
  /// Of the last byte that was begun.
  unsigned n_left_of_byte() const { return n_bits_ & 7; }
  std::size_t n_used() const { return at_ - n_bits_ / 8; }

 private:
  void advance() {
    at_ += (63 - n_bits_) >> 3;
    n_bits_ |= 56;
  }

  const std::uint8_t* from_;
  std::size_t n_;
  std::size_t at_ = 0;
  std::uint64_t bits_ = 0;
  unsigned n_bits_ = 0;
};

/// By the next bits: symbol << 4 | length of its code. False if the code is not complete or has too long a code.
bool make_symbol_table(const std::uint8_t* lengths, int n_symbols, int table_bits, std::uint16_t* table) {
  const unsigned size = 1U << table_bits;
  unsigned used = 0;
  for (int i = 0; i < n_symbols; ++i) {
    if (lengths[i] > table_bits) return false;
    if (lengths[i] != 0) used += size >> lengths[i];
  }
  if (used != size) return false;
  std::uint16_t codes[math::kMaxSymbols];
  math::canonical_codes(lengths, n_symbols, codes);
  for (int i = 0; i < n_symbols; ++i) {
    if (lengths[i] == 0) continue;
    const auto entry = static_cast<std::uint16_t>(i << 4 | lengths[i]);
    for (unsigned k = codes[i]; k < size; k += 1U << lengths[i]) table[k] = entry;
  }
  return true;
}

/// Reads the header of a dynamic block, its first bits included. Returns how many literal and length symbols there
/// are; 0 if it is not as StripeCoder writes it.
int read_block_header(BitReader& reader, std::uint8_t* lengths) {
  reader.refill();
  const bool is_last = reader.take(1) != 0;
  const unsigned type = reader.take(2);
  const int n_literals = static_cast<int>(reader.take(5)) + 257;
  const unsigned n_distances = reader.take(5) + 1;
  const int n_length_codes = static_cast<int>(reader.take(4)) + 4;
  if (is_last || type != 2 || n_literals > math::kLiteralSymbols || n_distances != math::kDistanceSymbols) return 0;

  std::uint8_t code_lengths[math::kLengthCodeSymbols] = {};
  for (int i = 0; i < n_length_codes; ++i) {
    reader.refill();
    code_lengths[math::length_code_order(i)] = static_cast<std::uint8_t>(reader.take(3));
  }
  std::uint16_t table[1 << math::kLengthCodeBits];
  if (!make_symbol_table(code_lengths, math::kLengthCodeSymbols, math::kLengthCodeBits, table)) return 0;

  const int n = n_literals + math::kDistanceSymbols;
  for (int i = 0; i < n;) {
    reader.refill();
    const unsigned entry = table[reader.bits() & ((1U << math::kLengthCodeBits) - 1)];
    reader.drop(entry & 15);
    const unsigned symbol = entry >> 4;
    if (symbol < 16) {
      lengths[i++] = static_cast<std::uint8_t>(symbol);
      continue;
    }
    if (symbol == 16 && i == 0) return 0;
    const std::uint8_t value = symbol == 16 ? lengths[i - 1] : std::uint8_t{0};
    const int repeats = static_cast<int>(symbol == 16   ? 3 + reader.take(2)
                                         : symbol == 17 ? 3 + reader.take(3)
                                                        : 11 + reader.take(7));
    if (repeats > n - i) return 0;
    std::fill_n(lengths + i, repeats, value);
    i += repeats;
  }
  for (int i = n_literals; i < n; ++i) {
    if (lengths[i] != math::kDistanceBits) return 0;
  }
  return lengths[math::kEndOfBlock] != 0 ? n_literals : 0;
}

bool decode_stored(const CodedStripe& stripe) {
  const std::uint8_t* const coded = stripe.coded;
  const std::size_t said = coded[1] | std::size_t{coded[2]} << 8;
  const std::size_t complement = coded[3] | std::size_t{coded[4]} << 8;  // in the slack at worst
  const bool is_whole = stripe.n_coded == math::kStoredHeaderBytes + stripe.n && said == stripe.n;
  if (!is_whole || (complement ^ 0xFFFF) != stripe.n) return false;
  std::memcpy(stripe.out, coded + math::kStoredHeaderBytes, stripe.n);
  return true;
}

}  // namespace

/// A stripe under way.
struct StripeDecoder::Stream {
  Stream(const CodedStripe& stripe, Tables& t)
      : coded(stripe), tables(t), reader(stripe.coded, stripe.n_coded), to(stripe.out), end(stripe.out + stripe.n) {}

  static constexpr int kLookups = 4;
  static constexpr std::ptrdiff_t kLiteralsAtOnce = 3 * kLookups;
  static_assert(kLookups * kTableBits <= 56);

  const CodedStripe& coded;
  Tables& tables;
  BitReader reader;
  std::uint8_t* to;
  std::uint8_t* end;
};

bool StripeDecoder::make_tables(const std::uint8_t* lengths, int n_symbols, Tables& tables) {
  if (!make_symbol_table(lengths, n_symbols, kTableBits, tables.symbols)) return false;
  constexpr std::uint32_t kFirstNoLiteral = 256U << 4;
  for (std::uint32_t i = 0; i <= kTableMask; ++i) {
    // Without branches: which of the three there are is as good as random.
    const std::uint32_t a = tables.symbols[i];
    const std::uint32_t bits_a = a & 15;
    const std::uint32_t b = tables.symbols[i >> bits_a];
    const std::uint32_t bits_ab = bits_a + (b & 15);
    const std::uint32_t c = tables.symbols[i >> bits_ab & kTableMask];
    const std::uint32_t bits_abc = bits_ab + (c & 15);
    const std::uint32_t has_a = a < kFirstNoLiteral ? 1 : 0;
    const std::uint32_t has_ab = has_a & (b < kFirstNoLiteral ? 1 : 0) & (bits_ab <= kTableBits ? 1 : 0);
    const std::uint32_t has_abc = has_ab & (c < kFirstNoLiteral ? 1 : 0) & (bits_abc <= kTableBits ? 1 : 0);
    const std::uint32_t literals = a >> 4 | b >> 4 << 8 | c >> 4 << 16;  // those that do not count are overwritten
    std::uint32_t n_bits = has_abc != 0 ? bits_abc : bits_ab;
    n_bits = has_ab != 0 ? n_bits : bits_a;
    n_bits = has_a != 0 ? n_bits : 0;
    tables.literals[i] = literals << 8 | (has_a + has_ab + has_abc) << kNumberShift | n_bits;
  }
  return true;
}

/// Reads what stands before the tokens.
bool StripeDecoder::begin(Stream& stream) {
  std::uint8_t lengths[math::kMaxSymbols + math::kDistanceSymbols];
  const int n_symbols = read_block_header(stream.reader, lengths);
  return n_symbols != 0 && make_tables(lengths, n_symbols, stream.tables);
}

namespace {

/// Appends the literals of the next bits, if there are any. Returns their entry.
inline std::uint32_t copy_some(BitReader& reader, const std::uint32_t* table, std::uint8_t*& to) {
  const std::uint32_t entry = table[reader.bits() & kTableMask];
  const std::uint32_t literals = entry >> 8;
  std::memcpy(to, &literals, sizeof literals);
  to += entry >> kNumberShift & 3;
  reader.drop(entry & kBitsMask);
  return entry;
}

constexpr std::uint32_t kNumberMask = 3U << kNumberShift;

}  // namespace

/// Up to where step() has to go on.
void StripeDecoder::copy_literals(Stream& stream) {
  BitReader reader = stream.reader;
  std::uint8_t* to = stream.to;
  const std::uint32_t* const table = stream.tables.literals;
  while (reader.is_inside() && stream.end - to >= Stream::kLiteralsAtOnce) {
    reader.refill_inside();
    std::uint32_t last = 0;
    for (int k = 0; k < Stream::kLookups; ++k) last = copy_some(reader, table, to);
    if ((last & kNumberMask) == 0) break;
  }
  stream.reader = reader;
  stream.to = to;
}

/// Up to where step() has to go on for one of them.
void StripeDecoder::copy_literals(Stream& a, Stream& b) {
  BitReader reader_a = a.reader;
  BitReader reader_b = b.reader;
  std::uint8_t* to_a = a.to;
  std::uint8_t* to_b = b.to;
  const std::uint32_t* const table_a = a.tables.literals;
  const std::uint32_t* const table_b = b.tables.literals;
  std::uint8_t* const last_a = a.end - Stream::kLiteralsAtOnce;
  std::uint8_t* const last_b = b.end - Stream::kLiteralsAtOnce;
  while (reader_a.is_inside() && reader_b.is_inside() && to_a <= last_a && to_b <= last_b) {
    reader_a.refill_inside();
    reader_b.refill_inside();
    std::uint32_t entry_a = 0;
    std::uint32_t entry_b = 0;
    for (int k = 0; k < Stream::kLookups; ++k) {
      entry_a = copy_some(reader_a, table_a, to_a);
      entry_b = copy_some(reader_b, table_b, to_b);
    }
    if ((entry_a & kNumberMask) == 0 || (entry_b & kNumberMask) == 0) break;
  }
  a.reader = reader_a;
  b.reader = reader_b;
  a.to = to_a;
  b.to = to_b;
}

/// Decodes one symbol, whatever it is.
StripeDecoder::Step StripeDecoder::step(Stream& stream) {
  BitReader& reader = stream.reader;
  reader.refill();
  const unsigned entry = stream.tables.symbols[reader.bits() & kTableMask];
  const int symbol = static_cast<int>(entry >> 4);
  reader.drop(entry & 15);
  if (symbol == math::kEndOfBlock) {
    if (stream.to != stream.end) return begin(stream) ? Step::More : Step::Bad;  // a part
    return is_ended(stream) ? Step::End : Step::Bad;
  }
  if (symbol < 256) {
    if (stream.to == stream.end) return Step::Bad;
    *stream.to++ = static_cast<std::uint8_t>(symbol);
    return Step::More;
  }
  int length;
  int n_extra;
  math::length_of_symbol(symbol, length, n_extra);
  length += static_cast<int>(reader.take(static_cast<unsigned>(n_extra)));
  const bool is_distance_1 = reader.take(math::kDistanceBits) == 0;
  if (!is_distance_1 || stream.to == stream.coded.out || length > stream.end - stream.to) return Step::Bad;
  std::memset(stream.to, stream.to[-1], static_cast<std::size_t>(length));
  stream.to += length;
  return Step::More;
}

/// True if all bytes are there and an empty stored block, which is not the last, is all that is left.
bool StripeDecoder::is_ended(Stream& stream) {
  BitReader& reader = stream.reader;
  if (stream.to != stream.end) return false;
  reader.refill();
  if (reader.take(3) != 0 || reader.take(reader.n_left_of_byte()) != 0) return false;
  const std::size_t used = reader.n_used();
  return used + sizeof kEmptyStored == stream.coded.n_coded &&
         std::memcmp(stream.coded.coded + used, kEmptyStored, sizeof kEmptyStored) == 0;
}

bool StripeDecoder::finish(Stream& stream) {
  Step done = Step::More;
  while (done == Step::More) {
    copy_literals(stream);
    done = step(stream);
  }
  return done == Step::End;
}

bool StripeDecoder::decode(const CodedStripe& stripe) {
  if (stripe.n_coded == 0) return false;
  if (stripe.coded[0] == 0) return decode_stored(stripe);
  Stream stream(stripe, tables_[0]);
  return begin(stream) && finish(stream);
}

bool StripeDecoder::decode(const CodedStripe& a, const CodedStripe& b) {
  if (a.n_coded == 0 || b.n_coded == 0) return false;
  if (a.coded[0] == 0 || b.coded[0] == 0) return decode(a) && decode(b);
  Stream stream_a(a, tables_[0]);
  Stream stream_b(b, tables_[1]);
  if (!begin(stream_a) || !begin(stream_b)) return false;
  for (;;) {
    copy_literals(stream_a, stream_b);
    // A step is right wherever it is taken, also for the one that did not have to stop.
    if (const Step done = step(stream_a); done != Step::More) return done == Step::End && finish(stream_b);
    if (const Step done = step(stream_b); done != Step::More) return done == Step::End && finish(stream_a);
  }
}

}  // namespace spectrohue::image::png
